"""How a field that may leave is made to say less on its way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MaskMethod(StrEnum):
    """What is done to a value."""

    DROP = "drop"
    HASH = "hash"
    TRUNCATE = "truncate"
    GENERALISE = "generalise"


class CoarserForm(StrEnum):
    """What a value is generalised to."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    ONE_DIGIT = "one_digit"
    TWO_DIGITS = "two_digits"
    HUNDREDS = "hundreds"
    THOUSANDS = "thousands"
    COUNTRY = "country"
    CHAPTER = "chapter"
    HEADING = "heading"
    SUBHEADING = "subheading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """One field, and what is done to it before it leaves.

    Attributes:
        path: a field; with `drop` it may be a subtree (`/**`) of what `allow` lets out.
        keep, keep_last: with `truncate`, how many characters of the beginning or of the end stay.
        to: with `generalise`, the coarser form.
    """

    path: str
    method: MaskMethod
    keep: int | None = None
    keep_last: int | None = None
    to: CoarserForm | None = None
