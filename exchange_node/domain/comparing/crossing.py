"""What was told of a movement → which exit and which entry are one crossing of a border."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exchange_node.domain.comparing.sight import Sight
from exchange_node.domain.movement import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """One crossing of the border between two countries.

    Attributes:
        left, came: the exit and the entry that count; None where it was not told.
        meanwhile: whatever else was told of the movement.
        notices: the numbers of every exit and entry of it, those that were corrected included.
    """

    left: Sight | None
    came: Sight | None
    meanwhile: tuple[Sight, ...] = ()
    notices: frozenset[str] = frozenset()


def crossings(sights: Iterable[Sight], first: str, second: str) -> tuple[Crossing, ...]:
    """Return the crossings from one country into the next, in the order of the way.

    A crossing ends where the goods leave the second country or come back into the first. Of several
    exits of one crossing that counts which was issued last (it corrects the others, or the goods
    came back from a border that refused them), and so of several entries. In whatever order they
    were told, the result is the same.
    """
    told = sorted(sights, key=lambda one: (one.occurred_at, one.event, one.notice_id))
    others = tuple(one for one in told if one.event not in (Event.EXIT, Event.ENTRY))
    found: list[Crossing] = []
    left: list[Sight] = []
    came: list[Sight] = []
    for one in told:
        if (one.party, one.event) == (first, Event.EXIT):
            left.append(one)
        elif (one.party, one.event) == (second, Event.ENTRY):
            came.append(one)
        elif (one.party, one.event) in ((first, Event.ENTRY), (second, Event.EXIT)):
            found += _crossing(left, came, others)
            left, came = [], []
    return (*found, *_crossing(left, came, others))


def _crossing(
    left: list[Sight], came: list[Sight], others: tuple[Sight, ...]
) -> tuple[Crossing, ...]:
    if not left and not came:
        return ()
    return (
        Crossing(
            left=_last_issued(left),
            came=_last_issued(came),
            meanwhile=others,
            notices=frozenset(one.notice_id for one in (*left, *came)),
        ),
    )


def _last_issued(sights: list[Sight]) -> Sight | None:
    return max(sights, key=lambda one: (one.issued_at, one.notice_id), default=None)
