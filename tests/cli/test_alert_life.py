from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from tests.exchange.test_withdrawn_alerts import alerted, shown
from tests.world import PASSPHRASE, Pair

OFFICE = ("--office", "KZ550302")
UNCHECKED = '{"result": "NCK", "contact_office": "KZ550302"}'


@pytest.fixture(name="alert_id")
def _alert_id(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(nodes, "build", partial(nodes.build, clock=pair.clock))
    alert_id = alerted(pair)
    pair.run()
    return alert_id


def run(tmp_path: Path, *words: str, given: str = "") -> Result:
    environment = {"EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}
    asked = ["--folder", str(tmp_path / "kz"), "alert", *words]
    return CliRunner().invoke(cli, asked, input=given, env=environment)


def test_an_alert_is_taken_up_and_its_result_told(
    pair: Pair, alert_id: str, tmp_path: Path
) -> None:
    taken = run(tmp_path, "take-up", alert_id, *OFFICE, "--remark", "We look.")
    told = run(tmp_path, "feedback", alert_id, "-", given=UNCHECKED)
    pair.run()

    assert json.loads(taken.stdout)["state"] == "in treatment", taken.stderr
    assert json.loads(told.stdout)["state"] == "feedback given", told.stderr
    there = shown(pair, "uz", alert_id)
    assert [one["remark"] for one in there["acknowledgements"]] == ["We look."]
    assert [one["result"] for one in there["feedback"]] == ["NCK"]


def test_an_alert_is_rejected_with_a_reason_of_the_list(
    pair: Pair, alert_id: str, tmp_path: Path
) -> None:
    other = run(tmp_path, "reject", alert_id, "--reason", "XXX", *OFFICE)
    rejected = run(tmp_path, "reject", alert_id, "--reason", "NLB", *OFFICE)
    pair.run()

    assert other.exit_code != 0
    assert json.loads(rejected.stdout)["state"] == "rejected", rejected.stderr
    assert shown(pair, "uz", alert_id)["life"] == {"customs.kz": "rejected"}


@pytest.mark.parametrize(
    ("given", "why"),
    [("nothing", "no JSON"), ("[]", "no JSON object"), ('{"result": "???"}', "contact_office")],
)
def test_a_feedback_that_cannot_be_read_is_refused(
    alert_id: str, tmp_path: Path, given: str, why: str
) -> None:
    told = run(tmp_path, "feedback", alert_id, "-", given=given)

    assert told.exit_code != 0
    assert why in told.stderr


def test_what_was_seen_is_told_and_what_cannot_be_is_refused(
    pair: Pair, alert_id: str, tmp_path: Path
) -> None:
    seen = ("sighting", alert_id, *OFFICE, "--in", "CAM", "--what", "It passed.", "--seen")
    told = run(tmp_path, *seen, pair.clock().isoformat())
    wrong = run(tmp_path, *seen, "yesterday")
    pair.run()

    assert json.loads(told.stdout)["state"] == "in treatment", told.stderr
    assert wrong.exit_code != 0
    assert "seen_at" in wrong.stderr
    assert shown(pair, "uz", alert_id)["sightings"]["customs.kz"]["count"] == 1
