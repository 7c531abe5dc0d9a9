"""The walkthrough of docs/transit.md, between four nodes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from exchange_node import node as nodes
from exchange_node.cli import cli
from tests.exchange.corridor import MRN, corridor
from tests.exchange.routes import FOUR, four_country_declaration, four_country_facts
from tests.world import PASSPHRASE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "transit.md"
SECTION = re.compile(r"^## A walkthrough$(.*?)^## ", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def lines() -> Iterator[str]:
    section = SECTION.search(PAGE.read_text(encoding="utf-8"))
    assert section
    for block in BLOCK.finditer(section[1]):
        yield from block[1].splitlines()


def test_every_command_of_the_page_says_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    Path("declaration.xml").write_bytes(four_country_declaration())
    Path("facts.toml").write_text(four_country_facts("UZ"), encoding="utf-8")
    commands, output = 0, ""

    with corridor(tmp_path, FOUR) as world:
        # An hour passes with every command: what happens in one second has no order of its own.
        monkeypatch.setattr(nodes, "build", partial(nodes.build, clock=world.clock))
        for line in lines():
            if not line.startswith("$ "):
                assert " ".join(line.split()) in output, f"{line!r} is not in: {output[-3000:]}"
                continue
            program, *words = shlex.split(line[2:].replace("MRN", MRN))
            assert program == "exchange-node"
            world.clock.forward(hours=1)
            done = CliRunner().invoke(cli, words)
            assert done.exit_code == 0, done.output
            commands, output = commands + 1, " ".join(done.output.split())
            world.run()

        assert commands >= 12
        assert set(world.states().values()) == {"discharged"}
