"""What a condition asks of a text: one of some values, a regular expression, a bound."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import Decimal

from exchange_node.mapping.profile.notation.numbers import read_number

_COMPARED: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip


def asking(how: str, value: str) -> Callable[[str], bool]:
    """Return what `=`, `~`, `>`, `>=`, `<` or `<=` asks; `ValueError` when it asks nothing.

    A text that is no number is neither less nor more than one.
    """
    if how == "=":
        return frozenset(one.strip() for one in value.split("|")).__contains__
    if how == "~":
        return _matching(value)
    bound = read_number(value)
    if bound is None:
        raise ValueError(f"{value!r} is no number")
    compare = _COMPARED[how]

    def compared(text: str) -> bool:
        number = read_number(text)
        return number is not None and compare(number, bound)

    return compared


def _matching(written: str) -> Callable[[str], bool]:
    try:
        search = re.compile(written).search
    except re.error as err:
        raise ValueError(f"{written!r}: {err}") from None
    return lambda text: search(text) is not None
