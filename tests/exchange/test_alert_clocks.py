from __future__ import annotations

import pytest

from tests.exchange.losing import let_go, refuse
from tests.exchange.releasing import of_alerts
from tests.exchange.test_release_alerts import drafted, send
from tests.exchange.test_withdrawn_alerts import alerted, withdraw
from tests.world import LIAISON, OPERATOR, Pair

DUE, UP = "alert.unacknowledged", "alert.overdue"


def told(pair: Pair, name: str) -> list[tuple[str, str]]:
    """Return the notices of clocks at a node: code and who owes the acknowledgement."""
    found = pair.told[name].told.values()
    return [(one.code, one.facts["owed_by"]) for one in found if one.code in {DUE, UP}]


def test_an_alert_that_nobody_has_seen_is_told_at_both_ends_once_and_then_goes_up(
    pair: Pair,
) -> None:
    alerted(pair)  # flash: an hour, as the agreement has it
    pair.run()
    pair.clock.forward(minutes=59)
    pair.run()
    assert told(pair, "kz") == told(pair, "uz") == []

    pair.clock.forward(minutes=1)
    pair.restart("kz")
    pair.run()
    pair.run()

    assert told(pair, "kz") == told(pair, "uz") == [(DUE, "customs.kz")]

    pair.clock.forward(days=3)
    pair.run()
    pair.run()

    assert told(pair, "kz") == told(pair, "uz") == [(DUE, "customs.kz"), (UP, "customs.kz")]


def test_what_was_acknowledged_in_time_reminds_nobody(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    pair.run()
    pair.clock.forward(days=3)
    pair.run()

    assert told(pair, "kz") == told(pair, "uz") == []


def test_what_was_withdrawn_or_taken_back_on_its_way_reminds_nobody(pair: Pair) -> None:
    withdrawn = alerted(pair)
    pair.run()
    withdraw(pair, withdrawn)
    pair.run()
    pair.exchange.cut.add("customs.kz")
    back = alerted(pair)
    (recipient,) = pair.uz.enquiry.alert(LIAISON, back)["recipients"]
    pair.uz.operating.cancel(OPERATOR, recipient["message_id"], why="sent by mistake")
    pair.exchange.cut.clear()
    pair.clock.forward(days=3)
    pair.run()

    assert told(pair, "kz") == told(pair, "uz") == []


@pytest.mark.parametrize("is_told_before", [False, True])
def test_the_clock_starts_again_when_our_acknowledgement_did_not_come(
    is_told_before: bool,  # noqa: FBT001 - a case of the table
    pair: Pair,
) -> None:
    pair.agree_anew(of_alerts("one"))
    alert_id = drafted(pair, urgency="flash")
    send(pair, alert_id)
    let_go(pair, "uz")
    pair.clock.forward(hours=1 if is_told_before else 0)
    pair.run()
    before = told(pair, "kz")
    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    pair.clock.forward(hours=5)
    pair.run()
    assert told(pair, "kz") == before

    refuse(pair, "kz")
    pair.clock.forward(minutes=59)
    pair.run()
    assert told(pair, "kz") == before
    pair.clock.forward(minutes=1)
    pair.run()

    assert before == [(DUE, "customs.kz")] * is_told_before
    assert told(pair, "kz") == [*before, (DUE, "customs.kz")]


def test_the_clock_of_an_alert_starts_when_officers_let_it_go(pair: Pair) -> None:
    pair.agree_anew(of_alerts("one"))
    send(pair, drafted(pair, urgency="flash"))
    pair.clock.forward(hours=2)  # an hour is what the partner has
    pair.run()
    assert told(pair, "uz") == []

    let_go(pair, "uz")
    pair.run()
    pair.clock.forward(minutes=59)
    pair.run()
    assert told(pair, "uz") == []
    pair.clock.forward(minutes=1)
    pair.run()

    assert told(pair, "uz") == [(DUE, "customs.kz")]
