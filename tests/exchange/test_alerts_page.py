"""The walkthrough of docs/alerts.md, between three nodes."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from exchange_node import node as nodes
from tests.exchange.alarming import DESKS, ISSUER, THREE, differing, shown
from tests.exchange.corridor import corridor
from tests.exchange.routes import four_country_declaration, four_country_facts
from tests.pages import invoked, walk_through, write_files
from tests.world import PASSPHRASE

NAMED = {
    "ALERT": re.compile(r'"alert_id": "([^"]+)"'),
    "HIT": re.compile(r'"hit": "([^"]+)"'),
}
"""What the page calls by a word: the last that a command named."""


def test_every_command_of_the_page_says_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    Path("declaration.xml").write_bytes(four_country_declaration())
    Path("facts.toml").write_text(four_country_facts(), encoding="utf-8")
    write_files("alerts.md", tmp_path)
    names: dict[str, str] = {}

    with corridor(tmp_path, THREE, agree=differing) as world:
        monkeypatch.setattr(nodes, "build", partial(nodes.build, clock=world.clock))

        def run(line: str) -> str:
            world.clock.forward(minutes=30)
            for word, name in names.items():
                line = re.sub(rf"\b{word}\b", name, line)
            output = invoked(line)
            names.update({word: one[1] for word, at in NAMED.items() if (one := at.search(output))})
            world.run()
            return output

        assert walk_through("alerts.md", run) >= 15
        life = shown(world, ISSUER, names["ALERT"])["life"]
        assert life == {f"customs.{name}": "withdrawn" for name in DESKS}
