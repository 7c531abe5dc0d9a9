"""docs/conformance.md and the tests that bear the numbers of assertions say the same."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "conformance" / "as4"
PAGE = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
ASSERTIONS = [
    *(f"TA{number:02d}" for number in range(1, 47)),
    *(f"4CT_TA{number:02d}" for number in range(1, 4)),
    *(f"DR_TA{number:02d}" for number in range(1, 5)),
    *(f"DS_TA{number:02d}" for number in range(1, 4)),
]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith(("| id |", "| asks |", "| case |"))
]
PROOFS = {row[0]: row[2] for row in ROWS if re.fullmatch(r"(\w+_)?TA\d\d", row[0])}
NUMBERED = re.compile(r"^def (test_((?:\w+?_)?ta\d\d)_\w+)\(", re.MULTILINE)


def names_in(path: Path) -> set[str]:
    return set(re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE))


def named(cell: str) -> list[tuple[Path, str]]:
    """The tests that a cell names: each name belongs to the file named before it."""
    found: list[tuple[Path, str]] = []
    path = FOLDER
    for word in re.findall(r"`([^`]+)`", cell):
        if word.endswith(".py"):
            path = ROOT / word if "/" in word else FOLDER / word
        else:
            found.append((path, word))
    return found


def test_every_assertion_has_its_line() -> None:
    assert sorted(PROOFS) == sorted(ASSERTIONS)


@pytest.mark.parametrize("assertion", ASSERTIONS)
def test_an_assertion_is_proven_or_said_not_to_apply(assertion: str) -> None:
    proof = PROOFS[assertion]

    assert named(proof) or proof.startswith("does not apply: ")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_test_that_the_page_names_exists(row: list[str]) -> None:
    missing = [name for path, name in named(row[-1]) if name not in names_in(path)]

    assert not missing


@pytest.mark.parametrize("path", sorted(FOLDER.glob("test_*.py")), ids=lambda path: path.name)
def test_a_test_that_bears_a_number_stands_in_its_line(path: Path) -> None:
    borne = NUMBERED.findall(path.read_text(encoding="utf-8"))

    unsaid = [name for name, number in borne if (path, name) not in named(PROOFS[number.upper()])]

    assert not unsaid


def test_every_case_that_a_node_refuses_has_its_line_and_its_code() -> None:
    text = (FOLDER / "test_negative.py").read_text(encoding="utf-8")
    cases = text[text.index("CASES") :]
    tried = re.findall(r'^ {4}"([^"]+)": \(.*?"(EBMS:\d{4})"', cases, re.MULTILINE | re.DOTALL)

    assert tried
    assert [(row[0], row[1]) for row in ROWS if row[1].startswith("EBMS:")][: len(tried)] == tried
