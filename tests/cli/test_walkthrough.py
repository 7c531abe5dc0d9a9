from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from exchange_node.cli import cli
from tests.pages import walk_through
from tests.world import DECLARATION, FACTS, PASSPHRASE, made_folder

DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
CHANGE = re.compile(r"s/((?:[^/\\]|\\.)*)/((?:[^/\\]|\\.)*)/")
ID = "urn:carec:maa:kz-uz:transit"


def run(line: str) -> str:
    program, *words = shlex.split(line)
    target = words.pop() if ">" in words else ""
    words = [one for one in words if one != ">"]
    if program == "sed":
        output = Path(words[1]).read_text(encoding="utf-8")
        for pattern, new in CHANGE.findall(words[0]):
            output = re.sub(pattern, new, output, flags=re.MULTILINE)
    else:
        assert program == "exchange-node"
        output = CliRunner().invoke(cli, words).output
    if target:
        Path(target).write_text(output, encoding="utf-8")
    return output


def test_every_command_of_the_walkthrough_says_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    for country in ("KZ", "UZ"):
        shutil.copytree(made_folder(country), tmp_path / country.lower())
    shutil.copy(DECLARATION, "declaration.xml")
    shutil.copy(FACTS, "facts.toml")
    shown = ""

    def done(line: str) -> str:
        nonlocal shown
        found = DIGEST.search(shown)
        digest = found.group()[:12] if found else ""
        shown = run(re.sub(r"\bID\b", ID, line).replace("DIGEST", digest))
        return shown

    assert walk_through("agreements.md", done) >= 30
