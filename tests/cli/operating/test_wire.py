from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from tests.world import PASSPHRASE, made_folder

Run = Callable[..., Result]


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run commands of a node whose one partner is down."""
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    folder = tmp_path / "kz"
    shutil.copytree(made_folder("KZ"), folder)
    card = nodes.card_of(made_folder("UZ")).replace(":8443/", ":1/")
    (folder / "partners" / "customs.uz.toml").write_text(card, encoding="utf-8")
    (folder / "pmodes").mkdir(exist_ok=True)
    mode = 'partner = "customs.uz"\ncaptures = true\n'
    (folder / "pmodes" / "customs.uz.toml").write_text(mode, encoding="utf-8")

    def run(*words: object) -> Result:
        return CliRunner().invoke(cli, ["--folder", str(folder), *map(str, words)])

    return run


def test_a_partner_that_is_down_is_pinged_and_told_as_such(run: Run) -> None:
    said = run("ping", "customs.uz", "--tries", "1")

    assert said.exit_code == 1
    assert "error: [PING-03] nobody listens at https://127.0.0.1:1/as4" in said.stdout
    assert "Ask the partner whether its node runs" in said.stdout
    assert "our signing" in said.stdout
    assert "their encryption" in said.stdout


def test_what_was_captured_is_listed_given_out_and_replayed(run: Run, tmp_path: Path) -> None:
    seen = json.loads(run("ping", "customs.uz", "--tries", "1", "--json").stdout)
    assert seen["ok"] is False

    (one,) = json.loads(run("capture", "list").stdout)["captures"]
    assert (one["direction"], one["partner"]) == ("sent", "customs.uz")
    assert run("replay", one["number"]).stdout.startswith("ok     ours")
    file = tmp_path / "captured"
    assert run("capture", "export", one["number"], file).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    replayed = run("replay", file, "--from", "customs.uz")

    assert replayed.exit_code == 1
    assert "ok     mime" in replayed.stdout
    assert "FAILED p-mode" in replayed.stdout
    assert run("replay", 99).exit_code == 1
