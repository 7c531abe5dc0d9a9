"""What the documents promise is there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
PROMISED = ["setup", "demo", "test", "interop", "check", "fmt", "docs", "bench"]


@pytest.fixture(scope="module", name="help_text")
def _help_text() -> str:
    make = shutil.which("make")
    assert make, "make is needed, as README.md says"
    return subprocess.run([make], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def links(page: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]


def test_the_readme_shows_a_command_on_the_first_screen() -> None:
    lines = README.splitlines()

    fences = [number for number, line in enumerate(lines, 1) if line.startswith("```sh")]

    assert fences, "README.md shows no command"
    assert fences[0] + 1 <= 15
    assert lines[fences[0]] == "make demo"


def test_the_readme_stays_short() -> None:
    assert len(README.splitlines()) <= 110


@pytest.mark.parametrize("target", PROMISED)
def test_make_lists_what_a_newcomer_needs(help_text: str, target: str) -> None:
    assert re.search(rf"^ +{target} +\S", help_text, re.MULTILINE)


def test_make_lists_every_target_that_is_meant_for_people(help_text: str) -> None:
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert phony

    listed = re.findall(r"^ +([a-z0-9-]+) +\S", help_text, re.MULTILINE)

    assert sorted(listed) == sorted(phony.group(1).split())


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_link_leads_somewhere(page: Path) -> None:
    broken = [
        link
        for link in links(page)
        if not link.startswith("#") and not (page.parent / link.partition("#")[0]).exists()
    ]

    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))
    named = re.findall(r"(?:^|`)make ([a-z0-9-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(named) <= targets


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=name)
def test_a_decision_fits_on_a_page_and_says_what_would_change_it(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")

    assert text.startswith(f"# {int(decision.name[:4])}. ")
    assert len(text.splitlines()) <= 60
    for part in ("Question", "Forces", "Options", "Outcome", "What would make us reconsider"):
        assert f"\n## {part}\n" in text, part
    assert re.search(r"^(Accepted|Superseded by \d+), \d{4}-\d\d-\d\d\.$", text, re.MULTILINE)


def test_the_index_of_the_documentation_lists_every_decision() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")

    assert [name(path) for path in DECISIONS if f"(adr/{path.name})" not in index] == []


def test_the_index_of_the_documentation_lists_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"]

    assert [page for page in sorted(pages) if f"]({page})" not in index] == []
