"""The import contracts hold, name only real rooms, and say what the map says."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "exchange_node"
MAP = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
LINTER: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "tool"
]["importlinter"]
CONTRACTS: dict[str, dict[str, Any]] = {each["id"]: each for each in LINTER["contracts"]}

# Not a room: it lets `python -m exchange_node` be the command line.
ENTRANCE = "__main__"


def rooms() -> set[str]:
    """The rooms that have been built: packages and modules directly under the package."""
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    files = {path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"}
    return (folders | files) - {ENTRANCE}


def table() -> dict[str, tuple[bool, set[str]]]:
    """The map's table: for each room whether it is built, and what it may import."""
    rows: dict[str, tuple[bool, set[str]]] = {}
    for line in MAP.splitlines():
        row = re.fullmatch(r"\| `(\w+)`( \*\(to come\)\*)? \| [^|]+ \| [^|]+ \| ([^|]+) \|", line)
        if row is None:
            continue
        name, to_come, imports = row.groups()
        allowed = set(rows) if imports == "all rows above" else set(re.findall(r"`(\w+)`", imports))
        rows[name] = (to_come is None, allowed)
    return rows


TABLE = table()


def imports(tree: ast.AST) -> Iterator[str]:
    """The rooms that a file imports, wherever in the file it does so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "exchange_node":
            names = [f"exchange_node.{each.name}" for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for each in names:
            parts = each.split(".")
            if parts[0] == "exchange_node" and len(parts) > 1:
                yield parts[1]


def files_of(room: str) -> list[Path]:
    folder = PACKAGE / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{room}.py"]


def test_the_import_contracts_hold() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]

    run = subprocess.run(
        [*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout + run.stderr


def test_every_room_in_a_contract_has_a_floor() -> None:
    floors = set(re.findall(r"\w+", " ".join(CONTRACTS["floors"]["layers"])))
    named = {
        name.removeprefix("exchange_node.")
        for contract in CONTRACTS.values()
        for key in ("source_modules", "forbidden_modules")
        for name in contract.get(key, [])
        if name.startswith("exchange_node.")
    }

    assert named
    assert named <= floors


def test_the_floors_and_the_map_know_the_same_rooms() -> None:
    floors = set(re.findall(r"\w+", " ".join(CONTRACTS["floors"]["layers"])))

    assert floors - {ENTRANCE} == set(TABLE)


def test_the_map_names_every_room_that_is_built_and_no_other_as_built() -> None:
    assert {name for name, (is_built, _) in TABLE.items() if is_built} == rooms()


@pytest.mark.parametrize("room", sorted(rooms()))
def test_a_room_imports_what_the_map_allows(room: str) -> None:
    _, allowed = TABLE[room]

    offences = [
        f"{path.relative_to(ROOT)} imports {imported}"
        for path in files_of(room)
        for imported in sorted(set(imports(ast.parse(path.read_text(encoding="utf-8")))))
        if imported not in allowed | {room}
    ]

    assert not offences
