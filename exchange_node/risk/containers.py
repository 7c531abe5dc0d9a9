"""Container numbers that are one sign apart: what a tired typist makes of the same box.

The check digit of ISO 6346 does not see every such slip (letters eleven apart, a remainder of ten
that is written 0), and a number with a wrong one is still typed and printed. So an alerted
container is also found one sign off, as probable.
"""

from __future__ import annotations

import re

_CONTAINER = re.compile(r"[A-Z]{4}[0-9]{7}")
_SHORTEST, _LONGEST = 10, 12
_OFF = 1

PROBABLE = 0.9
"""The score of a container number that is one sign off."""


def is_container(folded_number: str) -> bool:
    """Whether a folded number has the shape of ISO 6346, whatever its check digit."""
    return _CONTAINER.fullmatch(folded_number) is not None


def near_keys(folded_number: str) -> frozenset[str]:
    """Return what a number is found by one sign off: itself, and itself without each one sign.

    Two numbers that are one sign apart share one of these. None for what is too short or too long
    to be one sign off a container.
    """
    if not _SHORTEST <= len(folded_number) <= _LONGEST:
        return frozenset()
    without = (folded_number[:at] + folded_number[at + 1 :] for at in range(len(folded_number)))
    return frozenset((folded_number, *without))


def is_one_off(one: str, other: str) -> bool:
    """Whether two numbers differ by one sign: another, one more, one less, or two exchanged."""
    if one == other or abs(len(one) - len(other)) > _OFF:
        return False
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    mine, yours = one[same:], other[same:]
    exchanged = len(mine) > _OFF and mine[:2] == yours[1::-1] and mine[2:] == yours[2:]
    return mine[1:] == yours[1:] or mine[1:] == yours or mine == yours[1:] or exchanged
