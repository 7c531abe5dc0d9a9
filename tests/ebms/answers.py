"""A partner's answers: how they are made and read."""

from __future__ import annotations

from datetime import datetime

from exchange_node.domain.errors import (
    NodeError,
)
from exchange_node.ebms.message import ErrorSignal, Packed, Receipt
from exchange_node.ebms.signals import error_for, read_answer, receipt_for
from tests.ebms.parties import AT, World

SENT = "7d0c-1@kz.example"


def receipt_of(world: World, packed: Packed) -> Packed:
    return receipt_for(
        world.unpack(packed),
        message_id="r-1@uz.example",
        at=AT,
        keys=world.uz.own,
        random_bytes=world.random_bytes,
    )


def answer(world: World, packed: Packed, at: datetime = AT) -> Receipt | ErrorSignal | None:
    partner = world.partner(world.uz)
    return read_answer(packed.content_type, packed.octets, partner=partner, at=at)


def receipt(world: World, packed: Packed) -> Receipt:
    found = answer(world, packed)
    assert isinstance(found, Receipt)
    return found


def error_of(world: World, cause: NodeError, **how: object) -> ErrorSignal:
    found = answer(world, error_signal(world, cause, **how))
    assert isinstance(found, ErrorSignal)
    return found


def error_signal(world: World, cause: NodeError, **how: object) -> Packed:
    given: dict[str, object] = {
        "ref_to": SENT,
        "message_id": "e-1@uz.example",
        "at": AT,
        "random_bytes": world.random_bytes,
        "keys": world.uz.own,
        "partner": world.partner(world.kz),
    }
    return error_for(cause, **{**given, **how})  # type: ignore[arg-type]
