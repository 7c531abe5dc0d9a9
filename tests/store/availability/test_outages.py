from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from exchange_node.domain.availability.outage import Function, Meanwhile, Outage
from exchange_node.store.availability import outages
from exchange_node.store.database import reading, transaction

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ONE = Outage(
    number="uz1",
    party="customs.uz",
    functions=(Function.TRANSIT, Function.RISK),
    begins=AT,
    ends=AT + timedelta(hours=1),
    reason="x",
    meanwhile=Meanwhile.FAIL,
    paper=True,
    is_planned=False,
    told_at=AT,
)


def test_what_was_said_last_holds_in_whatever_order_it_comes(database: Engine) -> None:
    later = replace(ONE, ends=AT + timedelta(hours=3), told_at=AT + SECOND)
    with transaction(database) as conn:
        assert outages.note(conn, later)
        assert not outages.note(conn, ONE)
        assert not outages.note(conn, later)
    with reading(database) as conn:
        assert outages.ahead(conn, "customs.uz", AT) == [later]
        assert outages.parties(conn, AT) == ["customs.uz"]


def test_of_what_was_said_in_one_second_the_withdrawal_holds(database: Engine) -> None:
    ended = replace(ONE, is_withdrawn=True)
    with transaction(database) as conn:
        assert outages.note(conn, ONE)
        assert outages.note(conn, ended)
        assert not outages.note(conn, ONE)
        assert outages.get(conn, "customs.uz", "uz1") == ended
        assert outages.ahead(conn, "customs.uz", AT) == []
        assert outages.parties(conn, AT) == []


def test_numbers_of_others_are_others(database: Engine) -> None:
    theirs = replace(ONE, party="customs.tm", told_at=AT + SECOND, is_withdrawn=True)
    with transaction(database) as conn:
        outages.note(conn, ONE)
        outages.note(conn, theirs)
        assert outages.ahead(conn, "customs.uz", AT) == [ONE]


def test_what_ended_long_ago_is_forgotten_and_what_is_said_again_is_no_other(
    database: Engine,
) -> None:
    with transaction(database) as conn:
        outages.note(conn, ONE)
        assert outages.count(conn, "customs.uz") == 1
        assert outages.known(conn, "customs.uz", ["uz1", "uz2"]) == {"uz1": ONE}
        outages.forget_old(conn, "customs.uz", ONE.ends + outages.KEPT_FOR)
        assert outages.get(conn, "customs.uz", "uz1") == ONE
        outages.forget_old(conn, "customs.uz", ONE.ends + outages.KEPT_FOR + SECOND)
        assert outages.get(conn, "customs.uz", "uz1") is None


def test_what_was_withdrawn_long_ago_is_forgotten_however_far_ahead_it_lies(
    database: Engine,
) -> None:
    far = replace(ONE, ends=AT + timedelta(days=400), is_withdrawn=True)
    with transaction(database) as conn:
        outages.note(conn, far)
        outages.forget_old(conn, "customs.uz", AT + outages.KEPT_FOR)
        assert outages.count(conn, "customs.uz") == 1
        outages.forget_old(conn, "customs.uz", AT + outages.KEPT_FOR + SECOND)
        assert outages.count(conn, "customs.uz") == 0
