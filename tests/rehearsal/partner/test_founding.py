from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from exchange_node import node as nodes
from exchange_node.cli import cli
from exchange_node.domain.errors import RehearsalError
from exchange_node.rehearsal.partner import Script, found_partner, read_script, script_text
from tests.world import PASSPHRASE, Pair, made_folder

FREE_PORTS = {"as4_port": 0, "api_port": 0}


def script(name: str = "clean-transit") -> Script:
    read = read_script(script_text(name))
    return read.model_copy(update={"plays": read.plays.model_copy(update=FREE_PORTS)})


def test_who_is_played_has_keys_of_its_own_and_the_agreement_of_both(
    tmp_path: Path, pair: Pair
) -> None:
    member = pair.kz.settings.folder

    made = found_partner(script(), tmp_path / "played", member=member)
    again = found_partner(script(), tmp_path / "played", member=member)

    assert (made.party, made.is_new, again.is_new) == ("customs.uz", True, False)
    assert again.agreements == made.agreements
    assert len(made.agreements) == 1
    assert 'party = "customs.uz"' in made.card.read_text("utf-8")
    with nodes.opened(tmp_path / "played", passphrase=made.passphrase) as node:
        assert node.settings.administration.test
        assert [str(card.party) for card in node.cards] == ["customs.kz"]


def test_production_is_refused_on_both_sides(tmp_path: Path, pair: Pair) -> None:
    member = pair.kz.settings.folder
    found_partner(script(), tmp_path / "played", member=member)
    for folder in (tmp_path / "played", member):
        toml = folder / "node.toml"
        toml.write_text(toml.read_text("utf-8").replace("test = true", "test = false", 1), "utf-8")

        with pytest.raises(RehearsalError, match="in production"):
            found_partner(script(), tmp_path / "played", member=member)

        toml.write_text(toml.read_text("utf-8").replace("test = false", "test = true", 1), "utf-8")


def test_nobody_plays_its_own_partner_nor_in_the_folder_of_another(
    tmp_path: Path, pair: Pair
) -> None:
    with pytest.raises(RehearsalError, match="its own partner"):
        found_partner(script(), tmp_path / "played", member=pair.uz.settings.folder)
    with pytest.raises(RehearsalError, match="no card"):
        found_partner(script(), tmp_path / "played")
    with pytest.raises(RehearsalError, match=r"folder of customs\.kz"):
        found_partner(script(), pair.kz.settings.folder, cards=["x"])


def test_a_partner_is_played_from_the_command_line_until_it_is_asked_to_stop(
    tmp_path: Path,
) -> None:
    member = made_folder("KZ")
    text = script_text("clean-transit").decode().replace(
        "[plays]", "[plays]\nas4_port = 0\napi_port = 0"
    )  # fmt: skip
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "exchange_node", "--folder", str(member)]
    command += ["simulate", "partner", str(tmp_path / "mine.toml"), "--home", str(tmp_path / "uz")]
    environment = {**os.environ, "EXCHANGE_NODE_PASSPHRASE": "of the member"}

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=60)

    assert ready, log
    assert json.loads(ready)["plays"] == "customs.uz"
    assert process.returncode == 0, log
    assert "exchange-node partner add" in log
    assert "Traceback" not in log


def test_a_script_is_linted_and_listed_at_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.toml").write_text('format = "carec-partner-script-1"\ntitel = 1\n')
    run = CliRunner().invoke

    assert run(cli, ["simulate", "lint", "incident"]).output == "incident: it can be played\n"
    bad = run(cli, ["simulate", "lint", str(tmp_path / "bad.toml")])
    assert bad.exit_code == 1
    assert "line 2: titel is no key of a script" in bad.output
    assert "Write it as one of: title" in bad.output
    played = ["simulate", "partner", str(tmp_path / "bad.toml"), "--home", str(tmp_path / "x")]
    refused = run(cli, played)
    assert refused.exit_code == 1
    assert "rehearsal.invalid-script" in refused.output
    assert "SIM-02" in refused.output
    assert "clean-transit: Clean transit" in run(cli, ["simulate", "scripts"]).output

    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    mine = tmp_path / "kz"
    shutil.copytree(made_folder("KZ"), mine)
    joined = run(
        cli,
        ["--folder", str(mine), "simulate", "partner", "incident", "--home", str(tmp_path / "y"),
         "--join", "--prepare"],
    )  # fmt: skip
    assert joined.exit_code == 0, joined.output
    assert (mine / "partners" / "customs.uz.toml").is_file()
