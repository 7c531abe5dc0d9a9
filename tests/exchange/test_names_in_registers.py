"""A register shows that something was ordered, held, disposed of; of a secret record, not which."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from exchange_node.domain.access import Actor
from exchange_node.domain.errors import NotPermittedError, UnknownRecordError
from exchange_node.domain.orders.order import Which
from exchange_node.domain.retention import Kept
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from tests.exchange.ordering import arrived, deleted, permitting_orders
from tests.exchange.test_breach_notices import happened
from tests.world import LIAISON, OPERATOR, Pair

Register = Callable[[Pair, Actor], dict[str, Any]]

REGISTERS: dict[str, Register] = {
    "look.orders": lambda pair, actor: pair.uz.ordering.list(actor),
    "look.breaches": lambda pair, actor: pair.uz.telling_breach.list(actor),
    "look.holds": lambda pair, actor: pair.uz.keeping.holds(actor, lifted=True),
    "look.disposals": lambda pair, actor: pair.uz.keeping.disposals(actor),
}


@pytest.fixture(name="movement")
def _movement(pair: Pair) -> str:
    """A movement that Uzbekistan had a manifest of: misused, held, ordered deleted, gone."""
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)
    uz = pair.uz
    uz.telling_breach.tell(
        LIAISON, "customs.kz", happened(pair), records=[Which(kind=Kept.MANIFEST, subject=movement)]
    )
    held = uz.keeping.place(LIAISON, Kept.MANIFEST, movement, why="court order 4/26")
    uz.keeping.lift(LIAISON, held["number"], why="case closed")
    deleted(pair, movement)
    pair.run(rounds=12)
    return movement


def make_secret(pair: Pair) -> None:
    with transaction(pair.uz.engine) as conn:
        conn.execute(text("UPDATE manifest SET handling = 'secret'"))


def last_look(pair: Pair, action: str) -> audit.AuditRecord:
    with reading(pair.uz.engine) as conn:
        return next(one for one in audit.search(conn, limit=9) if one.action == action)


@pytest.mark.parametrize("actor", [LIAISON, OPERATOR], ids=["liaison", "operator"])
def test_the_name_of_a_secret_record_stands_in_no_register(
    pair: Pair, movement: str, actor: Actor
) -> None:
    for action, register in REGISTERS.items():
        assert movement in json.dumps(register(pair, actor)), action
        assert "withheld" not in last_look(pair, action).facts

    make_secret(pair)

    for action, register in REGISTERS.items():
        shown = register(pair, actor)
        (lines,) = shown.values()
        assert len(lines) == 1, "that there is something is known"
        assert movement not in json.dumps(shown, ensure_ascii=False), action
        assert "4/26" not in json.dumps(shown), action
        assert last_look(pair, action).facts["withheld"] == "1"


@pytest.mark.parametrize("actor", [LIAISON, OPERATOR], ids=["liaison", "operator"])
def test_nor_does_it_stand_in_what_is_shown_one_by_one(
    pair: Pair, movement: str, actor: Actor
) -> None:
    (order,) = pair.uz.ordering.list(LIAISON)["orders"]
    (breach,) = pair.uz.telling_breach.list(LIAISON)["breaches"]
    (certificate,) = pair.uz.keeping.disposals(LIAISON)["disposals"]
    make_secret(pair)

    shown = [
        pair.uz.ordering.show(actor, order["order_id"]),
        pair.uz.telling_breach.show(actor, breach["breach_id"]),
        pair.uz.keeping.certificate(actor, certificate["certificate"]),
    ]

    said = json.dumps(shown, ensure_ascii=False)
    assert movement not in said
    assert "shown to a carrier" not in said
    assert "request 7" not in said


def test_asked_for_by_its_name_a_secret_record_was_never_disposed_of(
    pair: Pair, movement: str
) -> None:
    assert len(pair.uz.keeping.disposals(LIAISON, subject=movement)["disposals"]) == 1
    make_secret(pair)

    assert pair.uz.keeping.disposals(LIAISON, subject=movement) == {"disposals": []}


def test_who_may_not_know_of_a_record_neither_holds_it_nor_tells_of_its_misuse(
    pair: Pair,
) -> None:
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)
    make_secret(pair)
    uz, told = pair.uz, happened(pair)

    with pytest.raises(UnknownRecordError) as secret:
        uz.keeping.place(LIAISON, Kept.MANIFEST, movement, why="court order 4/26")
    with pytest.raises(UnknownRecordError) as unknown:
        uz.keeping.place(LIAISON, Kept.MANIFEST, f"{movement}X", why="court order 4/26")
    with pytest.raises(UnknownRecordError):
        uz.telling_breach.tell(
            LIAISON, "customs.kz", told, records=[Which(kind=Kept.MANIFEST, subject=movement)]
        )

    assert str(secret.value) == str(unknown.value).replace(f"{movement}X", movement)
    assert last_look(pair, "look.breach").facts["refused"] == "DENY-VIEW-SECRET"
    assert uz.keeping.holds(OPERATOR, lifted=True) == {"holds": []}
    assert uz.telling_breach.list(OPERATOR) == {"breaches": []}


def test_a_hold_needs_a_purpose_that_covers_the_record(pair: Pair) -> None:
    movement, _ = arrived(pair)
    for_statistics = Actor(
        name=LIAISON.name, roles=LIAISON.roles, purposes=frozenset({"STATISTICS"})
    )

    with pytest.raises(NotPermittedError, match="DENY-VIEW-PURPOSE"):
        pair.uz.keeping.place(for_statistics, Kept.MANIFEST, movement, why="court order 4/26")
