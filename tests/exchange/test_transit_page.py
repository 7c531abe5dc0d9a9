"""The walkthrough of docs/transit.md, between four nodes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from exchange_node import node as nodes
from tests.exchange.corridor import MRN, corridor
from tests.exchange.routes import FOUR, four_country_declaration, four_country_facts
from tests.pages import invoked, walk_through
from tests.world import PASSPHRASE, replaced


def test_every_command_of_the_page_says_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    Path("declaration.xml").write_bytes(four_country_declaration())
    Path("facts.toml").write_text(four_country_facts("UZ"), encoding="utf-8")

    changed = replaced(four_country_facts("UZ"), '"KZS0041702"', '"KZS0041799"')
    Path("amended.toml").write_text(changed, encoding="utf-8")

    with corridor(tmp_path, FOUR) as world:
        # An hour passes with every command: what happens in one second has no order of its own.
        monkeypatch.setattr(nodes, "build", partial(nodes.build, clock=world.clock))

        def run(line: str) -> str:
            world.clock.forward(hours=1)
            output = invoked(line.replace("MRN", MRN))
            world.run()
            return output

        assert walk_through("transit.md", run) >= 12
        assert set(world.states().values()) == {"discharged"}
