"""How a field that may leave is made to say less on its way out."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange_node.domain.agreement.keys import Word, key
from exchange_node.domain.agreement.shapes import PATH

MAX_KEPT = 35
"""Characters that a truncated value may keep (our choice): whoever keeps more masks nothing."""


class MaskMethod(Word):
    """What is done to a value."""

    DROP = "drop", "taken out of what is allowed around it"
    HASH = "hash", "replaced by a hash that is the same for the same value under this agreement"
    TRUNCATE = "truncate", "cut"
    GENERALISE = "generalise", "made coarser"


class CoarserForm(Word):
    """What a value is generalised to."""

    DAY = "day", "the day"
    MONTH = "month", "the month, as its first day"
    YEAR = "year", "the year, as its first day"
    ONE_DIGIT = "one_digit", "rounded up to one significant digit"
    TWO_DIGITS = "two_digits", "rounded up to two significant digits"
    HUNDREDS = "hundreds", "rounded up to hundreds"
    THOUSANDS = "thousands", "rounded up to thousands"
    COUNTRY = "country", "the country of an office or a place"
    CHAPTER = "chapter", "the chapter of the Harmonized System"
    HEADING = "heading", "the heading of the Harmonized System"
    SUBHEADING = "subheading", "the subheading of the Harmonized System"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """One field, and what is done to it before it leaves.

    Attributes:
        path: a field; with `drop` it may be a subtree (`/**`) of what `allow` lets out.
        keep, keep_last: with `truncate`, how many characters of the beginning or of the end stay.
        to: with `generalise`, the coarser form.
    """

    path: str = field(metadata=key("The field, as a WCO path", shape=PATH, acts=True))
    method: MaskMethod = field(metadata=key("What is done to it", acts=True))
    keep: int | None = field(
        default=None,
        metadata=key("Characters of the beginning that stay", low=1, high=MAX_KEPT, acts=True),
    )
    keep_last: int | None = field(
        default=None,
        metadata=key("Characters of the end that stay", low=1, high=MAX_KEPT, acts=True),
    )
    to: CoarserForm | None = field(default=None, metadata=key("Made coarser to", acts=True))
