from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from exchange_node.cli import cli

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mapping-tutorial.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
PLACE = re.compile(r"(Save as|Replace|Add to) `([^`]+)`:\s*\Z")


def steps() -> Iterator[tuple[str, str, str]]:
    """What to do, where, and with what: files to write and commands to run, in the page's order."""
    text = PAGE.read_text(encoding="utf-8")
    end = 0
    for block in BLOCK.finditer(text):
        before, end = text[end : block.start()], block.end()
        if block[1] == "sh":
            yield "run", "", block[2]
            continue
        place = PLACE.search(before)
        assert place, f"the page does not say where this belongs: {block[2][:60]}"
        yield place[1], place[2], block[2]


def run(line: str) -> str:
    program, *words = shlex.split(line)
    if program == "cp":
        Path(words[1]).parent.mkdir(parents=True, exist_ok=True)
        Path(words[1]).write_bytes(Path(words[0]).read_bytes())
        return ""
    assert program == "exchange-node"
    return CliRunner().invoke(cli, words).output


def test_every_command_of_the_tutorial_says_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "national").mkdir()
    commands = 0

    for what, place, content in steps():
        if what == "run":
            output = ""
            for line in content.splitlines():
                if line.startswith("$ "):
                    commands += 1
                    output = " ".join(run(line[2:]).split())
                else:
                    assert " ".join(line.split()) in output, f"{line!r} is not in: {output[-2000:]}"
            continue
        old = Path(place).read_text(encoding="utf-8") + "\n" if what == "Add to" else ""
        Path(place).write_text(old + content, encoding="utf-8")

    assert commands >= 10
