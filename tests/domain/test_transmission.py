from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import IllegalTransitionError
from exchange_node.domain.transmission import (
    FINAL,
    MOVES,
    AskedAgain,
    Cancelled,
    ErrorArrived,
    Event,
    Failed,
    GaveUp,
    Held,
    ReceiptArrived,
    Released,
    Resent,
    Retry,
    Sent,
    State,
    Transmission,
    Unproven,
    advance,
)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
RETRY = Retry(first=timedelta(seconds=30), factor=2, most=timedelta(minutes=10), max_retries=5)
EVENTS: list[Event] = [
    Sent(NOW),
    Failed(NOW, "no route"),
    ReceiptArrived(NOW),
    ErrorArrived(NOW, "EBMS:0101"),
    Held(NOW, "suspended"),
    Released(NOW),
    Held(NOW, "asked by telephone", by="operator"),
    Released(NOW, by="operator"),
    Cancelled(NOW, "operator", "sent by mistake"),
    Resent(NOW, "operator"),
    Unproven(NOW, "it is for another message"),
    AskedAgain(NOW),
    GaveUp(NOW),
]


def queued() -> Transmission:
    return Transmission(message_id="m1@customs.kz", partner="customs.uz", due_at=NOW)


@given(st.lists(st.sampled_from(EVENTS), max_size=40))
def test_laws_of_every_path(events: list[Event]) -> None:
    transmission = queued()
    for event in events:
        before = transmission
        try:
            transmission = advance(transmission, event, RETRY)
        except IllegalTransitionError:
            continue
        assert (
            before.state not in FINAL
            or transmission.state is State.RECEIPTED_LATE
            or isinstance(event, (Resent, AskedAgain))
        )
        is_ours = not transmission.is_final and not transmission.held_by
        assert (transmission.due_at is not None) == is_ours
        assert not transmission.held_by or transmission.state is State.HELD
        assert transmission.message_id == before.message_id


@pytest.mark.parametrize("state", [state for state in State if state not in FINAL])
def test_a_receipt_wins_in_every_live_state(state: State) -> None:
    assert MOVES[state, ReceiptArrived] is State.RECEIPTED


@pytest.mark.parametrize("state", list(State))
def test_what_a_partner_lost_goes_again_where_it_was_receipted_and_nowhere_else(
    state: State,
) -> None:
    assert ((state, AskedAgain) in MOVES) is state.value.startswith("receipted")


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


BY = "operator"


def test_what_an_operator_holds_waits_for_the_operator() -> None:
    held = advance(queued(), Held(NOW, "asked by telephone", by=BY), RETRY)

    assert (held.state, held.due_at, held.held_by) == (State.HELD, None, BY)
    assert advance(held, Released(NOW), RETRY) == held
    assert advance(held, Held(NOW, "the agreement is suspended"), RETRY) == held
    assert advance(held, GaveUp(NOW), RETRY) == held
    assert advance(held, Released(NOW, by=BY), RETRY) == queued()


@pytest.mark.parametrize("late", [Sent(NOW), Failed(NOW, "no route")])
def test_a_try_that_was_under_way_when_the_message_was_held_is_counted(late: Sent | Failed) -> None:
    held = advance(queued(), Held(NOW, "asked by telephone", by=BY), RETRY)

    after = advance(held, late, RETRY)

    assert (after.state, after.tries, after.due_at) == (State.HELD, 1, None)
    assert after.last_error == "asked by telephone"


def test_an_operator_takes_back_what_the_agreement_holds() -> None:
    held = advance(queued(), Held(NOW, "suspended"), RETRY)

    cancelled = advance(held, Cancelled(NOW, BY, "sent by mistake"), RETRY)

    assert cancelled.last_error == "cancelled by operator: sent by mistake"
    assert advance(cancelled, ReceiptArrived(NOW), RETRY).state is State.RECEIPTED_LATE
    with pytest.raises(IllegalTransitionError):
        advance(cancelled, Resent(NOW, BY), RETRY)


def test_a_receipt_is_not_taken_back() -> None:
    receipted = advance(queued(), ReceiptArrived(NOW), RETRY)

    with pytest.raises(IllegalTransitionError, match="Cancelled while receipted"):
        advance(receipted, Cancelled(NOW, BY, "too late"), RETRY)


def test_what_proves_nothing_is_not_sent_again_by_itself() -> None:
    after = advance(queued(), Unproven(NOW, "it is for another message"), RETRY)

    assert (after.state, after.tries, after.due_at) == (State.MISSING_RECEIPT, 1, None)
    assert after.last_error == "EBMS:0302 it is for another message"


def test_what_is_sent_once_more_has_all_its_tries_again() -> None:
    lost = advance(advance(queued(), Failed(NOW, "no route"), RETRY), GaveUp(NOW), RETRY)

    assert lost.last_error == "EBMS:0301 MissingReceipt: no route"
    assert advance(lost, Resent(NOW, BY), RETRY) == queued()
