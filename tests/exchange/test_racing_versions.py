from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from sqlalchemy import event

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import InvalidAlertError, InvalidDocumentError
from exchange_node.services.stations.holding import Holding
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts
from exchange_node.store.records.alerts import Origin
from exchange_node.store.records.held import Direction
from tests.exchange.test_alert_cut import without_names
from tests.exchange.test_corrected_alerts import plain, versions
from tests.exchange.test_withdrawn_alerts import (
    alerted,
    channel,
    crossing,
    shown,
    state_of,
    withdraw,
)
from tests.world import LIAISON, Pair

SECOND = Actor(name="the other liaison officer", roles=frozenset({Role.LIAISON}))
ONE, TWO = "11ONE111", "99TWO999"
ANOTHER = "was changed by another a moment ago"


def between(pair: Pair, happens: Callable[[], Any], *, after: int = 1) -> list[Any]:
    """Let something happen once, after so many times that home has read, and before it writes."""
    told: list[Any] = []
    reads = count(1)

    def read(*_: object) -> None:
        if next(reads) == after:
            told.append(happens())

    event.listen(pair.uz.engine, "checkin", read)
    return told


def drafted(pair: Pair, alert_id: str, plate: str, by: Actor = LIAISON) -> dict[str, Any]:
    return pair.uz.alerting.correcting.correct(
        by, alert_id, plain(pair, means_id=plate), why="The plate was read wrong."
    )


def plates(pair: Pair, alert_id: str, node: str = "uz") -> list[str]:
    return [one["means_id"] for one in shown(pair, node, alert_id)["alert"]["subjects"]]


def test_of_two_corrections_drafted_at_once_the_second_is_refused_and_drafts_anew(
    pair: Pair,
) -> None:
    alert_id = alerted(pair)
    pair.run()

    told = between(pair, lambda: drafted(pair, alert_id, TWO, SECOND))
    with pytest.raises(InvalidAlertError, match=ANOTHER):
        drafted(pair, alert_id, ONE)

    assert [one["version"] for one in told] == [2]
    assert plates(pair, alert_id) == [TWO]
    assert drafted(pair, alert_id, ONE)["version"] == 3
    assert versions(pair, "uz", alert_id) == {3: "drafted", 2: "discarded", 1: "sent"}
    pair.uz.alerting.send(LIAISON, alert_id)
    pair.run()
    assert plates(pair, alert_id, "kz") == [ONE]


@pytest.mark.parametrize("after", [1, 2])
def test_a_draft_that_another_took_the_place_of_is_not_sent_under_its_name(
    pair: Pair, after: int
) -> None:
    alert_id = alerted(pair)
    drafted(pair, alert_id, ONE)

    between(pair, lambda: drafted(pair, alert_id, TWO, SECOND), after=after)
    with pytest.raises(InvalidAlertError, match="a moment ago"):
        pair.uz.alerting.send(LIAISON, alert_id)

    pair.run()
    assert versions(pair, "uz", alert_id) == {3: "drafted", 2: "discarded", 1: "sent"}
    assert versions(pair, "kz", alert_id) == {1: "received"}


def test_a_withdrawal_beside_a_draft_of_a_correction_begins_anew(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()

    between(pair, lambda: drafted(pair, alert_id, TWO, SECOND))
    with pytest.raises(InvalidAlertError, match=ANOTHER):
        withdraw(pair, alert_id)
    assert versions(pair, "uz", alert_id) == {2: "drafted", 1: "sent"}

    assert (withdraw(pair, alert_id)["version"], shown(pair, "uz", alert_id)["state"]) == (
        3,
        "withdrawn",
    )
    pair.run()
    assert versions(pair, "uz", alert_id) == {3: "withdrawn", 2: "discarded", 1: "withdrawn"}
    assert versions(pair, "kz", alert_id) == {3: "withdrawn", 1: "withdrawn"}


def test_a_withdrawal_beside_a_correction_that_is_sent_leaves_no_channel_on_it(pair: Pair) -> None:
    plate = crossing(pair)
    alert_id = alerted(pair)
    drafted(pair, alert_id, plate)

    between(pair, lambda: pair.uz.alerting.send(SECOND, alert_id))
    with pytest.raises(InvalidAlertError, match=ANOTHER):
        withdraw(pair, alert_id)
    pair.run()
    assert versions(pair, "uz", alert_id) == {2: "sent", 1: "superseded"}
    assert channel(pair) == "red"

    withdraw(pair, alert_id)
    pair.run()
    assert versions(pair, "uz", alert_id) == {3: "withdrawn", 2: "withdrawn", 1: "superseded"}
    assert channel(pair) == "green"


def test_a_message_that_was_to_be_stopped_leaves_where_the_withdrawal_is_refused(
    pair: Pair,
) -> None:
    alert_id = alerted(pair)
    [message] = [one["message_id"] for one in shown(pair, "uz", alert_id)["recipients"]]

    between(pair, lambda: drafted(pair, alert_id, TWO, SECOND))
    with pytest.raises(InvalidAlertError, match=ANOTHER):
        withdraw(pair, alert_id)

    pair.run()
    assert state_of(pair, message) == "receipted"
    assert versions(pair, "kz", alert_id) == {1: "received"}


def test_no_other_text_is_filed_under_a_version_of_ours(pair: Pair) -> None:
    alert_id = alerted(pair)
    holding: Holding = pair.uz.alerting.holding
    with reading(pair.uz.engine) as conn:
        held = alerts.get(conn, "customs.uz", alert_id)
        alert = holding.alert_of(conn, held)
    origin = Origin(
        direction=Direction.SENT,
        state=held.state,
        handling=held.handling,
        test=held.test,
        by=SECOND.name,
        at=held.stored_at,
    )
    with (
        transaction(pair.uz.engine) as conn,
        pytest.raises(InvalidDocumentError, match="with another text"),
    ):
        holding.file_alert(conn, replace(alert, summary="Another."), origin, b"")


def named(pair: Pair, name: str, summary: str) -> dict[str, object]:
    return plain(pair, person_name=name) | {"summary": summary}


def test_no_word_of_a_correction_or_withdrawal_names_whom_an_earlier_version_named(
    pair: Pair,
) -> None:
    pair.agree_anew(without_names)
    first = pair.uz.alerting.draft(LIAISON, named(pair, "Serikov Yerlan", "A driver is meant."))
    alert_id = str(first["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    correct = pair.uz.alerting.correcting.correct
    second = named(pair, "Ivanov Petr", "Another driver takes the goods.")

    for plain_, why in (
        (second | {"summary": "Not Serikov Yerlan but another driver."}, "Somebody else."),
        (second, "It is not Serikov Yerlan."),
    ):
        with pytest.raises(InvalidAlertError, match=r"in version 1 \(CAREC-R513\)"):
            correct(LIAISON, alert_id, plain_, why=why)
    correct(LIAISON, alert_id, second, why="Somebody else is meant.")
    pair.uz.alerting.send(LIAISON, alert_id)
    pair.run()
    for why, version in (("Serikov Yerlan was at home.", 1), ("Ivanov Petr was at home.", 2)):
        with pytest.raises(InvalidAlertError, match=rf"in version {version} \(CAREC-R513\)"):
            pair.uz.alerting.withdrawing.withdraw(LIAISON, alert_id, why=why)
    withdraw(pair, alert_id)
    pair.run()

    there = shown(pair, "kz", alert_id)
    assert there["state"] == "withdrawn"
    assert "Serikov" not in str(there["alert"])


def test_a_withdrawal_carries_no_related_alert(pair: Pair) -> None:
    drafted_ = pair.uz.alerting.draft(
        LIAISON, plain(pair) | {"related_alert": "customs.tm-2026-Serikov"}
    )
    alert_id = str(drafted_["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()
    assert shown(pair, "kz", alert_id)["alert"]["related_alert"] == "customs.tm-2026-Serikov"

    withdraw(pair, alert_id)
    pair.run()

    assert shown(pair, "kz", alert_id)["alert"]["related_alert"] == ""
