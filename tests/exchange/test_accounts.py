from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from exchange_node.domain.accounting.account import MOST_NAMED, Side
from exchange_node.domain.errors import RoleError
from exchange_node.domain.transmission import State
from exchange_node.services import accounting
from exchange_node.store import audit, outbox, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.releasing import letters
from exchange_node.store.tables import account_line, inbox
from exchange_node.store.tables import outbox as outbox_table
from tests.exchange.ordering import arrived, deleted, permitting_orders, records_of
from tests.exchange.test_deletion_orders import AGREEMENT
from tests.exchange.test_lanes import submit
from tests.world import DSN, OPERATOR, POST, Pair, pair_of_nodes

on_sqlite = pytest.mark.skipif(
    DSN in os.environ, reason="an old copy of the database is a file laid back"
)


@pytest.fixture(name="pair")
def _pair(tmp_path: Path) -> Iterator[Pair]:
    with pair_of_nodes(tmp_path) as pair:
        yield pair


def gaps(pair: Pair, name: str) -> list[tuple[str, bool]]:
    node = getattr(pair, name)
    return [(one["gap"], one["mended"]) for one in node.accounting.gaps(OPERATOR)["gaps"]]


def accounts(pair: Pair, name: str) -> list[tuple[str, str, str]]:
    """Return what a node gave and took: the act, the side, how many messages."""
    with reading(getattr(pair, name).engine) as conn:
        found = audit.search(conn, limit=999)
    return [
        (one.action, one.facts["side"], one.facts["messages"])
        for one in sorted(found, key=lambda one: one.number)
        if one.action.startswith("account.")
    ]


def held(pair: Pair) -> int:
    return len(pair.uz.enquiry.prearrival(POST)["arrivals"])


def told(pair: Pair, name: str) -> list[str]:
    return [one.code for one in pair.told[name].told.values() if one.code.startswith("account.")]


def copied(pair: Pair, folder: Path, name: str) -> None:
    getattr(pair, name).close()
    shutil.copy(folder / name / "var" / "node.db", folder / f"{name}.db")
    pair.restart(name)


def laid_back(pair: Pair, folder: Path, name: str) -> None:
    getattr(pair, name).close()
    for file in (folder / name / "var").glob("node.db*"):
        file.unlink()
    shutil.copy(folder / f"{name}.db", folder / name / "var" / "node.db")
    pair.restart(name)


def test_both_sides_tell_each_other_once_a_day_what_went_between_them(pair: Pair) -> None:
    pair.run()
    submit(pair, 0)
    pair.run()
    before = accounts(pair, "kz")

    pair.clock.forward(days=1)
    pair.run()

    assert before == []
    # The manifest one way, its answer the other: each is told by both.
    assert sorted(accounts(pair, "kz")) == sorted(accounts(pair, "uz"))
    assert sorted(accounts(pair, "kz")) == [
        ("account.given", "received", "1"),
        ("account.given", "sent", "1"),
        ("account.taken", "received", "1"),
        ("account.taken", "sent", "1"),
    ]
    assert gaps(pair, "kz") == gaps(pair, "uz") == []


def test_of_a_day_without_messages_there_is_no_account(pair: Pair) -> None:
    pair.run()
    pair.clock.forward(days=3)

    pair.run()

    assert accounts(pair, "kz") == accounts(pair, "uz") == []


@on_sqlite
def test_what_a_node_lost_with_its_newer_database_comes_again_and_is_held_once(
    pair: Pair, tmp_path: Path
) -> None:
    submit(pair, 0)
    pair.run()
    copied(pair, tmp_path, "uz")
    lost = submit(pair, 1)
    pair.run()
    laid_back(pair, tmp_path, "uz")
    assert held(pair) == 1

    pair.clock.forward(days=1)
    pair.run()

    assert held(pair) == 2
    assert ("missing-here", True) in gaps(pair, "uz")
    assert ("missing-there", True) in gaps(pair, "kz")
    assert "account.missing-here" in told(pair, "uz")
    assert "account.missing-there" in told(pair, "kz")
    with reading(pair.kz.engine) as conn:
        sent = outbox.get(conn, lost)
    assert sent.answer is not None
    assert sent.answer.accepted


@on_sqlite
def test_what_a_node_forgot_having_sent_is_told_to_its_operator(pair: Pair, tmp_path: Path) -> None:
    pair.run()
    copied(pair, tmp_path, "kz")
    submit(pair, 0)
    pair.run()
    laid_back(pair, tmp_path, "kz")

    pair.clock.forward(days=1)
    pair.run()

    assert gaps(pair, "kz").count(("unknown", False)) == 1
    assert held(pair) == 1
    assert "account.unknown" in told(pair, "kz")


@on_sqlite
def test_what_is_wanted_again_and_not_kept_any_more_is_told(pair: Pair, tmp_path: Path) -> None:
    pair.run()
    copied(pair, tmp_path, "uz")
    message_id = submit(pair, 0)
    pair.run()
    laid_back(pair, tmp_path, "uz")
    with transaction(pair.kz.engine) as conn:
        payloads.dispose(conn, outbox.get(conn, message_id).payload_id, pair.clock())

    pair.clock.forward(days=1)
    pair.run()

    assert gaps(pair, "kz") == [("gone", False)]
    assert held(pair) == 0
    assert told(pair, "kz") == ["account.gone"]


def test_an_account_of_more_than_it_may_name_is_given_in_several(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounting, "MOST_NAMED", 2)
    pair.run()
    for number in range(3):
        submit(pair, number)
        pair.run()

    pair.clock.forward(days=1)
    pair.run()

    given = [one for one in accounts(pair, "kz") if one[:2] == ("account.given", "sent")]
    assert [int(messages) for _, _, messages in given] == [2, 1]
    assert gaps(pair, "uz") == []
    assert MOST_NAMED > 2


def test_a_node_that_was_down_for_days_goes_on_where_it_ended(pair: Pair) -> None:
    pair.run()
    submit(pair, 0)
    pair.run()
    pair.clock.forward(days=4)
    pair.restart("kz")

    pair.run()

    assert ("account.given", "sent", "1") in accounts(pair, "kz")


def test_a_partner_with_other_software_is_given_no_account(tmp_path: Path) -> None:
    foreign = 'partner = "customs.uz"\naccounts = false\n'
    with pair_of_nodes(tmp_path, {"kz": foreign}) as pair:
        pair.run()
        submit(pair, 0)
        pair.run()
        pair.clock.forward(days=1)
        pair.run()

        assert all(what == "account.taken" for what, _, _ in accounts(pair, "kz"))
        with reading(pair.kz.engine) as conn:
            lines = conn.execute(account_line.select()).all()
            codes = {row.code for row in conn.execute(outbox_table.select())}
    assert lines == []
    assert "SY-095" not in codes


def test_gaps_are_for_operators(pair: Pair) -> None:
    with pytest.raises(RoleError):
        pair.kz.accounting.gaps(POST)


def wanted(pair: Pair, *message_ids: str) -> None:
    """Let Uzbekistan say that it holds messages no more, and let what follows happen."""
    with transaction(pair.uz.engine) as conn:
        pair.uz.accounting.giving.give(
            conn,
            "customs.kz",
            Side.WANTED,
            message_ids,
            begins=pair.clock(),
            ends=pair.clock(),
            at=pair.clock(),
        )
    pair.run()


@pytest.mark.parametrize("is_answered", [True, False])
def test_what_is_wanted_after_the_agreement_was_had_all_the_same(
    pair: Pair, *, is_answered: bool
) -> None:
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)
    with transaction(pair.kz.engine) as conn:
        (manifest,) = (one for one in outbox.search(conn, limit=9) if one.exchange.code == "TM-010")
        message_id = manifest.transmission.message_id
        if not is_answered:
            conn.execute(
                update(outbox_table)
                .where(outbox_table.c.message_id == message_id)
                .values(answered_at=None, answer_accepted=None)
            )
    for node in (pair.kz, pair.uz):
        node.agreeing.terminate(OPERATOR, AGREEMENT, 2, why="x")

    wanted(pair, message_id)

    with reading(pair.kz.engine) as conn:
        assert outbox.get(conn, message_id).transmission.state is State.CANCELLED
        assert not letters.has_ended(conn, message_id)
    order = deleted(pair, movement)
    pair.run(rounds=12)
    assert [one["outcome"] for one in records_of(pair, order)] == ["done"]


def test_what_is_older_than_the_partner_would_take_is_not_sent_again(pair: Pair) -> None:
    message_id = submit(pair, 0)
    pair.run()
    pair.clock.forward(days=8)

    wanted(pair, message_id)

    with reading(pair.kz.engine) as conn:
        assert outbox.get(conn, message_id).transmission.state is State.RECEIPTED
    assert ("gone", False) in gaps(pair, "kz")


def test_a_gap_goes_after_a_month_unless_its_message_is_kept(pair: Pair) -> None:
    message_id = submit(pair, 0)
    pair.run()
    pair.clock.forward(days=8)
    wanted(pair, message_id, "1@customs.kz")
    assert sorted(gaps(pair, "kz")) == [("gone", False), ("unknown", False)]

    pair.later(days=29)
    pair.kz.disposing.run()
    assert len(gaps(pair, "kz")) == 2
    pair.later(days=2)
    pair.kz.disposing.run()

    assert gaps(pair, "kz") == [("gone", False)]


def test_an_account_that_cannot_be_given_keeps_nobody_else_from_theirs(pair: Pair) -> None:
    pair.run()
    submit(pair, 0)
    pair.run()
    with transaction(pair.kz.engine) as conn:
        conn.execute(update(inbox).values(sender="customs.aa"))
    parties = ("customs.aa", *pair.kz.accounting.partners)
    walk = replace(pair.kz.accounting, partners=parties)
    walk.run()
    with transaction(pair.kz.engine) as conn:
        conn.execute(update(account_line).values(covered_until=pair.clock() - timedelta(days=1)))
    pair.clock.forward(days=1)

    walk.run()

    assert ("account.given", "sent", "1") in accounts(pair, "kz")


def test_an_account_that_names_more_than_one_may_is_not_taken(pair: Pair) -> None:
    wanted(pair, *(f"{number}@customs.kz" for number in range(MOST_NAMED + 1)))
    assert gaps(pair, "kz") == []

    wanted(pair, *(f"{number}@customs.kz" for number in range(MOST_NAMED)))
    assert len(gaps(pair, "kz")) == 50
