from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from exchange_node.store import duties
from exchange_node.store.database import reading, transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine

LEASE = timedelta(seconds=60)


def test_a_duty_left_twice_is_one_duty_at_the_earlier_moment(
    database: Engine, now: datetime
) -> None:
    with transaction(database) as conn:
        assert duties.leave(conn, "answer", "m1", now + LEASE)
        assert not duties.leave(conn, "answer", "m1", now)
        assert not duties.leave(conn, "answer", "m1", now + 2 * LEASE)

        (duty,) = duties.waiting(conn)
    assert (duty.due_at, duty.asked) == (now, 3)


def test_duties_are_claimed_by_kind_when_they_are_due(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        duties.leave(conn, "answer", "late", now)
        duties.leave(conn, "answer", "early", now - LEASE)
        duties.leave(conn, "tell", "officer", now - 2 * LEASE)
        duties.leave(conn, "answer", "tomorrow", now + LEASE)

        taken = duties.claim(conn, ("answer",), now, LEASE, 9)
        assert [one.ref for one in taken] == ["early", "late"]
        assert duties.claim(conn, ("answer",), now, LEASE, 9) == []
        both = duties.claim(conn, ("answer", "tell"), now + LEASE, LEASE, 2)
    assert [(one.kind, one.ref) for one in both] == [("tell", "officer"), ("answer", "early")]


def test_a_lease_that_ran_out_gives_the_duty_back_and_is_counted(
    database: Engine, now: datetime
) -> None:
    with transaction(database) as conn:
        duties.leave(conn, "answer", "m1", now)
        attempts = [
            duties.claim(conn, ("answer",), now + turn * LEASE, LEASE, 9)[0].attempts
            for turn in range(3)
        ]

    assert attempts == [0, 1, 2]


def test_a_duty_that_is_done_is_gone(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        duties.leave(conn, "answer", "m1", now)
        (duty,) = duties.claim(conn, ("answer",), now, LEASE, 9)

        assert duties.done(conn, duty)
        assert duties.waiting(conn) == []
        assert duties.leave(conn, "answer", "m1", now)


def test_a_duty_left_again_while_it_is_done_stays_to_be_done(
    database: Engine, now: datetime
) -> None:
    with transaction(database) as conn:
        duties.leave(conn, "match", "alert-1", now)
        (duty,) = duties.claim(conn, ("match",), now, LEASE, 9)
        duties.leave(conn, "match", "alert-1", now)

        assert duties.claim(conn, ("match",), now, LEASE, 9) == []
        assert not duties.done(conn, duty)
        (again,) = duties.claim(conn, ("match",), now, LEASE, 9)
        assert duties.done(conn, again)


def test_a_duty_that_is_put_off_comes_back_with_its_reason(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        duties.leave(conn, "answer", "m1", now)
        (duty,) = duties.claim(conn, ("answer",), now, LEASE, 9)
        duties.put_off(conn, duty, now + LEASE, "the key is away")

        assert duties.claim(conn, ("answer",), now, LEASE, 9) == []
        (again,) = duties.claim(conn, ("answer",), now + LEASE, LEASE, 9)
    assert (again.attempts, again.last_error) == (1, "the key is away")


def test_what_took_the_place_of_a_claimed_duty_is_neither_struck_off_nor_put_off(
    database: Engine, now: datetime
) -> None:
    with transaction(database) as conn:
        duties.leave(conn, "reply-due", "7", now)
        (old,) = duties.claim(conn, ("reply-due",), now, LEASE, 9)
        duties.drop(conn, "reply-due", "7")
        duties.leave(conn, "reply-due", "7", now + LEASE)

    with transaction(database) as conn:
        assert not duties.done(conn, old)
        duties.put_off(conn, old, now + 9 * LEASE, "of the other")
        duties.look_again(conn, old, now + 9 * LEASE)
        duties.give_back(conn, old)
        (new,) = duties.waiting(conn)
    assert (new.due_at, new.attempts, new.last_error) == (now + LEASE, 0, "")
    with transaction(database) as conn:
        (claimed,) = duties.claim(conn, ("reply-due",), now + LEASE, LEASE, 9)
        duties.give_back(conn, old)
        assert duties.claim(conn, ("reply-due",), now + LEASE, LEASE, 9) == []
        assert duties.done(conn, claimed)


def test_what_somebody_else_claims_after_the_lease_is_not_given_back_by_who_had_it_before(
    database: Engine, now: datetime
) -> None:
    with transaction(database) as conn:
        duties.leave(conn, "answer", "m1", now)
        (slow,) = duties.claim(conn, ("answer",), now, LEASE, 9)
        (quick,) = duties.claim(conn, ("answer",), now + LEASE, LEASE, 9)

        duties.put_off(conn, slow, now, "too late")
        assert duties.claim(conn, ("answer",), now + LEASE, LEASE, 9) == []
        assert duties.done(conn, slow)  # what was done was done, whoever has it now
        assert not duties.done(conn, quick)
        assert duties.waiting(conn) == []


def test_a_duty_that_did_not_fail_is_looked_at_again_with_its_tries_counted_anew(
    database: Engine, now: datetime
) -> None:
    with transaction(database) as conn:
        duties.leave(conn, "reply-due", "7", now)
        for turn in range(3):
            at = now + turn * LEASE
            (duty,) = duties.claim(conn, ("reply-due",), at, LEASE, 9)
            assert duty.attempts == 0
            duties.look_again(conn, duty, at + LEASE)


def test_what_waits_is_listed_by_kind(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        duties.leave(conn, "answer", "m1", now)
        duties.leave(conn, "tell", "officer", now - LEASE)

    with reading(database) as conn:
        assert [one.kind for one in duties.waiting(conn)] == ["tell", "answer"]
        assert [one.ref for one in duties.waiting(conn, "answer")] == ["m1"]


def test_two_claimers_never_claim_the_same_duty(
    database: Engine,
    now: datetime,
    together: Callable[[int, Callable[[int], list[str]]], list[list[str]]],
) -> None:
    with transaction(database) as conn:
        for number in range(40):
            duties.leave(conn, "answer", str(number), now)

    def claimer(_which: int) -> list[str]:
        done: list[str] = []
        for _ in range(30):
            with transaction(database) as conn:
                for duty in duties.claim(conn, ("answer",), now, LEASE, 2):
                    duties.done(conn, duty)
                    done.append(duty.ref)
        return done

    done = Counter(one for some in together(4, claimer) for one in some)

    assert done == Counter(str(number) for number in range(40))


def test_a_duty_left_while_others_strike_it_off_is_never_lost(
    database: Engine,
    now: datetime,
    together: Callable[[int, Callable[[int], int]], list[int]],
) -> None:
    def walk(which: int) -> int:
        struck = 0
        for _ in range(25):
            with transaction(database) as conn:
                if which:
                    duties.leave(conn, "match", "one", now)
                else:
                    for duty in duties.claim(conn, ("match",), now, LEASE, 9):
                        struck += duties.done(conn, duty)
        return struck

    together(3, walk)

    with transaction(database) as conn:
        duties.leave(conn, "match", "one", now)
        (duty,) = duties.claim(conn, ("match",), now, LEASE, 9)
        assert duties.done(conn, duty)
