from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from tests.exchange.test_corrected_alerts import OTHER, WHY, plain, versions
from tests.exchange.test_withdrawn_alerts import PLATE, alerted, shown, withdraw
from tests.web.test_alert_bad_input import BAD, PATTERN
from tests.world import PASSPHRASE, Pair

IN_A_FILE = {"goods text of a megabyte": "more than 1000000 bytes"}
"""What is refused before it is read."""


@pytest.fixture(name="alert_id")
def _alert_id(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(nodes, "build", partial(nodes.build, clock=pair.clock))
    alert_id = alerted(pair)
    pair.run()
    return alert_id


def run(tmp_path: Path, *words: str, given: object = None) -> Result:
    environment = {"EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}
    asked = ["--folder", str(tmp_path / "uz"), "alert", *words]
    text = given if isinstance(given, str) else json.dumps(given)
    return CliRunner().invoke(cli, asked, input=text, env=environment)


def said(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    return dict(json.loads(result.stdout))


def test_a_correction_is_drafted_shown_and_sent(pair: Pair, alert_id: str, tmp_path: Path) -> None:
    drafted = said(run(tmp_path, "correct", alert_id, "-", "--why", WHY, given=plain(pair)))
    assert (drafted["alert_id"], drafted["version"], drafted["state"]) == (
        alert_id,
        2,
        "drafted",
    )
    assert said(run(tmp_path, "show", alert_id))["alert"]["correction"] == WHY

    sent = said(run(tmp_path, "send", alert_id))
    pair.run()

    assert (sent["version"], sent["state"]) == (2, "sent")
    assert versions(pair, "kz", alert_id) == {2: "received", 1: "superseded"}
    (subject,) = shown(pair, "kz", alert_id)["alert"]["subjects"]
    assert subject["means_id"] == OTHER


@pytest.mark.parametrize(
    ("given", "why", "told"),
    [
        ("nothing", WHY, "no JSON"),
        ("[]", WHY, "no JSON object"),
        ({}, WHY, "valid_until"),
        (None, " ", "says why"),
        (None, f"{PLATE} was wrong.", "CAREC-R513"),
    ],
)
def test_a_correction_that_cannot_be_one_is_refused_and_the_alert_stands(
    pair: Pair, alert_id: str, tmp_path: Path, given: object, why: str, told: str
) -> None:
    given = plain(pair) if given is None else given

    refused = run(tmp_path, "correct", alert_id, "-", "--why", why, given=given)

    assert refused.exit_code != 0
    assert told in refused.stderr
    assert versions(pair, "uz", alert_id) == {1: "sent"}


def test_what_is_not_in_force_is_not_corrected(pair: Pair, alert_id: str, tmp_path: Path) -> None:
    withdraw(pair, alert_id)

    for key, told in ((alert_id, "is withdrawn, not in force"), ("nothing-1", "no alert")):
        refused = run(tmp_path, "correct", key, "-", "--why", WHY, given=plain(pair))
        assert refused.exit_code != 0
        assert told in refused.stderr


def test_no_partner_is_named_whom_a_correction_goes_to(
    pair: Pair, alert_id: str, tmp_path: Path
) -> None:
    said(run(tmp_path, "correct", alert_id, "-", "--why", WHY, given=plain(pair)))

    refused = run(tmp_path, "send", alert_id, "--to", "customs.tm", "--purpose", "RISK_ANALYSIS")

    assert refused.exit_code != 0
    assert "name nobody" in refused.stderr
    assert versions(pair, "uz", alert_id) == {2: "drafted", 1: "sent"}


def test_bad_input_gets_one_clear_answer_as_an_alert_and_as_a_correction(
    pair: Pair, alert_id: str, tmp_path: Path
) -> None:
    good = said(run(tmp_path, "list"))
    file = tmp_path / "alert.json"

    for name, (changes, told) in BAD.items():
        file.write_text(json.dumps(plain(pair, means_id=OTHER) | changes))
        for words in (("draft", str(file)), ("correct", alert_id, str(file), "--why", WHY)):
            refused = run(tmp_path, *words)
            assert refused.exit_code != 0, name
            assert IN_A_FILE.get(name, told) in refused.stderr, name
            assert len(refused.stderr) < 1_000, name
            assert PATTERN[:100] not in refused.stderr, name
    assert said(run(tmp_path, "list")) == good
