from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from tests.world import PASSPHRASE, Pair


def run(tmp_path: Path, *words: str) -> Result:
    environment = {"EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}
    asked = ["--folder", str(tmp_path / "uz"), *words]
    return CliRunner().invoke(cli, asked, env=environment)


def test_an_operation_is_opened_shown_counted_and_closed(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(nodes, "build", partial(nodes.build, clock=pair.clock))
    ends = (pair.clock() + timedelta(days=30)).isoformat()
    opening = ("operation", "open", "--name", "Silk Lock", "--partner", "customs.kz", "--ends")

    opened = run(tmp_path, *opening, ends)
    wrong = run(tmp_path, *opening, "never")
    reference = json.loads(opened.stdout)["reference"]
    listed = run(tmp_path, "operation", "list")
    shown = run(tmp_path, "operation", "show", reference)
    days = ("--from", "2026-03-01", "--operation", reference, "--test")
    stats = run(tmp_path, "alert", "stats", *days)
    closed = run(tmp_path, "operation", "close", reference, "--why", "It is done.")

    assert reference == "JO-UZ-2026-0001"
    assert wrong.exit_code != 0
    assert "ends" in wrong.stderr
    assert [one["reference"] for one in json.loads(listed.stdout)["operations"]] == [reference]
    assert json.loads(shown.stdout)["alerts"] == []
    assert json.loads(stats.stdout)["operation"] == reference
    assert json.loads(closed.stdout)["state"] == "closed"
    assert json.loads(closed.stdout)["lives_on"] == []
