from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from exchange_node.domain.orders.order import Which
from exchange_node.domain.retention import Kept
from exchange_node.services.retention.words import WORDS_KEPT
from exchange_node.store import payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.tables import breach, inbox, payload, record_order
from tests.exchange.ordering import arrived, deleted, permitting_orders
from tests.exchange.test_breach_notices import happened
from tests.world import LIAISON, OPERATOR, Pair, replaced

DAYS = 365


@pytest.fixture(autouse=True)
def _permitted(pair: Pair) -> None:
    pair.agree_anew(permitting_orders_and_holds)


def permitting_orders_and_holds(text: str) -> str:
    days = f"max_days = {DAYS}\n"
    return permitting_orders(text).replace(days, f"{days}legal_hold = true\n")


def said_in(pair: Pair, order_id: str, node: str = "uz") -> dict[str, Any]:
    (one,) = getattr(pair, node).ordering.show(LIAISON, order_id)["orders"]
    return dict(one)


def certificates(pair: Pair, kind: str, node: str = "uz") -> list[dict[str, Any]]:
    found = getattr(pair, node).keeping.disposals(OPERATOR)["disposals"]
    return [one for one in found if one["kind"] == kind]


def told_breach(pair: Pair, movement: str) -> str:
    told = pair.uz.telling_breach.tell(
        LIAISON,
        "customs.kz",
        happened(pair),
        records=[Which(kind=Kept.MANIFEST, subject=movement)],
    )
    pair.run(rounds=12)
    return str(told["breach_id"])


def rounds(pair: Pair) -> None:
    """Let both dispose of what is due, and of what that brings to light."""
    for node in (pair.uz, pair.kz):
        node.disposing.run()
    pair.clock.forward(hours=1)
    for node in (pair.uz, pair.kz):
        node.disposing.run()


@pytest.mark.parametrize("node", ["uz", "kz"])
def test_the_reason_of_an_order_goes_when_its_grants_retention_ends_with_a_certificate(
    pair: Pair, node: str
) -> None:
    movement, _ = arrived(pair)
    order = deleted(pair, movement)
    pair.run(rounds=12)
    pair.later(days=DAYS, hours=-2)
    rounds(pair)
    assert said_in(pair, order, node)["why"] == "request 7 of a driver"
    assert certificates(pair, "order", node) == []

    pair.later(hours=2)
    rounds(pair)

    one = said_in(pair, order, node)
    assert (one["why"], one["disposed_at"] is None) == ("", False)
    (certificate,) = certificates(pair, "order", node)
    assert (certificate["subject"], certificate["grant"]) == (order, "records-kz-uz")
    with reading(getattr(pair, node).engine) as conn:
        digest, why_id = conn.execute(select(record_order.c.digest, record_order.c.why_id)).one()
        assert payloads.about(conn, why_id).disposed_at is not None
    assert certificate["document_digest"] == digest


@pytest.mark.parametrize("node", ["uz", "kz"])
def test_a_notice_of_misuse_keeps_its_codes_and_loses_its_words(pair: Pair, node: str) -> None:
    movement, _ = arrived(pair)
    breach_id = told_breach(pair, movement)
    pair.later(days=DAYS)

    rounds(pair)

    shown = getattr(pair, node).telling_breach.show(LIAISON, breach_id)
    assert (shown["what"], shown["measures"], shown["said"]) == ("", "", {})
    assert shown["misuse"] == "DISCLOSURE"
    (certificate,) = certificates(pair, "breach", node)
    assert certificate["subject"] == breach_id
    with reading(pair.kz.engine) as conn:
        brought = select(payload.c.disposed_at).join(
            inbox, inbox.c.payload_id == payload.c.payload_id
        )
        assert None not in conn.execute(brought).scalars().all()


def test_a_hold_on_the_record_keeps_what_was_told_of_it(pair: Pair) -> None:
    movement, _ = arrived(pair)
    breach_id = told_breach(pair, movement)
    hold = pair.uz.keeping.place(LIAISON, Kept.MANIFEST, movement, why="court order 4/26")
    pair.later(days=DAYS)
    rounds(pair)
    assert pair.uz.telling_breach.show(LIAISON, breach_id)["what"] != ""

    pair.uz.keeping.lift(LIAISON, hold["number"], why="case closed")
    rounds(pair)

    assert pair.uz.telling_breach.show(LIAISON, breach_id)["what"] == ""


def test_an_order_that_is_still_to_be_carried_out_keeps_its_reason(pair: Pair) -> None:
    movement, _ = arrived(pair)
    hold = pair.uz.keeping.place(LIAISON, Kept.MANIFEST, movement, why="court order 4/26")
    order = deleted(pair, movement)
    pair.run(rounds=12)
    pair.later(days=DAYS)
    rounds(pair)
    assert said_in(pair, order)["why"] != ""

    pair.uz.keeping.lift(LIAISON, hold["number"], why="case closed")
    pair.run(rounds=12)
    rounds(pair)

    assert said_in(pair, order)["why"] == ""


def test_words_of_an_agreement_that_nobody_knows_any_more_have_an_end_too(pair: Pair) -> None:
    movement, _ = arrived(pair)
    breach_id = told_breach(pair, movement)
    with transaction(pair.uz.engine) as conn:
        conn.execute(update(breach).values(message_id="of an older program"))
    pair.later(days=DAYS)
    rounds(pair)
    shown = pair.uz.telling_breach.show(LIAISON, breach_id)
    assert shown["what"] != ""

    pair.later(days=WORDS_KEPT.days - DAYS)
    rounds(pair)

    assert pair.uz.telling_breach.show(LIAISON, breach_id)["what"] == ""


def test_a_later_version_that_keeps_words_less_long_counts_from_its_first_day(pair: Pair) -> None:
    movement, _ = arrived(pair)
    breach_id = told_breach(pair, movement)
    pair.later(days=40)
    rounds(pair)
    pair.agree_anew(
        lambda text: permitting_orders(replaced(text, "version = 2", "version = 3")).replace(
            f"max_days = {DAYS}", "max_days = 30"
        )
    )

    rounds(pair)

    assert pair.uz.telling_breach.show(LIAISON, breach_id)["what"] == ""
