"""Rooms and files stay small enough to be read at one sitting."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "exchange_node"
MAX_LINES = 300
MAX_FILES = 10

# Migrations are generated, one for each change of the schema, and never read as a whole.
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if "migrations" not in path.relative_to(PACKAGE).parts
)
ROOMS = sorted({path.parent for path in MODULES})


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_a_package_to_measure() -> None:
    assert PACKAGE / "__init__.py" in MODULES


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_a_module_fits_on_a_few_screens(module: Path) -> None:
    lines = len(module.read_text(encoding="utf-8").splitlines())

    assert lines <= MAX_LINES, f"{name(module)} has {lines} lines: it is two modules"


@pytest.mark.parametrize("room", ROOMS, ids=name)
def test_a_room_holds_few_files(room: Path) -> None:
    files = [path.name for path in MODULES if path.parent == room]

    assert len(files) <= MAX_FILES, f"{name(room)} holds {len(files)} files: it is two rooms"


@pytest.mark.parametrize("room", ROOMS, ids=name)
def test_a_room_says_what_it_is_for(room: Path) -> None:
    front = room / "__init__.py"

    assert front.is_file(), f"{name(room)} has no __init__.py"
    assert front.read_text(encoding="utf-8").startswith('"""'), f"{name(front)} has no docstring"
