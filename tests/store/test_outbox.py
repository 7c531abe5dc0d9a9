from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, select, update

from exchange_node.domain.errors import IllegalTransitionError, StoreError, UnknownRecordError
from exchange_node.domain.lanes import Lane
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
from exchange_node.store.tables import outbox as table

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

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


def _claim(
    conn: Connection, at: datetime, *, partner: str = "customs.uz", concurrency: int = 9
) -> str | None:
    claimed = outbox.claim_next(conn, partner, at, LEASE, concurrency=concurrency)
    return None if claimed is None else claimed[0].transmission.message_id


def _claim_all(conn: Connection, at: datetime, *, concurrency: int = 9) -> list[str]:
    taken = []
    while (one := _claim(conn, at, concurrency=concurrency)) is not None:
        taken.append(one)
    return taken


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
        assert _claim_all(conn, now) == [alert, answer, early, late]


def test_whether_more_waits_behind_it_comes_with_a_message(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    queue(make.outgoing(), make.outgoing(), make.outgoing(due=9))

    with transaction(database) as conn:
        found = [outbox.claim_next(conn, "customs.uz", now, LEASE, concurrency=9) for _ in range(3)]

    assert [one and one[1] for one in found] == [True, False, None]


def test_what_is_not_due_waits(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing(due=1))

    with transaction(database) as conn:
        assert outbox.partners_due(conn, now) == []
        assert _claim(conn, now) is None
        assert _claim(conn, now + timedelta(seconds=1)) == one


def test_what_a_partner_pulls_is_not_pushed(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    queue(make.outgoing())
    with transaction(database) as conn:
        conn.execute(update(table).values(binding="pull", mpc="urn:carec:mpc:UZ"))

        assert outbox.partners_due(conn, now) == []
        assert _claim(conn, now) is None


def test_a_lease_that_ran_out_gives_the_message_back(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        _claim(conn, now)

    with transaction(database) as conn:
        assert outbox.partners_due(conn, now + LEASE - timedelta(seconds=1)) == []
        assert _claim(conn, now + LEASE - timedelta(seconds=1)) is None
        assert _claim(conn, now + LEASE) == one
        assert outbox.get(conn, one).transmission.tries == 0


def test_a_renewed_lease_keeps_the_message_longer(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        _claim(conn, now)

    with transaction(database) as conn:
        assert outbox.renew(conn, one, now + LEASE, now + 2 * LEASE)

    with transaction(database) as conn:
        assert _claim(conn, now + LEASE) is None
        assert _claim(conn, now + 2 * LEASE) == one


def test_a_lease_that_another_holds_or_nobody_any_more_is_not_renewed(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    overtaken, moved = queue(make.outgoing(), make.outgoing())
    with transaction(database) as conn:
        _claim_all(conn, now)
        outbox.advance(conn, moved, Failed(at=now, why="no route"), RETRY)
        assert _claim(conn, now + LEASE) == overtaken

    with transaction(database) as conn:
        assert not outbox.renew(conn, overtaken, now + LEASE, now + 3 * LEASE)
        assert not outbox.renew(conn, moved, now + LEASE, now + 3 * LEASE)

    with transaction(database) as conn:
        assert outbox.partners_due(conn, now + 2 * LEASE) == ["customs.uz"]


def test_one_partner_takes_no_place_of_another(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    first, later, other = queue(
        make.outgoing(due=-2), make.outgoing(due=-1), make.outgoing(partner="customs.kg")
    )

    with transaction(database) as conn:
        assert outbox.partners_due(conn, now) == ["customs.kg", "customs.uz"]
        assert _claim_all(conn, now, concurrency=1) == [first]
        assert _claim(conn, now, partner="customs.kg", concurrency=1) == other
        assert not outbox.may_claim(conn, "customs.uz", now, concurrency=1)
        outbox.advance(conn, first, ReceiptArrived(at=now), RETRY)
        assert outbox.may_claim(conn, "customs.uz", now, concurrency=1)
        assert _claim_all(conn, now, concurrency=1) == [later]


def test_an_alert_passes_what_occupies_every_place(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    manifests = queue(*(make.outgoing(due=-9) for _ in range(5)))
    with transaction(database) as conn:
        assert _claim_all(conn, now, concurrency=2) == manifests[:2]
    first, second = queue(make.outgoing(lane=Lane.ALERT), make.outgoing(lane=Lane.ALERT))

    with transaction(database) as conn:
        assert _claim_all(conn, now, concurrency=2) == [first]
        outbox.advance(conn, manifests[0], ReceiptArrived(at=now), RETRY)
        assert _claim_all(conn, now, concurrency=2) == [second]


def test_an_alert_on_its_way_takes_no_place_of_the_manifests(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (alert, *manifests) = queue(
        make.outgoing(lane=Lane.ALERT), make.outgoing(), make.outgoing(), make.outgoing()
    )

    with transaction(database) as conn:
        assert _claim_all(conn, now, concurrency=2) == [alert, *manifests[:2]]


def test_a_pace_spaces_messages_evenly(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    queue(*(make.outgoing(due=-9) for _ in range(9)))

    claimed = []
    with transaction(database) as conn:
        for second in range(61):
            at = now + timedelta(seconds=second)
            may = outbox.may_claim(conn, "customs.uz", at, concurrency=9)
            found = outbox.claim_next(conn, "customs.uz", at, LEASE, concurrency=9, per_minute=4)
            assert may == (found is not None)
            claimed += [second] * may

        assert claimed == [0, 15, 30, 45, 60]
        last = now + timedelta(minutes=1)
        assert outbox.resting(conn, "customs.uz", last) == now + timedelta(seconds=75)
        assert outbox.resting(conn, "customs.kg", last) is None


def test_a_pace_holds_nothing_up_when_the_clock_is_set_back(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    queue(*(make.outgoing(due=-9_000) for _ in range(3)))
    back = now - timedelta(hours=1)
    with transaction(database) as conn:
        assert outbox.claim_next(conn, "customs.uz", now, LEASE, concurrency=9, per_minute=1)
        assert not outbox.may_claim(conn, "customs.uz", now, concurrency=9)

        assert outbox.resting(conn, "customs.uz", back) is None
        assert outbox.may_claim(conn, "customs.uz", back, concurrency=9)
        assert outbox.claim_next(conn, "customs.uz", back, LEASE, concurrency=9, per_minute=1)
        assert not outbox.may_claim(conn, "customs.uz", back, concurrency=9)


@pytest.mark.parametrize("concurrency", [1, 3])
def test_claimers_at_once_take_each_message_once_and_no_more_than_there_are_places(
    database: Engine,
    make: Makers,
    queue: Callable[..., list[str]],
    now: datetime,
    together: Callable[[int, Callable[[int], list[str]]], list[list[str]]],
    concurrency: int,
) -> None:
    messages = queue(*(make.outgoing() for n in range(30)))
    under_way: set[str] = set()
    most = []

    def claimer(_which: int) -> list[str]:
        taken: list[str] = []
        for _ in range(60):
            with transaction(database) as conn:
                one = _claim(conn, now, concurrency=concurrency)
            if one is None:
                continue
            under_way.add(one)
            most.append(len(under_way))
            taken.append(one)
            under_way.remove(one)
            with transaction(database) as conn:
                outbox.advance(conn, one, ReceiptArrived(at=now), RETRY)
        return taken

    taken = Counter(one for some in together(4, claimer) for one in some)

    assert set(taken.values()) == {1}
    assert set(taken) == set(messages)
    assert max(most) <= concurrency


def test_claimers_at_once_keep_the_pace(
    database: Engine,
    make: Makers,
    queue: Callable[..., list[str]],
    now: datetime,
    together: Callable[[int, Callable[[int], bool]], list[bool]],
) -> None:
    queue(*(make.outgoing() for _ in range(8)))

    def claimer(_which: int) -> bool:
        with transaction(database) as conn:
            found = outbox.claim_next(conn, "customs.uz", now, LEASE, concurrency=8, per_minute=60)
            return found is not None

    assert sum(together(4, claimer)) == 1


def test_an_event_moves_the_transmission_and_ends_the_lease(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        _claim(conn, now)
        after = outbox.advance(conn, one, Failed(at=now, why="refused"), RETRY)

    assert after is not None
    assert (after.state, after.tries, after.last_error) == (State.QUEUED, 1, "refused")
    assert after.due_at == now + RETRY.first
    with transaction(database) as conn:
        assert outbox.get(conn, one).transmission == after
        assert _claim(conn, now) is None
        assert _claim(conn, now + RETRY.first) == one


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

        assert outbox.advance(conn, one, late, RETRY) is None
        assert outbox.get(conn, one).transmission == settled
    assert settled is not None
    assert settled.state is State.RECEIPTED


def test_a_late_receipt_is_still_recorded(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        outbox.advance(conn, one, GaveUp(at=now), RETRY)

        outbox.advance(conn, one, ReceiptArrived(at=now), RETRY)
        assert outbox.get(conn, one).transmission.state is State.RECEIPTED_LATE


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

        assert _claim(conn, now) is None
        assert _claim(conn, now + timedelta(hours=1)) == one


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


def test_the_look_for_work_reads_the_index_of_what_is_due(
    sqlite_database: Engine, make: Makers, vault: Vault, now: datetime
) -> None:
    said: list[str] = []
    with transaction(sqlite_database) as conn:
        outbox.add(conn, make.outgoing(), b"packed", vault)

    def note(
        conn: Connection, _cursor: object, statement: str, parameters: object, *_: object
    ) -> None:
        if "FROM outbox " in statement and not statement.startswith("EXPLAIN"):
            plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
            said.append(str(plan.all()))

    event.listen(sqlite_database, "before_cursor_execute", note)
    with reading(sqlite_database) as conn:
        outbox.may_claim(conn, "customs.uz", now, concurrency=1)

    (plan,) = said
    assert plan.count("SEARCH outbox USING INDEX ix_outbox_due (partner=?") == 2
    assert "SCAN outbox" not in plan


def test_what_is_final_has_left_the_index_of_what_is_due(
    database: Engine, make: Makers, queue: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = queue(make.outgoing())
    with transaction(database) as conn:
        outbox.advance(conn, one, ReceiptArrived(at=now), RETRY)

        assert conn.execute(select(table.c.due_at)).scalar_one() is None
        conn.execute(update(table).values(leased_until=None))
        assert _claim(conn, now + timedelta(days=999)) is None
