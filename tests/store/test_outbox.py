from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from exchange_node.domain.errors import IllegalTransitionError, StoreError, UnknownRecordError
from exchange_node.domain.message import BusinessAnswer
from exchange_node.domain.transmission import (
    ErrorArrived,
    Failed,
    GaveUp,
    Held,
    ReceiptArrived,
    Released,
    Retry,
    Sent,
    State,
)
from exchange_node.store import outbox, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.outgoing import Lane
from exchange_node.store.tables import outbox as table

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from exchange_node.domain.transmission import Event
    from exchange_node.store.outgoing import Outgoing
    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers

LEASE = timedelta(seconds=60)
RETRY = Retry()
MOMENT = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(name="queue")
def _queue(database: Engine, vault: Vault) -> Callable[..., list[str]]:
    def queue(*messages: Outgoing) -> list[str]:
        with transaction(database) as conn:
            for one in messages:
                outbox.add(conn, one, b"packed", vault)
        return [one.transmission.message_id for one in messages]

    return queue


def _ids(taken: list[Outgoing]) -> list[str]:
    return [one.transmission.message_id for one in taken]


def test_a_message_comes_back_as_it_was_queued(
    database: Engine, make: Makers, vault: Vault
) -> None:
    outgoing = make.outgoing()
    with transaction(database) as conn:
        outbox.add(conn, outgoing, b"packed", vault)

    with reading(database) as conn:
        held = outbox.get(conn, outgoing.transmission.message_id)
        assert payloads.fetch(conn, held.payload_id, vault) == b"packed"
    assert replace(held, payload_id="", number=0) == outgoing


def test_a_message_id_is_used_once(
    database: Engine, make: Makers, vault: Vault, queue: Callable[..., list[str]]
) -> None:
    outgoing = make.outgoing()
    queue(outgoing)

    with pytest.raises(StoreError), transaction(database) as conn:
        outbox.add(conn, outgoing, b"packed", vault)


def test_what_is_not_there_is_unknown(database: Engine, vault: Vault, now: datetime) -> None:
    with transaction(database) as conn:
        with pytest.raises(UnknownRecordError):
            outbox.get(conn, "x")
        with pytest.raises(UnknownRecordError):
            outbox.advance(conn, "x", Sent(at=now), RETRY)
        with pytest.raises(UnknownRecordError):
            outbox.keep_receipt(conn, "x", b"receipt", vault, now)


def test_the_lane_of_alerts_goes_first_then_the_longest_due(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    late, early, answer, alert = queue(
        make.outgoing(due=-1),
        make.outgoing(due=-9),
        make.outgoing(due=-1, lane=Lane.ANSWER),
        make.outgoing(due=0, lane=Lane.ALERT),
    )

    with transaction(database) as conn:
        assert _ids(outbox.claim(conn, now, LEASE, 9)) == [alert, answer, early, late]


def test_what_is_not_due_waits(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing(due=1))

    with transaction(database) as conn:
        assert outbox.claim(conn, now, LEASE, 9) == []
        assert _ids(outbox.claim(conn, now + timedelta(seconds=1), LEASE, 9)) == [one]


def test_no_more_than_the_limit_is_taken(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    queue(*(make.outgoing() for _ in range(5)))

    with transaction(database) as conn:
        assert [len(outbox.claim(conn, now, LEASE, 2)) for _ in range(4)] == [2, 2, 1, 0]


def test_a_lease_that_ran_out_gives_the_message_back(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        outbox.claim(conn, now, LEASE, 9)

    with transaction(database) as conn:
        assert outbox.claim(conn, now + LEASE - timedelta(seconds=1), LEASE, 9) == []
        again = outbox.claim(conn, now + LEASE, LEASE, 9)
    assert _ids(again) == [one]
    assert again[0].transmission.tries == 0


def test_a_released_message_can_be_claimed_at_once(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())

    with transaction(database) as conn:
        outbox.claim(conn, now, LEASE, 9)
        outbox.release(conn, one)
        assert _ids(outbox.claim(conn, now, LEASE, 9)) == [one]


def test_a_partner_gets_one_message_at_a_time(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    later, first, other = queue(
        make.outgoing(due=-1), make.outgoing(due=-2), make.outgoing(partner="customs.kg")
    )

    def claim() -> list[str]:
        with transaction(database) as conn:
            return _ids(outbox.claim(conn, now, LEASE, 9, one_per_partner=True))

    assert claim() == [first, other]
    assert claim() == []
    with transaction(database) as conn:
        outbox.advance(conn, first, ReceiptArrived(at=now), RETRY)
    assert claim() == [later]


@pytest.mark.parametrize("one_per_partner", [False, True])
def test_two_claimers_never_claim_the_same_message(
    database: Engine,
    make: Makers,
    queue: Callable[..., list[str]],
    now: datetime,
    together: Callable[[int, Callable[[int], list[str]]], list[list[str]]],
    *,
    one_per_partner: bool,
) -> None:
    messages = queue(*(make.outgoing(partner=f"customs.{n % 4}") for n in range(40)))

    def claimer(_which: int) -> list[str]:
        taken = []
        for _ in range(60):
            with transaction(database) as conn:
                claimed = _ids(outbox.claim(conn, now, LEASE, 2, one_per_partner=one_per_partner))
            taken += claimed
            if one_per_partner:
                for message_id in claimed:
                    with transaction(database) as conn:
                        outbox.advance(conn, message_id, ReceiptArrived(at=now), RETRY)
        return taken

    taken = Counter(one for some in together(4, claimer) for one in some)

    assert set(taken.values()) == {1}
    assert set(taken) == set(messages)


def test_claimers_at_once_leave_a_partner_one_message(
    database: Engine,
    make: Makers,
    queue: Callable[..., list[str]],
    now: datetime,
    together: Callable[[int, Callable[[int], int]], list[int]],
) -> None:
    queue(*(make.outgoing() for _ in range(8)))

    def claimer(_which: int) -> int:
        with transaction(database) as conn:
            return len(outbox.claim(conn, now, LEASE, 8, one_per_partner=True))

    assert sum(together(4, claimer)) == 1


def test_an_urgent_message_does_not_slip_past_a_claim_that_is_not_committed_yet(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    if database.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer")
    (first,) = queue(make.outgoing())
    with transaction(database) as conn:
        assert _ids(outbox.claim(conn, now, LEASE, 9, one_per_partner=True)) == [first]
        (urgent,) = queue(make.outgoing(lane=Lane.ALERT))

        with transaction(database) as other:
            assert outbox.claim(other, now, LEASE, 9, one_per_partner=True) == []

    with transaction(database) as conn:
        outbox.release(conn, first)
        assert _ids(outbox.claim(conn, now, LEASE, 9, one_per_partner=True)) == [urgent]


def test_an_event_moves_the_transmission_and_ends_the_lease(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        outbox.claim(conn, now, LEASE, 9)
        after = outbox.advance(conn, one, Failed(at=now, why="refused"), RETRY)

    assert (after.state, after.tries, after.last_error) == (State.QUEUED, 1, "refused")
    assert after.due_at == now + RETRY.first
    with transaction(database) as conn:
        assert outbox.get(conn, one).transmission == after
        assert outbox.claim(conn, now, LEASE, 9) == []
        assert _ids(outbox.claim(conn, now + RETRY.first, LEASE, 9)) == [one]


@pytest.mark.parametrize(
    "late",
    [
        Sent(at=MOMENT),
        Failed(at=MOMENT, why="timeout"),
        ReceiptArrived(at=MOMENT),
        ErrorArrived(at=MOMENT, ebms_code="EBMS:0004"),
        GaveUp(at=MOMENT),
    ],
)
def test_a_worker_that_was_overtaken_undoes_nothing(
    database: Engine, make: Makers, queue: Callable[..., list[str]], late: Event
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        settled = outbox.advance(conn, one, ReceiptArrived(at=MOMENT), RETRY)

        assert outbox.advance(conn, one, late, RETRY) == settled
        assert outbox.get(conn, one).transmission == settled
    assert settled.state is State.RECEIPTED


def test_a_late_receipt_is_still_recorded(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        outbox.advance(conn, one, GaveUp(at=now), RETRY)

        assert (
            outbox.advance(conn, one, ReceiptArrived(at=now), RETRY).state is State.RECEIPTED_LATE
        )


def test_our_own_mistake_is_not_hidden(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())

    with transaction(database) as conn, pytest.raises(IllegalTransitionError):
        outbox.advance(conn, one, Released(at=now), RETRY)


def test_a_held_message_is_looked_at_again(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        outbox.advance(conn, one, Held(at=now, why="suspended"), RETRY)

        assert outbox.claim(conn, now, LEASE, 9) == []
        (held,) = outbox.claim(conn, now + timedelta(hours=1), LEASE, 9)
    assert held.transmission.state is State.HELD


def test_the_first_receipt_is_kept_as_evidence(
    database: Engine, make: Makers, queue: Callable[..., list[str]], vault: Vault, now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        assert outbox.keep_receipt(conn, one, b"receipt", vault, now)
        assert not outbox.keep_receipt(conn, one, b"another", vault, now + LEASE)

        held = outbox.get(conn, one)
        assert held.receipt_id is not None
        assert payloads.fetch(conn, held.receipt_id, vault) == b"receipt"
    assert held.receipted_at == now


def _answer(make: Makers, message_id: str, *, accepted: bool) -> BusinessAnswer:
    return BusinessAnswer(
        reference=f"A-{accepted}",
        issuer="customs.uz",
        issued_at=make.now,
        message_id=message_id,
        document_reference="REF-1",
        document_id="26KZ1",
        accepted=accepted,
        findings=(make.finding(),),
    )


def test_the_first_business_answer_holds(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        assert outbox.answered(conn, "customs.uz", _answer(make, one, accepted=False), now)
        assert not outbox.answered(conn, "customs.uz", _answer(make, one, accepted=True), now)

        answer = outbox.get(conn, one).answer
    assert answer is not None
    assert (answer.accepted, answer.reference, answer.at) == (False, "A-False", now)
    assert answer.findings == (make.finding(),)


def test_an_answer_by_another_partner_is_none(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        assert not outbox.answered(conn, "customs.kg", _answer(make, one, accepted=True), now)
        assert outbox.get(conn, one).answer is None


def test_messages_are_searched_the_newest_first_page_by_page(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    a, b, c = queue(
        make.outgoing(), make.outgoing(partner="customs.kg"), make.outgoing(conversation="KZ/mrn/2")
    )
    with transaction(database) as conn:
        outbox.advance(conn, a, ReceiptArrived(at=now), RETRY)

        page = outbox.search(conn, limit=2)
        assert _ids(page) == [c, b]
        assert _ids(outbox.search(conn, after=page[-1].number, limit=2)) == [a]
        assert _ids(outbox.search(conn, partner="customs.kg", limit=9)) == [b]
        assert _ids(outbox.search(conn, state=State.RECEIPTED, limit=9)) == [a]
        assert _ids(outbox.search(conn, conversation_id="KZ/mrn/2", limit=9)) == [c]


def test_the_look_for_work_reads_the_index_of_what_is_due(sqlite_database: Engine) -> None:
    query = (
        select(table)
        .where(table.c.due_at <= "2026")
        .order_by(table.c.lane, table.c.due_at)
        .compile(sqlite_database)
    )
    with reading(sqlite_database) as conn:
        plan = conn.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {query.string}", ("2026-03-01 08:00:00.000000",)
        ).all()

    assert "ix_outbox_due" in str(plan)


def test_what_is_final_has_left_the_index_of_what_is_due(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        outbox.advance(conn, one, ReceiptArrived(at=now), RETRY)

        assert conn.execute(select(table.c.due_at)).scalar_one() is None
        conn.execute(update(table).values(leased_until=None))
        assert outbox.claim(conn, now + timedelta(days=999), LEASE, 9) == []
