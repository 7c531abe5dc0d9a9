"""A partner sends more than its grant covers, and the grant says that it is hidden here."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from exchange_node.domain.agreement import AutomatedDecision
from exchange_node.domain.message import Exchange
from exchange_node.policy.gates import permit_sending
from exchange_node.policy.verdict import require
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.store import outbox, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.outgoing import Answer
from exchange_node.store.records import manifests
from exchange_node.wco.document import Document, read
from tests.exchange.crafting import alert_sent
from tests.exchange.test_crossing import draft_of, plate_in
from tests.services.test_forged import alert_of
from tests.world import LIAISON, NATIONAL, OPERATOR, POST, Pair, replaced

CLASSES = (
    "Declaration/BorderTransportMeans/",
    "Declaration/Consignment/TransportEquipment/",
    "Declaration/Consignment/Consignor/Address/",
)
"""What the grant does not cover any more."""

CONTAINER = "Declaration/Consignment/TransportEquipment/ID"


def hiding(agreed: str) -> str:
    """Return the text of an agreement that does not cover these classes, and hides them."""
    covered = [one for one in agreed.splitlines() if not one.strip(' "').startswith(CLASSES)]
    return "\n".join(covered).replace("\nmode = ", '\nunexpected = "hide"\nmode = ') + "\n"


def send_whole(pair: Pair, document: Document, code: str = "TM-010") -> str:
    """Send a manifest from Kazakhstan as it is, whatever the grant covers; return its message."""
    node = pair.kz
    with reading(node.engine) as conn:
        held = held_agreements(conn)
    verdict = permit_sending(
        held,
        sender="customs.kz",
        recipient="customs.uz",
        code=code,
        purpose="TRANSIT_CONTROL",
        test=True,
        on=pair.clock().date(),
    )
    agreement, grant = require(verdict)
    exchange = Exchange(
        sender="customs.kz",
        recipient="customs.uz",
        code=code,
        purpose="TRANSIT_CONTROL",
        test=True,
        agreement_id=agreement.agreement_id,
        agreement_version=agreement.version,
        agreement_digest=agreement.digest,
        grant=grant.grant_id,
        handling=grant.handling.value,
    )
    packing = node.alerting.packing
    written = packing.versions.written(document, "customs.uz", pair.clock().date())
    prepared = packing.prepare(written, exchange, at=pair.clock(), conversation_id="whole")
    with transaction(node.engine) as conn:
        packing.queue(conn, prepared)
    pair.run(rounds=12)
    return prepared.message_id


def answer_to(pair: Pair, message_id: str) -> Answer:
    with reading(pair.kz.engine) as conn:
        answer = outbox.get(conn, message_id).answer
    assert answer is not None
    return answer


def everything_written(pair: Pair) -> str:
    """Return every row of Uzbekistan's database but the sealed bytes, as one text."""
    with reading(pair.uz.engine) as conn:
        tables = conn.dialect.get_table_names(conn)
        rows = [
            [str(value) for value in row if not isinstance(value, bytes)]
            for table in tables
            if table != "agreement"
            for row in conn.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608 - our own
        ]
    return json.dumps(rows, ensure_ascii=False)


@pytest.fixture(name="whole")
def _whole(pair: Pair) -> Document:
    """The document of a manifest under a grant that lets everything out, and its values."""
    submission = pair.submit()
    message_id = str(pair.kz.enquiry.submission(NATIONAL, submission)["message_id"])
    pair.kz.operating.cancel(OPERATOR, message_id, why="it goes another way")
    with reading(pair.kz.engine) as conn:
        (held,) = manifests.current(conn, limit=2)
        document = read(payloads.fetch(conn, held.document_id, pair.kz.enquiry.vault))
    pair.clock.forward(days=1)
    pair.agree_anew(hiding)
    return document


def hidden_in(document: Document) -> dict[str, str]:
    """Return what nobody may see of a document: path and value."""
    found = {one.path: one.value for one in document.leaves() if one.path.startswith(CLASSES)}
    assert len(found) > 3, found
    return found


def values_in(document: Document) -> list[str]:
    """Return what tells something and stands nowhere else."""
    rest = [one.value for one in document.leaves() if not one.path.startswith(CLASSES)]
    hidden = hidden_in(document).values()
    found = [
        one
        for one in hidden
        if len(one) > 4 and one[:2] != "20" and not any(one in other for other in rest)
    ]
    assert len(found) > 1, hidden
    return found


def test_what_the_grant_does_not_cover_is_seen_nowhere(
    pair: Pair, whole: Document, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()

    message_id = send_whole(pair, whole)

    answer = answer_to(pair, message_id)
    assert answer.accepted, answer.findings
    (warning,) = [one for one in answer.findings if one.code == "CAREC-F008"]
    (arrival,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    view: dict[str, Any] = pair.uz.enquiry.manifest(POST, arrival["number"])
    assert set(view["hidden"]["paths"]) >= set(hidden_in(whole))
    assert (arrival["equipment"], arrival["customs_seals"]) == ([], [])
    told = json.dumps([one.facts for one in pair.told["uz"].told.values()], default=str)
    said = capfd.readouterr()
    seen = [everything_written(pair), json.dumps([arrival, view]), told, warning.text, said.out]
    for value in values_in(whole):
        assert not any(value in one for one in seen), value
        assert pair.uz.enquiry.prearrival(POST, plate=value)["arrivals"] == []
        assert pair.uz.enquiry.prearrival(POST, container=value)["arrivals"] == []


def test_the_sealed_bytes_are_kept_as_they_came(pair: Pair, whole: Document) -> None:
    send_whole(pair, whole)

    with reading(pair.uz.engine) as conn:
        (held,) = manifests.current(conn, limit=2)
        kept = payloads.fetch(conn, held.document_id, pair.uz.enquiry.vault)
    for value in values_in(whole):
        assert value.encode() in kept


def test_what_is_hidden_matches_no_alert(pair: Pair, whole: Document) -> None:
    container = {"equipment_id": hidden_in(whole)[CONTAINER]}
    plain = {**draft_of(pair, ""), "subjects": [container]}
    alert_id = str(pair.uz.alerting.draft(LIAISON, plain)["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")

    send_whole(pair, whole)

    (arrival,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    assert arrival["channel"] == "green"
    assert pair.uz.enquiry.alert(LIAISON, alert_id)["hits"] == []


def test_of_an_alert_too_only_what_is_covered_is_seen(pair: Pair) -> None:
    text_path = "InterGov/ext:RiskAlert/ext:ModusOperandiText"
    alert = replace(alert_of(pair, "A-1"), modus_operandi="Hidden under the floor.")
    leaves = {one.path for one in pair.uz.alerting.drafting.document(alert).leaves()}
    assert text_path in leaves
    named = "".join(f'  "{one}",\n' for one in sorted(leaves - {text_path}) if "Risk" in one)
    subtree = '  "InterGov/ext:RiskAlert/**",\n'
    pair.clock.forward(days=1)
    pair.agree_anew(lambda agreed: hiding(agreed).replace(subtree, named))

    alert_sent(pair, alert)

    view: dict[str, Any] = pair.kz.enquiry.alert(LIAISON, "A-1")
    assert view["hidden"] == {"count": 1, "paths": [text_path]}
    assert not view["alert"]["modus_operandi"]
    assert view["summary"] == alert.summary
    assert "under the floor" not in json.dumps(view) + everything_written(pair)


# ---------------------------------------------------------------- decisions by a machine alone


def received_beside_an_alert(pair: Pair, automated: AutomatedDecision) -> dict[str, Any]:
    """Return the manifest in Uzbekistan that an alert of its own fits, under a grant's word."""
    pair.clock.forward(days=1)
    mode = 'mode = "advance"'
    said = f'{mode}\nautomated_decision = "{automated.value}"'
    pair.agree_anew(lambda agreed: replaced(agreed, mode, said))
    submission = pair.submit()
    pair.run()
    plate = plate_in(pair, submission)
    alert_id = str(pair.uz.alerting.draft(LIAISON, draft_of(pair, plate))["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()
    (arrival,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    return dict(arrival)


@pytest.mark.parametrize(
    ("automated", "channel", "rule", "to_confirm", "notice"),
    [
        (AutomatedDecision.ALLOW, "red", "CH-10", False, "channel.red"),
        (AutomatedDecision.WITH_HUMAN, "red", "CH-10", True, "channel.red"),
        (AutomatedDecision.FORBID, "green", "CH-90", False, "channel.left"),
    ],
)
def test_how_far_an_alert_alone_goes_is_agreed(
    pair: Pair,
    automated: AutomatedDecision,
    channel: str,
    rule: str,
    *,
    to_confirm: bool,
    notice: str,
) -> None:
    arrival = received_beside_an_alert(pair, automated)

    decided = (arrival["channel"], arrival["rule"], arrival["to_confirm"])
    assert decided == (channel, rule, to_confirm)
    assert [
        one.code for one in pair.told["uz"].told.values() if one.code.startswith("channel.")
    ] == [notice]
    (hit,) = pair.uz.enquiry.manifest(POST, arrival["number"])["reasons"]
    assert "alert customs.uz-" in hit


def test_under_suspension_a_partners_alert_raises_no_channel(pair: Pair) -> None:
    submission = pair.submit()
    pair.run()
    plate = plate_in(pair, submission)
    alert = draft_of(pair, plate)
    alert_id = str(pair.uz.alerting.draft(LIAISON, alert)["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()
    with reading(pair.kz.engine) as conn:
        (before,) = manifests.current(conn, limit=2)
    name = "urn:carec:maa:KZ-UZ:rehearsal"
    pair.kz.agreeing.suspend(OPERATOR, name, 1, why="keys were lost", reason="BREACH")

    with transaction(pair.kz.engine) as conn:
        judging = pair.kz.dispatch.holding.judging
        after = judging.judge(conn, before, pair.clock(), held_agreements(conn))

    assert before.decision is not None
    assert (before.decision.channel, before.decision.to_confirm) == ("red", True)
    assert (after.channel, after.rule) == ("green", "CH-90")
