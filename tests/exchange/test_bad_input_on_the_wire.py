"""What a partner's desk could not write down here, its other software sends: what becomes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from exchange_node.domain.alert import Attachment, Contact, Marking, PermittedAction, RiskAlert
from exchange_node.domain.alerting import Feedback, Result
from exchange_node.domain.message import AttachedFile
from exchange_node.services.stations.alert_draft import alert_from
from exchange_node.services.stations.loss import MOST_PLACES, MOST_TOLD
from exchange_node.store import payloads
from exchange_node.store.database import reading
from exchange_node.store.incoming import State
from exchange_node.store.retention import disposals
from tests.exchange.crafting import (
    Change,
    alert_sent,
    feedback_sent,
    kept,
    outcome,
    unchanged,
    without,
    written,
)
from tests.exchange.test_alert_feedback import DESK, notices
from tests.exchange.test_crossing import draft_of
from tests.exchange.test_withdrawn_alerts import alerted, crossing, sent, shown, withdraw
from tests.world import LIAISON, OPERATOR, Pair

PLATE = "841ABC02"
PATTERN = "(a+)+$|" * 150_000
AT = "InterGov/ext:RiskAlert"

Changed = Callable[[RiskAlert], RiskAlert]


def saying(**changes: Any) -> Changed:  # noqa: ANN401 - whatever an alert says
    return lambda alert: replace(alert, **changes)


def subject(**criteria: Any) -> Changed:  # noqa: ANN401 - whatever a subject has
    return lambda alert: replace(alert, subjects=(replace(alert.subjects[0], **criteria),))


AS_IT_WAS = saying()


@dataclass(frozen=True)
class Bad:
    """What is wrong with an alert, and what its sender is told: code and place of each finding."""

    told: Mapping[str, str]
    alert: Changed = AS_IT_WAS
    document: Change = unchanged


BAD = {
    "it never ends": Bad(
        {"CAREC-R101": f"{AT}/ext:ValidUntilDateTime"}, document=without("ValidUntilDateTime")
    ),
    "it ends in 3026": Bad(
        {"CAREC-R503": f"{AT}/ext:ValidUntilDateTime"},
        saying(valid_until=datetime(3026, 1, 1, tzinfo=UTC)),
    ),
    "it ended before it was issued": Bad(
        {"CAREC-R502": f"{AT}/ext:ValidUntilDateTime"},
        saying(valid_until=datetime(2020, 1, 1, tzinfo=UTC)),
    ),
    "a wrong check digit": Bad(
        dict.fromkeys(("CAREC-R509", "CAREC-R405"), f"{AT}/ext:Subject[1]/ext:EquipmentID"),
        subject(equipment_id="MSKU1234560"),
    ),
    "a plate of spaces": Bad(
        {"CAREC-R102": f"{AT}/ext:Subject[1]/ext:TransportMeansID"},
        document=written("      ", "TransportMeansID"),
    ),
    "a plate of signs": Bad({"CAREC-R508": f"{AT}/ext:Subject[1]"}, subject(means_id=" - . - ")),
    "a name of one letter": Bad(
        {"CAREC-R508": f"{AT}/ext:Subject[1]"}, subject(means_id="", party_name="Я")
    ),
    "10 000 subjects": Bad(
        {"CAREC-R105": f"{AT}/ext:Subject[100]"},
        lambda alert: replace(alert, subjects=alert.subjects * 10_000),
    ),
    "contradictory handling": Bad(
        {"CAREC-R510": f"{AT}/ext:PermittedActionCode"},
        saying(marking=Marking.RED, permitted_action=PermittedAction.TELL_TRADER),
    ),
    "a pattern of a megabyte": Bad(
        {"CAREC-R104": f"{AT}/ext:Subject[1]/ext:DescriptionText"}, subject(description=PATTERN)
    ),
    "a pattern that is short": Bad(
        {"CAREC-R508": f"{AT}/ext:Subject[1]"}, subject(description="(.*)+$")
    ),
    "a hash that is none": Bad(
        {"CAREC-R520": f"{AT}/ext:Attachment[1]/ext:DigestText"},
        saying(attachments=(Attachment(digest="f00", media_type="image/jpeg", size_bytes=3),)),
    ),
    "a number without an end": Bad(
        {"CAREC-R104": "InterGov/FunctionalReferenceID"},
        document=written("x" * 4_000, "FunctionalReferenceID"),
    ),
}


def alert_of(pair: Pair, alert_id: str, plate: str = PLATE) -> RiskAlert:
    plain = draft_of(pair, plate)
    return alert_from(plain, issuer="customs.uz", alert_id=alert_id, at=pair.clock())


def require_kept(pair: Pair, message_id: str, state: State, *codes: str) -> None:
    """Pass where Kazakhstan keeps the very document that came, and an operator finds it."""
    require_found(pair, message_id, state, *codes)
    came = kept(pair.kz, "customs.uz", message_id)
    assert came.payload_id is not None
    with reading(pair.kz.engine) as conn:
        assert payloads.fetch(conn, came.payload_id, pair.kz.enquiry.vault)


def require_found(pair: Pair, message_id: str, state: State, *codes: str) -> None:
    came = kept(pair.kz, "customs.uz", message_id)
    assert came.state is state
    assert all(one in came.verdict["why"] for one in codes), came.verdict
    seen: Any = pair.kz.operating.show(OPERATOR, message_id)
    (line,) = seen["received"]
    assert line["state"] == state.value


def test_each_is_refused_with_its_rule_and_place_and_nothing_of_it_is_lost(pair: Pair) -> None:
    for number, (name, bad) in enumerate(BAD.items(), start=1):
        alert = bad.alert(alert_of(pair, f"customs.uz-2026-{number}"))

        message_id = alert_sent(pair, alert, change=bad.document)

        mine = outcome(pair.uz, message_id)
        assert mine.transmission.state.value == "receipted", name
        assert mine.answer is not None, name
        assert not mine.answer.accepted, name
        told = {one.code: one.pointer for one in mine.answer.findings}
        assert told == bad.told, name
        for one in mine.answer.findings:
            assert len(one.text) < 500, name
            assert len(one.value) <= 1_000, name
        require_kept(pair, message_id, State.REFUSED, *bad.told)
    assert pair.kz.enquiry.alerts(LIAISON)["alerts"] == []
    assert notices(pair, "kz", "alert.received") == []
    assert len(notices(pair, "uz", "message.rejected")) == len(BAD)

    good = alert_sent(pair, alert_of(pair, "customs.uz-2026-99"))
    answer = outcome(pair.uz, good).answer
    assert answer is not None
    assert answer.accepted


def test_an_alert_that_is_wrong_in_thousands_of_places_is_told_of_some_and_their_number(
    pair: Pair,
) -> None:
    alert = subject(routing=("XX",) * 50)(alert_of(pair, "A-1"))

    message_id = alert_sent(pair, replace(alert, subjects=alert.subjects * 99))

    answer = outcome(pair.uz, message_id).answer
    assert answer is not None
    assert not answer.accepted
    listed = [one for one in answer.findings if one.code != "CAREC-M063"]
    assert set(Counter(one.code for one in listed).values()) == {MOST_PLACES}
    assert {one.pointer.partition("Subject")[0] for one in listed} == {f"{AT}/ext:"}
    counted = [int(one.text.split()[2]) for one in answer.findings if one.code == "CAREC-M063"]
    assert len(listed) + sum(counted) > MOST_TOLD
    require_kept(pair, message_id, State.REFUSED, *{one.code for one in listed})


def test_what_was_over_when_it_came_is_held_as_expired_and_fits_nothing(pair: Pair) -> None:
    plate = crossing(pair)
    over = replace(
        alert_of(pair, "A-1", plate),
        issued_at=pair.clock() - timedelta(days=9),
        valid_until=pair.clock() - timedelta(days=1),
    )

    message_id = alert_sent(pair, over)

    require_kept(pair, message_id, State.FILED)
    there = shown(pair, "kz", "A-1")
    assert (there["life"], there["hits"]) == ({"here": "expired"}, [])


def withdrawal_of(alert: RiskAlert, version: int) -> RiskAlert:
    return replace(alert, function="1", version=version, subjects=(), text="It was a mistake.")


def test_a_withdrawal_that_overtakes_its_alert_takes_it_back_all_the_same(pair: Pair) -> None:
    plate = crossing(pair)
    alert = alert_of(pair, "A-1", plate)

    early = alert_sent(pair, withdrawal_of(alert, 2), code="RA-012")
    late = alert_sent(pair, alert)

    for message_id in (early, late):
        answer = outcome(pair.uz, message_id).answer
        assert answer is not None
        assert answer.accepted
        require_found(pair, message_id, State.FILED)
    with reading(pair.kz.engine) as conn:
        (deleted,) = disposals.search(conn, limit=9)
    assert deleted.stamp.subject == "customs.uz/A-1"
    there = shown(pair, "kz", "A-1")
    assert [(one["version"], one["state"]) for one in there["versions"]] == [
        (2, "withdrawn"),
        (1, "withdrawn"),
    ]
    assert (there["hits"], there["alert"]["subjects"]) == ([], [])
    assert plate not in str(there)
    assert notices(pair, "kz", "alert.received") == []


def test_a_withdrawal_under_the_version_that_it_takes_back_is_refused(pair: Pair) -> None:
    alert = alert_of(pair, "A-1")
    alert_sent(pair, alert)

    message_id = alert_sent(pair, withdrawal_of(alert, 1), code="RA-012")

    answer = outcome(pair.uz, message_id).answer
    assert answer is not None
    assert [one.code for one in answer.findings] == ["CAREC-F003"]
    require_kept(pair, message_id, State.REFUSED, "CAREC-F003")
    assert shown(pair, "kz", "A-1")["life"] == {"here": "new"}


def test_a_file_that_is_not_the_one_whose_hash_is_sealed_is_refused(pair: Pair) -> None:
    spontaneous = 'mode = "spontaneous"'
    pair.agree_anew(lambda text: text.replace(spontaneous, f"{spontaneous}\nattachments = true"))
    scan = AttachedFile(name="scan.png", mime_type="image/png", content=b"a scan")

    forged = alert_sent(pair, alert_of(pair, "A-1"), named=scan, attached=b"a scam")

    answer = outcome(pair.uz, forged).answer
    assert answer is not None
    assert {one.code for one in answer.findings} == {"CAREC-F005"}
    require_kept(pair, forged, State.REFUSED, "CAREC-F005")
    assert pair.kz.enquiry.alerts(LIAISON)["alerts"] == []
    honest = alert_sent(pair, alert_of(pair, "A-1"), named=scan)
    require_kept(pair, honest, State.FILED)


def feedback_of(pair: Pair, alert_id: str, **more: Any) -> Feedback:  # noqa: ANN401 - what is told
    plain: dict[str, Any] = {
        "reference": "customs.kz-1",
        "alert_id": alert_id,
        "alert_version": 1,
        "issuer": "customs.kz",
        "issued_at": pair.clock(),
        "contact": Contact(office=DESK),
        "result": Result.NIL,
        "controlled_at": pair.clock(),
        "measures": ("10",),
    }
    return Feedback(**{**plain, **more})


def test_feedback_for_an_alert_of_somebody_else_is_refused_and_changes_no_alert(
    pair: Pair,
) -> None:
    alert_id = alerted(pair)
    (alert,) = sent(pair)
    pair.run()
    of_nobody = str(pair.uz.alerting.draft(LIAISON, draft_of(pair, PLATE))["alert_id"])

    for number, other in enumerate(("customs.tm-2026-1", of_nobody), start=1):
        said = feedback_of(pair, other, reference=f"customs.kz-{number}", is_last=True)
        message_id = feedback_sent(pair, said, on=alert)

        answer = outcome(pair.kz, message_id).answer
        assert answer is not None
        assert [one.code for one in answer.findings] == ["CAREC-F009"], other
        assert other in answer.findings[0].text
        came = kept(pair.uz, "customs.kz", message_id)
        assert (came.state, came.verdict["why"]) == (State.REFUSED, "CAREC-F009")
        assert came.payload_id is not None
    assert shown(pair, "uz", alert_id)["life"] == {"customs.kz": "new"}
    for one in (alert_id, of_nobody):
        assert shown(pair, "uz", one)["feedback"] == []
    assert notices(pair, "uz", "alert.feedback") == []


def test_feedback_after_the_withdrawal_is_filed_and_the_alert_stays_withdrawn(pair: Pair) -> None:
    alert_id = alerted(pair)
    (alert,) = sent(pair)
    pair.run()
    withdraw(pair, alert_id)
    pair.run()
    pair.clock.forward(hours=2)

    message_id = feedback_sent(pair, feedback_of(pair, alert_id, is_last=True), on=alert)

    answer = outcome(pair.kz, message_id).answer
    assert answer is not None
    assert answer.accepted
    assert kept(pair.uz, "customs.kz", message_id).state is State.FILED
    there = shown(pair, "uz", alert_id)
    assert [one["version"] for one in there["feedback"]] == [1]
    first = next(one for one in there["versions"] if one["version"] == 1)
    assert first["life"] == {"customs.kz": "withdrawn"}
    assert there["state"] == "withdrawn"
    [notice] = notices(pair, "uz", "alert.feedback")
    assert notice.facts["alert"] == alert_id
