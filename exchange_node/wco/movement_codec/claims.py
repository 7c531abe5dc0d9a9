"""Claims under guarantees ↔ ObligationGuarantee of a notice (TM-060, TM-061)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from exchange_node.domain.movement import Claim
from exchange_node.wco.alert_codec.intergov import TOP, Reader
from exchange_node.wco.building import Placed
from exchange_node.wco.document import Document

_GUARANTEE = f"{TOP}/Declaration/ObligationGuarantee"
_AMOUNT = f"{_GUARANTEE}/AmountAmount"
_CURRENCY = "currencyID"
_WRITTEN = re.compile(r"[0-9]{1,13}(\.[0-9]{1,3})?")
"""WCO 492, n..16,3."""


def placed_claims(claims: Sequence[Claim]) -> Iterator[Placed]:
    """Place each claim under its guarantee."""
    for n, one in enumerate(claims, start=1):
        at = f"{_GUARANTEE}[{n}]"
        yield Placed(f"{at}/ReferenceID", one.guarantee)
        if one.amount is not None:
            yield Placed(f"{at}/AmountAmount", f"{one.amount:f}", {_CURRENCY: one.currency})


def read_claims(document: Document, reader: Reader) -> tuple[Claim, ...]:
    """Return the claims of a notice; an amount that is none is noted with the reader."""
    found: dict[str, dict[str, str]] = {}
    for leaf in document.leaves():
        if leaf.path.startswith(f"{_GUARANTEE}/"):
            one = found.setdefault(leaf.pointer.rpartition("/")[0], {})
            one[leaf.path.rpartition("/")[2]] = leaf.value
            if leaf.path == _AMOUNT:
                one[_CURRENCY] = leaf.attributes.get(_CURRENCY, "")
                if not _WRITTEN.fullmatch(leaf.value):
                    reader.coded(leaf.value, {"an amount": leaf.value}, _AMOUNT)
                    one.pop("AmountAmount")
    return tuple(
        Claim(
            guarantee=one.get("ReferenceID", ""),
            amount=Decimal(one["AmountAmount"]) if "AmountAmount" in one else None,
            currency=one.get(_CURRENCY, ""),
        )
        for one in found.values()
    )
