from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from exchange_node.domain.errors import StoreFullError
from exchange_node.node import pair_agreement
from exchange_node.services.sending import LEASE
from exchange_node.store import outbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.outgoing import Outgoing
from exchange_node.transport.line import Answer
from tests.world import FACTS, Pair

MRN = "26KZ55010100041703"
OTHER_MRN = "26KZ55010100041711"


class LineThatDiesError(Exception):
    pass


class DeadlyLine:
    """Brings the worker down at every post."""

    def post(self, *_: object, **__: object) -> Answer:
        raise LineThatDiesError

    def close(self) -> None:
        pass


class FullLine(DeadlyLine):
    def post(self, *_: object, **__: object) -> Answer:
        raise StoreFullError(why="the disk is full")


def two_queued(pair: Pair) -> None:
    pair.submit()
    pair.submit(facts=FACTS.read_text("utf-8").replace(MRN, OTHER_MRN))


def queued(pair: Pair) -> list[Outgoing]:
    """What lies in Kazakhstan's outbox, the first that was queued first."""
    with reading(pair.kz.engine) as conn:
        return list(reversed(outbox.search(conn, limit=9)))


def states_of(pair: Pair) -> list[str]:
    return [one.transmission.state.value for one in queued(pair)]


def test_a_message_whose_partner_has_no_card_any_more_waits(pair: Pair) -> None:
    pair.submit()

    replace(pair.kz.sending, partners={}).run()

    (one,) = queued(pair)
    assert (one.transmission.state.value, one.transmission.tries) == ("queued", 1)
    assert "customs.uz" in one.transmission.last_error
    assert pair.exchange.posts == 0


def test_a_packed_message_that_cannot_be_opened_keeps_no_other_back(pair: Pair) -> None:
    two_queued(pair)
    (first, _) = queued(pair)
    with transaction(pair.kz.engine) as conn:
        conn.execute(
            text("UPDATE payload SET digest = :none WHERE payload_id = :id"),
            {"none": "0" * 64, "id": first.payload_id},
        )

    pair.kz.sending.run()
    pair.kz.sending.run()

    assert states_of(pair) == ["queued", "receipted"]


def test_what_brings_the_worker_down_leases_that_message_alone(pair: Pair) -> None:
    two_queued(pair)
    with pytest.raises(LineThatDiesError):
        replace(pair.kz.sending, line=DeadlyLine()).run()

    with transaction(pair.kz.engine) as conn:
        free = outbox.claim(conn, pair.clock(), LEASE, 9)

    assert [one.number for one in free] == [queued(pair)[1].number]


def test_a_full_store_ends_the_walk_and_counts_no_try(pair: Pair) -> None:
    pair.submit()

    with pytest.raises(StoreFullError):
        replace(pair.kz.sending, line=FullLine()).run()

    (one,) = queued(pair)
    assert one.transmission.tries == 0


def test_each_partner_gets_one_message_in_a_walk(pair: Pair) -> None:
    two_queued(pair)

    tried = pair.kz.sending.run()

    assert (tried, states_of(pair)) == (1, ["receipted", "queued"])


def test_a_held_message_of_which_more_tries_were_allowed_once_is_released(pair: Pair) -> None:
    pair.submit()
    pair.exchange.cut.add("customs.uz")
    for _ in range(3):
        pair.kz.sending.run()
        pair.clock.forward(hours=2)
    (one,) = queued(pair)
    commissioning = pair.kz.commissioning
    commissioning.suspend_agreement(
        one.exchange.agreement_id, one.exchange.agreement_version, actor="test", why="talks"
    )
    pair.kz.sending.run()
    assert states_of(pair) == ["held"]
    agreement = pair_agreement("KZ", "UZ", on=date(2026, 3, 2))
    commissioning.add_agreement(agreement, actor="test")
    pair.clock.forward(hours=2)

    sending = replace(pair.kz.sending, retry=replace(pair.kz.sending.retry, max_retries=1))
    sending.run()

    assert states_of(pair) == ["queued"]
