from __future__ import annotations

import hashlib
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from tests.world import DECLARATION, FACTS, NATIONAL, OFFICES, PASSPHRASE, made_folder


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a node in Kazakhstan that has decided on a manifest of its own."""
    folder = Path(shutil.copytree(made_folder("KZ"), tmp_path_factory.mktemp("world") / "kz"))
    shutil.copy(OFFICES, folder / "codelists")
    card = nodes.card_of(made_folder("UZ"), at=nodes.utc_now())
    (folder / "partners" / "customs.uz.toml").write_text(card, encoding="utf-8")
    node = nodes.build(folder, passphrase=PASSPHRASE)
    node.commissioning.add_agreement(nodes.pair_agreement("KZ", "UZ"), actor="test")
    facts = FACTS.read_text(encoding="utf-8")
    submission = node.dispatch.submit(
        NATIONAL, DECLARATION.read_bytes(), facts=facts, partner="customs.uz"
    )
    assert not submission.is_refused
    node.close()
    return folder


def run(folder: Path, *words: str) -> Result:
    environment = {"EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}
    return CliRunner().invoke(cli, ["--folder", str(folder), "decision", *words], env=environment)


def test_a_decision_is_listed_shown_made_again_and_overruled(folder: Path, tmp_path: Path) -> None:
    (listed,) = json.loads(run(folder, "list", "1").stdout)["decisions"]
    number = str(listed["decision"])

    again = run(folder, "replay", number, "--out", str(tmp_path / "outcome.json"))

    assert again.exit_code == 0, again.stderr
    plain = json.loads(again.stdout)
    octets = (tmp_path / "outcome.json").read_bytes()
    assert (plain["same"], hashlib.sha256(octets).hexdigest()) == (True, plain["stored_digest"])
    anew = json.loads(run(folder, "anew", "1").stdout)
    assert (str(anew["decision"]), anew["changed"]) == (number, False)
    done = run(folder, "override", number, "--channel", "red", "--reason", "SUSPICION")
    assert done.exit_code == 0, done.stderr
    shown = json.loads(run(folder, "show", number).stdout)
    assert [one["becomes"] for one in shown["acts"]] == ["red"]
    refused = run(folder, "override", number, "--channel", "red", "--reason", "SUSPICION")
    assert refused.exit_code == 1
    assert "[decision.stands]" in refused.stderr


def test_rules_and_statistics_are_shown(folder: Path) -> None:
    rules = json.loads(run(folder, "rules").stdout)
    day = nodes.utc_now().date()
    around = ("--from", str(day - timedelta(days=1)), "--until", str(day + timedelta(days=1)))

    counted = json.loads(run(folder, "statistics", "--test", *around).stdout)

    assert len(rules["digest"]) == 64
    assert sum(one["decisions"] for one in counted["offices"]) >= 1


@pytest.mark.parametrize("words", [("show", "999"), ("key", "2020-01-01"), ("replay", "999")])
def test_what_is_not_there_is_refused_in_one_line(folder: Path, words: tuple[str, ...]) -> None:
    done = run(folder, *words)

    assert done.exit_code == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2
