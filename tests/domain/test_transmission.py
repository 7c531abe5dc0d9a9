from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import IllegalTransitionError
from exchange_node.domain.transmission import (
    FINAL,
    MOVES,
    ErrorArrived,
    Failed,
    GaveUp,
    Held,
    ReceiptArrived,
    Released,
    Retry,
    Sent,
    State,
    Transmission,
    advance,
)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
RETRY = Retry(first=timedelta(seconds=30), factor=2, most=timedelta(minutes=10), max_retries=5)
EVENTS = [
    Sent(NOW),
    Failed(NOW, "no route"),
    ReceiptArrived(NOW),
    ErrorArrived(NOW, "EBMS:0101"),
    Held(NOW, "suspended"),
    Released(NOW),
    GaveUp(NOW),
]


def queued() -> Transmission:
    return Transmission(message_id="m1@customs.kz", partner="customs.uz", due_at=NOW)


@given(st.lists(st.sampled_from(EVENTS), max_size=40))
def test_laws_of_every_path(events: list[Sent | Failed | ReceiptArrived]) -> None:
    transmission = queued()
    for event in events:
        before = transmission
        try:
            transmission = advance(transmission, event, RETRY)
        except IllegalTransitionError:
            continue
        assert before.state not in FINAL or transmission.state is State.RECEIPTED_LATE
        assert (transmission.due_at is None) == transmission.is_final
        assert transmission.message_id == before.message_id


@pytest.mark.parametrize("state", [state for state in State if state not in FINAL])
def test_a_receipt_wins_in_every_live_state(state: State) -> None:
    assert MOVES[state, ReceiptArrived] is State.RECEIPTED


def test_a_late_receipt_is_recorded() -> None:
    lost = advance(queued(), GaveUp(NOW), RETRY)

    assert lost.last_error == "EBMS:0301 MissingReceipt"
    assert advance(lost, ReceiptArrived(NOW), RETRY).state is State.RECEIPTED_LATE


def test_each_try_waits_longer_up_to_the_most() -> None:
    waits = [RETRY.wait_after(tries).total_seconds() for tries in range(1, 8)]

    assert waits == [30, 60, 120, 240, 480, 600, 600]
    assert timedelta(seconds=sum(waits[:6])) == RETRY.window


def test_the_last_retry_is_the_last() -> None:
    assert not RETRY.is_spent(5)
    assert RETRY.is_spent(6)


def test_a_held_message_goes_on_where_it_stopped() -> None:
    held = advance(queued(), Held(NOW, "the agreement is suspended"), RETRY)
    released = advance(held, Released(NOW), RETRY)

    assert held.state is State.HELD
    assert released.state is State.QUEUED
    assert released.due_at == NOW


def test_a_refused_message_is_not_sent_again() -> None:
    refused = advance(queued(), ErrorArrived(NOW, "EBMS:0103", "not encrypted"), RETRY)

    assert refused.last_error == "EBMS:0103 not encrypted"
    with pytest.raises(IllegalTransitionError, match="Sent while refused"):
        advance(refused, Sent(NOW), RETRY)
