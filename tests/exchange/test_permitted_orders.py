from __future__ import annotations

import pytest
from sqlalchemy import select

from exchange_node.domain.errors import NotPermittedError
from exchange_node.store.database import reading
from exchange_node.store.tables import record_order
from tests.exchange.ordering import arrived, deleted, permitting_orders, records_of
from tests.world import OPERATOR, Pair


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


def test_an_order_that_comes_twice_is_done_once_and_certified_twice(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)
    order = deleted(pair, movement)
    pair.run(rounds=12)
    (sent,) = pair.kz.ordering.list(OPERATOR)["orders"]

    pair.kz.operating.resend(OPERATOR, sent["message_id"])
    pair.run(rounds=12)

    assert [one["outcome"] for one in records_of(pair, order, "uz")] == ["done"]
    assert len(pair.uz.keeping.disposals(OPERATOR)["disposals"]) == 1
