from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from tests.world import DECLARATION, FACTS, NATIONAL, OFFICES, PASSPHRASE, made_folder

MRN = "26KZ55010100041703"


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a node in Kazakhstan that has sent a manifest off."""
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
    return CliRunner().invoke(cli, ["--folder", str(folder), "movement", *words], env=environment)


def test_a_crossing_is_told_and_shown(folder: Path) -> None:
    seen = ("--office", "KZ550302", "--plate", "017 ABC 02", "--nationality", "KZ")
    unit = ("--container", "ALTU2045171", "--seal", "KZS0041701=1", "--seal", "KZS0041702")

    # Earlier than what is told next: of one second a crossing would be the later event.
    before = ("--at", (nodes.utc_now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S"))
    more = (*seen, *before, "--packages", "24")

    told = run(folder, "crossed", MRN, "--direction", "exit", *more, *unit)

    assert told.exit_code == 0, told.stderr
    assert json.loads(told.stdout)["state"] == "in transit"
    (shown,) = json.loads(run(folder, "show", MRN).stdout)["movements"]
    assert [one["event"] for one in shown["events"]] == ["release", "exit"]


def test_an_incident_with_new_seals_is_told_and_goes_on(folder: Path) -> None:
    unit = ("--container", "ALTU2045171", "--seal", "KZS0099=1=KZS0041701", "--plate", "9 ZZ")
    proof = ("--place", "A2, km 7", "--paper", f"310={'ab' * 32}", "--office", "KZ550302")

    told = run(folder, "incident", MRN, "--ground", "3", *unit, *proof)
    assert told.exit_code == 0, told.stderr
    assert json.loads(told.stdout)["code"] == "TM-030"
    shown = run(folder, "continued", MRN, "--office", "KZ550302")
    assert shown.exit_code == 0, shown.stderr
    assert json.loads(shown.stdout)["state"] == "in transit"


@pytest.mark.parametrize("event", ["cancelled", "refused", "replied"])
def test_what_is_not_ours_to_tell_now_is_refused(folder: Path, event: str) -> None:
    told = run(folder, event, MRN, "--ground", "1", "--office", "KZ550302")

    assert told.exit_code != 0
    assert "movement.illegal-event" in told.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("arrived", MRN, "--office", "KZ550302", "--at", "2026-03-02T08:00:00"),
        ("controlled", MRN, "--office", "KZ550302", "--control", "A1=20"),
        ("controlled", MRN, "--office", "KZ550302", "--control", "B3", "--solved"),
        ("discharged", MRN, "--office", "KZ550101", "--at", "2026-03-02T08:00:00+05:00"),
    ],
)
def test_what_cannot_have_happened_is_refused_in_one_line(
    folder: Path, words: tuple[str, ...]
) -> None:
    refused = run(folder, *words)

    assert refused.exit_code == 1
    assert "[movement.illegal-event]" in refused.stderr


def test_a_seal_without_its_container_is_no_use(folder: Path) -> None:
    told = run(folder, "arrived", MRN, "--office", "KZ550302", "--seal", "S1")

    assert told.exit_code == 2


def test_a_movement_that_is_not_held_is_not_found(folder: Path) -> None:
    refused = run(folder, "show", "nothing")

    assert refused.exit_code == 1
    assert "[store.unknown-record]" in refused.stderr
