"""The walkthroughs of the documents: their commands, in order, and what each page says of them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

from click.testing import CliRunner

from exchange_node.cli import cli

DOCS = Path(__file__).resolve().parents[1] / "docs"
SECTION = re.compile(r"^## A walkthrough$(.*?)^## ", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
FILE = re.compile(r"`([a-z.]+)`:\n\n```json\n(.*?)```", re.DOTALL)

Run = Callable[[str], str]
"""A command line as the page has it → what it says."""


def walk_through(page: str, run: Run) -> int:
    """Run every command of a page's walkthrough; return how many there are.

    Every line below a command has to stand in what that command says.
    """
    commands, output = 0, ""
    for line in _lines(page):
        if line.startswith("$ "):
            commands, output = commands + 1, " ".join(run(line[2:]).split())
        else:
            assert " ".join(line.split()) in output, f"{line!r} is not in: {output[-3000:]}"
    return commands


def write_files(page: str, folder: Path) -> None:
    """Write the files that a walkthrough shows: each under the name that stands before it."""
    for name, content in FILE.findall(_section(page)):
        (folder / name).write_text(content, encoding="utf-8")


def invoked(line: str) -> str:
    """Run a command of the program that has to succeed."""
    program, *words = shlex.split(line)
    assert program == "exchange-node"
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    return str(done.output)


def _lines(page: str) -> Iterator[str]:
    for block in BLOCK.finditer(_section(page)):
        yield from block[1].splitlines()


def _section(page: str) -> str:
    found = SECTION.search((DOCS / page).read_text(encoding="utf-8"))
    assert found
    return found[1]
