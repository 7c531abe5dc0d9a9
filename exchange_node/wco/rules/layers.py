"""Rule → layer: on which layer of a check a finding stands, from the schema up to the agreement.

A lower layer is read first: what a document lacks in its structure makes sums doubtful.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from exchange_node.domain.finding import Finding
from exchange_node.wco.rules import structure_rules as structure


class Layer(StrEnum):
    """The layers, in the order in which they are looked at."""

    SOURCE = "source"
    SCHEMA = "schema"
    CODES = "codes"
    RULES = "rules"
    AGREEMENT = "agreement"


TITLES = {
    Layer.SOURCE: "Source: the national declaration and how it was mapped",
    Layer.SCHEMA: "Layer 1, schema: envelope, elements, order, number",
    Layer.CODES: "Layer 2, codes and formats, on the day of the declaration",
    Layer.RULES: "Layer 3, rules: what has to fit together",
    Layer.AGREEMENT: "Layer 4, the agreement with the partner",
}
"""What each layer is called."""

OF_CODES = frozenset(
    one.code
    for one in (
        structure.WRONG_FORMAT,
        structure.TOO_LONG,
        structure.NOT_A_MOMENT,
        structure.UNKNOWN_CODE,
        structure.UNKNOWN_OFFICE,
        structure.ENDED_CODE,
        structure.UNKNOWN_PROCEDURE,
        structure.UNLISTED_CODE,
    )
)
"""The rules of structure that look at values."""
_BY_START = (
    ("CAREC-X", Layer.SCHEMA),
    ("CAREC-R0", Layer.SCHEMA),
    ("CAREC-R1", Layer.SCHEMA),
    ("CAREC-R", Layer.RULES),
    ("DENY-", Layer.AGREEMENT),
    ("POL-", Layer.AGREEMENT),
)


def layer_of(code: str) -> Layer:
    """Return the layer of a rule by its public id; one that is of no document is of its source."""
    if code in OF_CODES:
        return Layer.CODES
    return next((layer for start, layer in _BY_START if code.startswith(start)), Layer.SOURCE)


def by_layer(findings: Iterable[Finding]) -> dict[Layer, tuple[Finding, ...]]:
    """Return findings by their layers, in the order of these; in each the errors come first."""
    found: dict[Layer, list[Finding]] = {}
    for one in sorted(findings, key=lambda one: not one.is_error):
        found.setdefault(layer_of(one.code), []).append(one)
    return {layer: tuple(found[layer]) for layer in Layer if layer in found}
