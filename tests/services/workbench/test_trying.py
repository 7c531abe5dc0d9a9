from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from exchange_node import node as nodes
from exchange_node.config.shipped import shipped
from exchange_node.domain.access import Actor, Role
from exchange_node.domain.alert import Acknowledgement, Contact, RiskAlert
from exchange_node.domain.errors import (
    InvalidSettingError,
    MalformedIdentifierError,
    RoleError,
    UnreadableInputError,
)
from exchange_node.node import Trial, trying
from exchange_node.security.seal import open_seal
from exchange_node.services.stations.departure.attaching import MAX_ATTACHMENTS
from exchange_node.store import audit, outbox, payloads
from exchange_node.store.database import reading
from exchange_node.store.records import manifests
from exchange_node.store.tables import submission
from exchange_node.wco.alert_codec import encode_acknowledgement, encode_alert
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import Document, read
from tests.exchange.test_versions import OPTIONAL, REQUIRED, agree
from tests.services.test_alerting import sent_alert
from tests.services.test_forged import alert_of
from tests.world import DECLARATION, FACTS, LIAISON, NATIONAL, OPERATOR, Pair

UZ = Metadata(country="UZ", agency="Customs", type_name="InterGov")
REFERENCE = "Declaration/FunctionalReferenceID"
PASSED = [
    "recognise", "map", "validate", "permit", "minimise", "convert", "check", "pack", "arrive",
]  # fmt: skip


BOTH = Actor(name="desk", roles=frozenset({Role.SUBMITTER, Role.LIAISON}))


def tried(pair: Pair, data: bytes | None = None, **changes: Any) -> Trial:  # noqa: ANN401 - whatever `Trying.look` takes
    plain = {"facts": FACTS.read_text(encoding="utf-8"), "partner": "customs.uz", **changes}
    content = DECLARATION.read_bytes() if data is None else data
    return trying(pair.kz).look(plain.pop("actor", NATIONAL), content, **plain)


def said(trial: Trial) -> dict[str, bool | None]:
    return {one.stage.value: one.passed for one in trial.steps}


def turns(trial: Trial) -> set[tuple[str, str]]:
    return {(one.finding.code, one.turn.who.value) for one in trial.turns()}


def looks(pair: Pair) -> list[audit.AuditRecord]:
    with reading(pair.kz.engine) as conn:
        return [one for one in audit.search(conn, limit=99) if one.action == "look.dry-run"]


def test_what_would_be_accepted_passes_every_step(pair: Pair) -> None:
    trial = tried(pair)

    assert (trial.fate, trial.format) == ("accepted", "esadout-cu")
    assert said(trial) == dict.fromkeys(PASSED, True)
    assert trial.permission["grant"] == "manifests-kz-uz"
    assert trial.turns() == ()


def test_the_preview_is_what_the_partner_receives_and_what_is_withheld_is_not_in_it(
    pair: Pair,
) -> None:
    trial = tried(pair)
    pair.submit()
    pair.run()

    shown = read(trial.preview)
    sealed = read(received(pair))
    assert [one for one in shown.leaves() if one.path != REFERENCE] == [
        one for one in sealed.leaves() if one.path != REFERENCE
    ]
    assert shown.exchange == sealed.exchange
    assert trial.withheld
    assert not [one for one in trial.withheld if shown.value(str(one["path"]))]


def received(pair: Pair) -> bytes:
    with reading(pair.uz.engine) as conn:
        (held,) = manifests.current(conn, limit=9)
        sealed = payloads.fetch(conn, held.document_id, pair.uz.filing.opening.vault)
    partner = pair.uz.filing.opening.trust.partner("customs.kz")
    return open_seal(sealed, partner.seal, at=pair.clock()).content


def test_nothing_is_stored_or_sent_and_the_look_says_nothing_of_the_content(pair: Pair) -> None:
    trial = tried(pair)
    pair.run()

    with reading(pair.kz.engine) as conn:
        assert outbox.search(conn, limit=9) == []
        assert conn.execute(select(func.count()).select_from(submission)).scalar() == 0
    (look,) = looks(pair)
    assert (look.actor, look.partner) == (NATIONAL.name, "customs.uz")
    assert look.facts["verdict"] == "accepted"
    values = {one.value for one in read(trial.preview).leaves() if len(one.value) > 10}
    assert not [one for one in values if any(one in fact for fact in look.facts.values())]


def test_a_finished_document_goes_the_same_way_without_being_mapped(pair: Pair) -> None:
    finished = tried(pair).preview

    trial = tried(pair, finished, facts="")

    assert (trial.fate, trial.format) == ("accepted", "wco")
    assert "map" not in said(trial)
    assert trial.preview == finished


def test_a_document_of_another_administration_would_be_refused_there(pair: Pair) -> None:
    text = tried(pair).preview.decode()
    for was, becomes in (
        ("<ID>customs.kz<", "<ID>customs.uz<"),
        ("ResponsibleCountryCode>KZ<", "ResponsibleCountryCode>UZ<"),
        ("SenderID>customs.kz<", "SenderID>customs.uz<"),
        ("RecipientID>customs.uz<", "RecipientID>customs.kz<"),
    ):
        assert was in text
        text = text.replace(was, becomes)

    trial = tried(pair, text.encode())

    assert trial.fate == "refused-there"
    assert said(trial)["arrive"] is False
    assert ("CAREC-F007", "our-it") in turns(trial)


def test_an_alert_is_tried_as_the_message_that_carries_it(pair: Pair) -> None:
    finished = encode_alert(
        alert_of(pair, "A-1"),
        metadata=UZ,
        registry=pair.uz.alerting.library.registry,
    ).to_bytes()

    trial = trying(pair.uz).look(NATIONAL, finished, partner="customs.kz", purpose="RISK_ANALYSIS")

    assert (trial.fate, trial.facts["code"]) == ("accepted", "RA-010")


def alert_tried(pair: Pair, alert: RiskAlert) -> Trial:
    made = encode_alert(alert, metadata=UZ, registry=pair.uz.alerting.library.registry)
    return trying(pair.uz).look(
        NATIONAL, made.to_bytes(), partner="customs.kz", purpose="RISK_ANALYSIS"
    )


def test_an_alert_that_has_ended_is_refused_as_a_draft_of_it_is(pair: Pair) -> None:
    alert = alert_of(pair, "A-1")
    begun = pair.clock() - timedelta(days=9)
    over = replace(alert, issued_at=begun, valid_from=begun, valid_until=pair.clock())

    live, ended = alert_tried(pair, alert), alert_tried(pair, over)

    assert live.fate == "accepted"
    assert (ended.fate, said(ended)["validate"]) == ("refused-here", False)
    assert turns(ended) == {("alert.invalid", "declarant")}


def acknowledgement_of(pair: Pair, alert_id: str) -> Document:
    seen = Acknowledgement(
        reference="ack-1",
        alert_id=alert_id,
        alert_version=1,
        issuer="customs.kz",
        issued_at=pair.clock(),
        seen_at=pair.clock(),
        contact=Contact(office="KZ550302"),
    )
    return encode_acknowledgement(
        seen,
        metadata=Metadata(country="KZ", agency="Customs", type_name="InterGov"),
        registry=pair.kz.alerting.library.registry,
    )


def test_an_acknowledgement_is_asked_of_the_gate_that_acknowledging_asks(pair: Pair) -> None:
    alert_id = sent_alert(pair, "RISK_ANALYSIS")
    document = acknowledgement_of(pair, alert_id).to_bytes()

    trial = tried(pair, document, facts="", actor=BOTH)
    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    again = tried(pair, document, facts="", actor=BOTH)

    assert (trial.fate, trial.facts["code"]) == ("accepted", "RA-020")
    exchange = read(trial.preview).exchange
    assert exchange is not None
    assert exchange.purpose == "RISK_ANALYSIS"
    assert (again.fate, said(again)["permit"]) == ("refused-here", False)
    assert turns(again) == {("alert.invalid", "declarant")}


def test_an_acknowledgement_of_an_alert_that_nobody_sent_is_refused(pair: Pair) -> None:
    sent = sent_alert(pair, "RISK_ANALYSIS")

    unknown = tried(
        pair, acknowledgement_of(pair, "A-1").to_bytes(), purpose="RISK_ANALYSIS", actor=BOTH
    )
    of_another = tried(
        pair, acknowledgement_of(pair, sent).to_bytes(), partner="customs.tj", facts="", actor=BOTH
    )

    assert turns(unknown) == turns(of_another) == {("alert.invalid", "declarant")}


@pytest.mark.parametrize("alert_id", ["A-1", "held"])
def test_whether_an_alert_is_held_a_submitter_does_not_learn(pair: Pair, alert_id: str) -> None:
    held = sent_alert(pair, "RISK_ANALYSIS")
    named = held if alert_id == "held" else alert_id

    with pytest.raises(RoleError):
        tried(pair, acknowledgement_of(pair, named).to_bytes(), facts="")


def test_once_no_seal_is_valid_a_trial_says_so_and_nothing_is_submitted(pair: Pair) -> None:
    held = pair.kz.dispatch.packing.seal_key(pair.clock()).certificate
    ahead = held.not_valid_after_utc + timedelta(hours=1) - pair.clock()
    pair.clock.forward(seconds=ahead.total_seconds())
    text = nodes.pair_agreement("KZ", "UZ", on=pair.clock().date())
    pair.kz.commissioning.add_agreement(text.replace("version = 1", "version = 2"), actor="test")

    trial = tried(pair)

    assert said(trial)["pack"] is False
    assert turns(trial) == {("config.unusable", "our-it")}
    with pytest.raises(InvalidSettingError, match="seal key"):
        pair.submit()


def test_the_gate_is_asked_about_the_files_that_would_go_along(pair: Pair) -> None:
    before = tried(pair, attachments=1)
    pair.permit_attachments()
    after = tried(pair, attachments=1)

    assert turns(before) == {("DENY-ATTACHMENTS", "liaison")}
    assert after.fate == "accepted"
    with pytest.raises(UnreadableInputError, match="too many"):
        tried(pair, attachments=MAX_ATTACHMENTS + 1)


def test_what_no_message_carries_is_said_and_no_agreement_asked(pair: Pair) -> None:
    goods = shipped("config", "national", "examples", "wco-goods", "export-by-road.wco.xml")

    trial = tried(pair, goods.read_bytes(), facts="")

    assert (trial.fate, said(trial)["permit"]) == ("refused-here", None)
    assert turns(trial) == {("CAREC-R015", "declarant")}


@pytest.mark.parametrize("on", [date.min, date(2026, 4, 2), date.max])
def test_any_day_can_be_asked_about(pair: Pair, on: date) -> None:
    assert tried(pair, on=on).fate == "refused-here"


def test_what_lacks_in_the_data_is_the_declarants_and_the_agreement_is_asked_all_the_same(
    pair: Pair,
) -> None:
    trial = tried(pair, facts="")

    steps = said(trial)
    assert trial.fate == "refused-here"
    assert (steps["map"], steps["permit"], steps["convert"]) == (False, True, None)
    assert turns(trial) == {("CAREC-M001", "declarant")}
    assert trial.withheld
    assert trial.preview == b""


@pytest.mark.parametrize(
    ("changes", "turn"),
    [
        ({"partner": "customs.tj"}, ("DENY-NO-AGREEMENT", "liaison")),
        ({"purpose": "STATISTICS"}, ("DENY-PURPOSE", "liaison")),
        ({"on": date(2027, 1, 1)}, ("DENY-NOT-IN-FORCE", "liaison")),
        ({"format_name": "generic-csv"}, ("mapping.unknown-format", "our-it")),
        ({"facts": "nonsense"}, ("mapping.invalid-facts", "our-it")),
    ],
)
def test_who_has_to_act_is_told_by_the_code(
    pair: Pair, changes: dict[str, Any], turn: tuple[str, str]
) -> None:
    trial = tried(pair, **changes)

    assert trial.fate == "refused-here"
    assert turn in turns(trial)


def test_before_an_agreement_begins_nobody_acts_and_the_day_is_named(pair: Pair) -> None:
    trial = tried(pair, on=date(2026, 2, 1))

    (one,) = trial.turns()
    assert (one.finding.code, one.turn.who, one.turn.until) == (
        "DENY-NOT-IN-FORCE",
        "nobody",
        "2026-03-02",
    )


def test_an_expired_key_or_a_missing_card_is_for_our_it(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "kz" / "partners" / "customs.uz.toml").unlink()
    pair.restart("kz")

    trial = tried(pair)

    assert said(trial)["pack"] is False
    assert turns(trial) == {("config.missing", "our-it")}


def test_what_is_nothing_at_all_is_said_and_not_raised(pair: Pair) -> None:
    trial = tried(pair, b"\x00nothing")

    assert said(trial)["recognise"] is False
    assert said(trial)["map"] is None


def test_the_partners_version_is_shown_with_what_has_no_place_there(
    pair: Pair, tmp_path: Path
) -> None:
    agree(tmp_path, pair, day="2026-03-10", without=[OPTIONAL])

    before, after = tried(pair), tried(pair, on=date(2026, 3, 10))

    assert (before.facts["version"], after.facts["version"]) == ("1.0", "2.0")
    assert (before.fate, after.fate) == ("accepted", "accepted")
    found = [
        (one.finding.code, one.turn.who.value)
        for step in after.steps
        if step.stage == "convert"
        for one in step.findings
    ]
    assert set(found) == {("CAREC-R028", "partner")}
    assert b"HolderOfTransit" in after.preview
    assert b"HolderOfTransit" not in before.preview


def test_what_the_partners_version_cannot_carry_is_the_partners_turn(
    pair: Pair, tmp_path: Path
) -> None:
    agree(tmp_path, pair, day="2026-01-01", without=[REQUIRED])

    trial = tried(pair)

    assert said(trial)["convert"] is False
    assert ("CAREC-R030", "partner") in turns(trial)


def test_only_a_submitter_tries(pair: Pair) -> None:
    with pytest.raises(RoleError):
        trying(pair.kz).look(LIAISON, b"", partner="customs.uz")
    with pytest.raises(RoleError):
        trying(pair.kz).look(OPERATOR, b"", partner="customs.uz")
    with pytest.raises(MalformedIdentifierError):
        trying(pair.kz).look(Actor(name="n", roles=frozenset({Role.SUBMITTER})), b"", partner="UZ!")


def test_a_trial_and_a_submission_find_the_same(pair: Pair) -> None:
    for facts in ("", FACTS.read_text(encoding="utf-8")):
        trial = tried(pair, facts=facts)
        submission = pair.kz.dispatch.submit(
            NATIONAL, DECLARATION.read_bytes(), partner="customs.uz", facts=facts
        )

        found = [one.finding for step in trial.steps for one in step.findings]
        assert [one.code for one in found] == [one.code for one in submission.findings]
        assert (trial.fate == "accepted") is not submission.is_refused
