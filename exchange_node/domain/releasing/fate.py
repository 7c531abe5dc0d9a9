"""Waiting room + outbox + the partner's answer → what became of a message that was written.

Nothing of this is kept: it follows from the rows, so that no register can remember it wrongly.
"""

from __future__ import annotations

from enum import StrEnum

from exchange_node.domain.releasing.release import State as Release
from exchange_node.domain.transmission import State


class Fate(StrEnum):
    """How a message has fared; what is in `ENDED` was not delivered and accepted, and will not be.

    UNPROVEN came without a receipt in time: the partner may have it all the same. TURNED_AWAY was
    refused by the partner's access point, REJECTED by its business answer (SY-002).
    """

    WAITING = "waiting"
    NOT_RELEASED = "not-released"
    LAPSED = "lapsed"
    ON_ITS_WAY = "on-its-way"
    TURNED_AWAY = "turned-away"
    UNPROVEN = "unproven"
    CANCELLED = "cancelled"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


ENDED = frozenset(
    {
        Fate.NOT_RELEASED,
        Fate.LAPSED,
        Fate.TURNED_AWAY,
        Fate.UNPROVEN,
        Fate.CANCELLED,
        Fate.REJECTED,
    }
)
"""Ends of a message that whoever was to get it did not take, as far as is known here."""

_OF_RELEASE = {
    Release.WAITING: Fate.WAITING,
    Release.RELEASED: Fate.ON_ITS_WAY,
    Release.REFUSED: Fate.NOT_RELEASED,
    Release.LAPSED: Fate.LAPSED,
}
_OF_TRANSMISSION = {
    State.RECEIPTED: Fate.DELIVERED,
    State.RECEIPTED_LATE: Fate.DELIVERED,
    State.REFUSED: Fate.TURNED_AWAY,
    State.MISSING_RECEIPT: Fate.UNPROVEN,
    State.CANCELLED: Fate.CANCELLED,
}


def fate_of_waiting(release: Release) -> Fate:
    """Return the fate of a message that the outbox does not have."""
    return _OF_RELEASE[release]


def fate_of_sent(transmission: State, *, accepted: bool | None, is_receipted: bool = False) -> Fate:
    """Return the fate of a message of the outbox; what the partner answered tells most.

    A receipt that was given is not undone: a partner that lost a message and asks for it again may
    not get it again, and has had it all the same.
    """
    if accepted is not None:
        return Fate.ACCEPTED if accepted else Fate.REJECTED
    if is_receipted:
        return Fate.DELIVERED
    return _OF_TRANSMISSION.get(transmission, Fate.ON_ITS_WAY)
