from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, select

from exchange_node.domain.errors import NotPermittedError
from exchange_node.domain.orders.order import Ground, Kind, Which
from exchange_node.domain.retention import Kept
from exchange_node.store.database import reading, transaction
from exchange_node.store.tables import record_order, record_order_item
from tests.exchange.ordering import arrived, deleted, permitting_orders, records_of
from tests.world import LIAISON, OPERATOR, Pair


def test_without_a_grant_nothing_is_ordered(pair: Pair) -> None:
    movement, _ = arrived(pair)

    with pytest.raises(NotPermittedError, match="no grant for MA-041"):
        deleted(pair, movement)

    with reading(pair.kz.engine) as conn:
        assert conn.execute(select(record_order.c.number)).all() == []


def test_what_was_sent_before_a_grant_was_agreed_is_ordered_under_it(pair: Pair) -> None:
    movement, _ = arrived(pair)
    pair.agree_anew(permitting_orders)

    order = deleted(pair, movement)
    pair.run(rounds=12)

    assert [one["outcome"] for one in records_of(pair, order)] == ["done"]


def ordered_again(pair: Pair, order: str, movement: str, ground: Ground) -> None:
    """Let Kazakhstan forget an order and give another under its id."""
    with transaction(pair.kz.engine) as conn:
        conn.execute(delete(record_order_item))
        conn.execute(delete(record_order))
    again = replace(pair.kz.ordering, new_id=lambda: order[-12:])
    again.order(LIAISON, Kind.DELETION, Which(kind=Kept.MANIFEST, subject=movement), ground=ground)
    pair.run(rounds=12)


def done_order(pair: Pair, movement: str) -> str:
    """Order a movement deleted without a word, let it be done; return the order's id."""
    done = pair.kz.ordering.order(
        LIAISON, Kind.DELETION, Which(kind=Kept.MANIFEST, subject=movement), ground=Ground.COURT
    )
    pair.run(rounds=12)
    return str(done["order_id"])


def test_an_order_that_comes_again_is_certified_again_and_done_once(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)
    order = done_order(pair, movement)

    ordered_again(pair, order, movement, Ground.COURT)

    assert [one["outcome"] for one in records_of(pair, order)] == ["done"]
    assert len(pair.uz.keeping.disposals(OPERATOR)["disposals"]) == 1


def test_another_order_under_a_known_id_is_refused(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)
    order = done_order(pair, movement)

    ordered_again(pair, order, movement, Ground.ERROR)

    told = [one for one in pair.told["kz"].told.values() if one.code == "message.rejected"]
    assert [order in one.facts["why"] for one in told] == [True]
    assert [one["outcome"] for one in records_of(pair, order)] == ["open"]
