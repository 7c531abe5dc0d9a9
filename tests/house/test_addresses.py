"""The repository works anywhere: it names no registry and no folder of anybody's machine."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Put together here, so that this file does not contain what it looks for.
HOSTS = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npmjs" + ".org",
    "crates" + ".io",
    "proxy.golang" + ".org",
    "repo1.maven" + ".org",
    "repo.maven.apache" + ".org",
    "deb.debian" + ".org",
    "security.debian" + ".org",
]
REGISTRY = re.compile("|".join(map(re.escape, HOSTS)))
INDEX_OPTION = re.compile(
    r"^\s*(--(extra-)?index-url|-i|--find-links|-f|--trusted-host)\b", re.MULTILINE
)
MACHINE = re.compile(r"(?<![\w.$}/-])/(root|work|home|Users|mnt|media)/[A-Za-z0-9_.]")


def tracked() -> list[Path]:
    """What git holds, or would hold after the next `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module", name="texts")
def _texts() -> dict[str, str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so it cannot be said which files belong to it")
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in tracked()
    }


def hits(texts: dict[str, str], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{text.count(chr(10), 0, hit.start()) + 1}: {hit.group(0)}"
        for name, text in texts.items()
        for hit in pattern.finditer(text)
    ]


def test_the_files_looked_at_are_those_of_the_repository(texts: dict[str, str]) -> None:
    assert {"pyproject.toml", "locks/run.txt", "exchange_node/__init__.py"} <= texts.keys()


def test_no_file_names_the_address_of_a_registry(texts: dict[str, str]) -> None:
    assert not hits(texts, REGISTRY)


def test_no_lock_file_chooses_an_index(texts: dict[str, str]) -> None:
    locks = {name: text for name, text in texts.items() if name.startswith("locks/")}

    assert locks
    assert not hits(locks, INDEX_OPTION)


def test_no_file_names_a_folder_of_somebodys_machine(texts: dict[str, str]) -> None:
    assert not hits(texts, MACHINE)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (REGISTRY, f"https://{HOSTS[0]}/simple"),
        (INDEX_OPTION, "x==1\n--index-url somewhere"),
        (MACHINE, "open('" + "/ro" + "ot/node.toml')"),
        (MACHINE, "see " + "/ho" + "me/anna/node"),
    ],
)
def test_what_is_looked_for_would_be_found(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)
