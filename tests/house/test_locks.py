"""The lock files hold what pyproject.toml asks for, each version by its hash."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = PYPROJECT["project"]["dependencies"]
POSTGRES = PYPROJECT["project"]["optional-dependencies"]["postgres"]
GROUPS = PYPROJECT["dependency-groups"]

WANTED = [
    *(("run", text) for text in RUN),
    *(("postgres", text) for text in RUN + POSTGRES),
    *(("build", text) for text in GROUPS["build"] + PYPROJECT["build-system"]["requires"]),
    *(("dev", text) for text in GROUPS["dev"]),
    *(("fuzz", text) for text in GROUPS["fuzz"]),
]


def entries(lock: str) -> list[str]:
    """The entries of a lock file, each with the hashes that follow it."""
    text = (ROOT / "locks" / f"{lock}.txt").read_text(encoding="utf-8")
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip()]


def pinned(lock: str) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for entry in entries(lock):
        name, _, rest = entry.partition("==")
        versions.setdefault(canonicalize_name(name), set()).add(rest.split()[0])
    return versions


@pytest.mark.parametrize(("lock", "text"), WANTED)
def test_a_dependency_is_locked_within_its_bounds(lock: str, text: str) -> None:
    wanted = Requirement(text)

    versions = pinned(lock).get(canonicalize_name(wanted.name), set())

    assert versions, f"{wanted.name} is not in locks/{lock}.txt: run make lock"
    assert all(version in wanted.specifier for version in versions), versions


@pytest.mark.parametrize("lock", ["run", "postgres", "build", "dev", "fuzz"])
def test_a_locked_version_has_hashes(lock: str) -> None:
    bare = [entry for entry in entries(lock) if "--hash=sha256:" not in entry]

    assert not bare


@pytest.mark.parametrize("other", ["postgres", "build", "dev", "fuzz"])
def test_two_locks_never_disagree(other: str) -> None:
    run, others = pinned("run"), pinned(other)

    assert {name: run[name] for name in run.keys() & others.keys()} == {
        name: others[name] for name in run.keys() & others.keys()
    }
