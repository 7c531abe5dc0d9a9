from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from exchange_node.domain.errors import (
    InvalidAlertError,
    InvalidOperationError,
    RoleError,
    UnknownRecordError,
)
from exchange_node.store.database import reading, transaction
from exchange_node.store.tables import audit
from tests.exchange.test_alert_feedback import FOUND, report
from tests.exchange.test_alert_indicators import counted
from tests.exchange.test_withdrawn_alerts import shown, withdraw
from tests.world import LIAISON, POST, Pair

REFERENCE = "JO-UZ-2026-0001"


def until(pair: Pair, days: int) -> str:
    return (pair.clock() + timedelta(days=days)).isoformat()


def opened(pair: Pair, **changes: object) -> dict[str, Any]:
    plain = {"name": "Silk Lock", "partners": ["customs.kz"], "ends": until(pair, 60), **changes}
    return pair.uz.operations.open(LIAISON, plain)


def drafted(pair: Pair, *, days: int = 30, **changes: object) -> str:
    draft = {
        "valid_until": until(pair, days),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "flash",
        "category": "TRD",
        "severity": 1,
        "summary": "Goods in transit may leave the corridor.",
        "contact_office": "UZ270101",
        "subjects": [{"means_id": "01A777BC"}],
        "operation": REFERENCE,
        **changes,
    }
    return str(pair.uz.alerting.draft(LIAISON, draft)["alert_id"])


def issued(pair: Pair, **changes: object) -> str:
    alert_id = drafted(pair, **changes)  # type: ignore[arg-type]  # keys of a draft
    pair.uz.alerting.send(LIAISON, alert_id, purpose="RISK_ANALYSIS")
    pair.run()
    return alert_id


def test_an_operation_bundles_alerts_at_both_ends_though_one_end_does_not_know_it(
    pair: Pair,
) -> None:
    line = opened(pair)
    first, second = issued(pair), issued(pair, severity=3)
    issued_without = drafted(pair, operation="")

    here = pair.uz.operations.show(LIAISON, REFERENCE)
    there = pair.kz.operations.show(LIAISON, REFERENCE)

    assert (line["reference"], line["state"], line["known"]) == (REFERENCE, "open", True)
    assert (here["known"], here["name"], here["partners"]) == (True, "Silk Lock", ["customs.kz"])
    assert (there["known"], "name" in there) == (False, False)
    for shown_there, direction in ((here, "issued"), (there, "received")):
        found = shown_there["alerts"]
        assert [one["alert_id"] for one in found] == [second, first]
        assert {one["direction"] for one in found} == {direction}
    assert issued_without not in str(here)
    (listed,) = pair.kz.operations.list(LIAISON)["operations"]
    assert listed == {"reference": REFERENCE, "known": False, "alerts": 2}
    assert shown(pair, "kz", first)["joint_operation"] == {"reference": REFERENCE, "known": False}
    assert shown(pair, "uz", first)["joint_operation"]["state"] == "open"
    assert shown(pair, "uz", issued_without)["joint_operation"] is None


def test_a_partner_joins_with_the_reference_that_it_was_told(pair: Pair) -> None:
    opened(pair)
    plain = {
        "name": "Silk Lock", "lead": "customs.uz", "reference": REFERENCE,
        "partners": ["customs.kz"], "ends": until(pair, 60),
    }  # fmt: skip
    joined = pair.kz.operations.open(LIAISON, plain)

    assert (joined["lead"], joined["partners"]) == ("customs.uz", ["customs.kz"])
    with pytest.raises(InvalidOperationError, match="is open here, or was"):
        pair.kz.operations.open(LIAISON, plain)
    draft = {
        "valid_until": until(pair, 30), "marking": "AMBER", "permitted_action": "documents",
        "urgency": "flash", "category": "TRD", "severity": 1, "summary": "Goods may leave.",
        "contact_office": "KZ550302", "subjects": [{"means_id": "01A777BC"}],
        "operation": REFERENCE,
    }  # fmt: skip
    alert_id = str(pair.kz.alerting.draft(LIAISON, draft)["alert_id"])
    sent = pair.kz.alerting.send(LIAISON, alert_id, purpose="RISK_ANALYSIS")
    assert list(sent["messages"]) == ["customs.uz"]  # type: ignore[call-overload]  # plain JSON


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"ends": "2026-03-01T00:00:00Z"}, "before it begins"),
        ({"ends": "2027-12-01T00:00:00Z"}, "longer than 366 days"),
        ({"ends": None}, "ends"),
        ({"partners": []}, "partners"),
        ({"partners": ["customs.uz"]}, "nobody takes part"),
        ({"partners": ["Mr Yerlan"]}, "no party id"),
        ({"lead": "customs.kz"}, "say which"),
        ({"lead": "customs.kz", "reference": "JO-UZ-2026-0001"}, "say which"),
        ({"lead": "customs.kz", "reference": "JO-KZ-2026-YERLAN"}, "reference"),
        ({"lead": "customs.kz", "reference": "JO-KZ-2026-0001"}, "takes no part"),
        ({"reference": REFERENCE}, "is given its reference"),
        ({"alerts": []}, "alerts"),
    ],
)
def test_an_operation_that_cannot_be_is_refused_and_the_reason_said(
    pair: Pair, change: dict[str, object], why: str
) -> None:
    with pytest.raises(InvalidOperationError, match=why):
        opened(pair, **change)
    assert pair.uz.operations.list(LIAISON)["operations"] == []


def test_an_alert_does_not_outlive_its_operation(pair: Pair) -> None:
    opened(pair, ends=until(pair, 40))
    alert_id = issued(pair, days=40)

    for days in (41, 60):
        with pytest.raises(InvalidAlertError, match="let it end with the operation"):
            drafted(pair, days=days)
    longer = {
        "valid_until": until(pair, 50), "marking": "AMBER", "permitted_action": "documents",
        "urgency": "flash", "category": "TRD", "severity": 1, "summary": "Goods may leave.",
        "contact_office": "UZ270101", "subjects": [{"means_id": "01A777BC"}],
        "operation": REFERENCE,
    }  # fmt: skip
    with pytest.raises(InvalidAlertError, match="let it end with the operation"):
        pair.uz.alerting.correcting.correct(LIAISON, alert_id, longer, why="It goes on.")


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("JO-UZ-2026-0002", "unknown here"),
        ("JO-UZ-2026-1", "CAREC-R540"),
        ("Yerlan", "CAREC-R540"),
        ("JO-UZ-2026-0001 ", "operation"),
    ],
)
def test_an_alert_belongs_to_an_operation_that_is_known_and_names_nobody(
    pair: Pair, reference: str, why: str
) -> None:
    opened(pair)
    with pytest.raises(InvalidAlertError, match=why):
        drafted(pair, operation=reference)


def test_an_alert_of_an_operation_goes_to_who_takes_part(pair: Pair) -> None:
    opened(pair, partners=["customs.kz", "customs.tm"])
    alert_id = drafted(pair)
    with pytest.raises(InvalidAlertError, match=r"customs\.kg takes no part in operation JO-UZ"):
        pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz", "customs.kg"])

    sent = pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")

    assert list(sent["messages"]) == ["customs.kz"]  # type: ignore[call-overload]  # plain JSON


def test_closing_withdraws_nothing_and_says_what_lives_on(pair: Pair) -> None:
    opened(pair)
    lives, gone = issued(pair), issued(pair, severity=3)
    waiting = drafted(pair)
    withdraw(pair, gone)
    pair.run()

    with pytest.raises(InvalidOperationError, match="says why"):
        pair.uz.operations.close(LIAISON, REFERENCE, why=" ")
    closed = pair.uz.operations.close(LIAISON, REFERENCE, why="It is done.")
    pair.run()

    assert (closed["state"], closed["why"]) == ("closed", "It is done.")
    assert [one["alert_id"] for one in closed["lives_on"]] == [lives]
    assert shown(pair, "kz", lives)["state"] == "received"
    assert {one["state"] for one in pair.uz.operations.show(LIAISON, REFERENCE)["alerts"]} == {
        "sent", "withdrawn", "drafted",
    }  # fmt: skip
    with pytest.raises(InvalidAlertError, match="was closed on"):
        drafted(pair)
    with pytest.raises(InvalidAlertError, match="was closed on"):
        pair.uz.alerting.send(LIAISON, waiting, to=["customs.kz"])
    with pytest.raises(InvalidOperationError, match="closed before"):
        pair.uz.operations.close(LIAISON, REFERENCE, why="Again.")
    assert opened(pair)["reference"] == "JO-UZ-2026-0002"


def test_nothing_is_issued_under_an_operation_that_is_over(pair: Pair) -> None:
    opened(pair, ends=until(pair, 2))
    waiting = drafted(pair, days=2)
    pair.clock.forward(days=2)

    with pytest.raises(InvalidAlertError, match="ended on"):
        drafted(pair, days=1)
    with pytest.raises(InvalidAlertError, match="ended on"):
        pair.uz.alerting.send(LIAISON, waiting)
    assert pair.uz.operations.show(LIAISON, REFERENCE)["state"] == "over"


def test_what_became_of_alerts_is_counted_by_operation(pair: Pair) -> None:
    opened(pair)
    alert_id = issued(pair)
    alone = drafted(pair, operation="")
    pair.uz.alerting.send(LIAISON, alone, to=["customs.kz"], purpose="RISK_ANALYSIS")
    report(pair, alert_id, FOUND)
    pair.run()

    for name in ("uz", "kz"):
        line = counted(pair, name, operation=REFERENCE)
        assert line["operation"] == REFERENCE
        assert (line["all"]["found"]["count"], line["all"]["found"]["n"]) == (1, 1)
        assert counted(pair, name, operation="JO-UZ-2026-0009")["all"]["fed_back"]["n"] == 0


def test_operations_are_the_liaison_officers_and_every_look_is_written_down(pair: Pair) -> None:
    opened(pair)
    alert_id = issued(pair)
    with pytest.raises(RoleError):
        pair.uz.operations.open(POST, {})
    with pytest.raises(RoleError):
        pair.uz.operations.list(POST)
    with pytest.raises(RoleError):
        pair.uz.operations.show(POST, REFERENCE)
    with pytest.raises(RoleError):
        pair.uz.operations.close(POST, REFERENCE, why="x")
    pair.uz.operations.show(LIAISON, REFERENCE)
    pair.uz.operations.list(LIAISON)
    with transaction(pair.kz.engine) as conn:
        conn.execute(text("UPDATE alert SET handling = 'secret'"))

    # Where the gate lets no alert of it be known, there is no such operation.
    with pytest.raises(UnknownRecordError):
        pair.kz.operations.show(LIAISON, REFERENCE)
    assert pair.kz.operations.list(LIAISON)["operations"] == []
    assert alert_id not in str(pair.kz.operations.list(LIAISON))
    with pytest.raises(UnknownRecordError):
        pair.uz.operations.close(LIAISON, "JO-UZ-2026-0007", why="x")

    with reading(pair.uz.engine) as conn:
        rows = conn.execute(select(audit.c.action, audit.c.actor, audit.c.subject_key))
        lines = [(one.action, one.actor, one.subject_key) for one in rows]
    assert ("operation.opened", LIAISON.name, REFERENCE) in lines
    assert ("look.operation", LIAISON.name, REFERENCE) in lines
    assert ("look.operation", POST.name, REFERENCE) in lines
    assert ("look.operations", LIAISON.name, "") in lines
