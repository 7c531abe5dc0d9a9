"""What the view gate has to know of a record: how it is held, and what it came under."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange_node.domain.agreement import Grant, Handling
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.disposal import is_later


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a received record carries of the agreement that it came under.

    Attributes:
        purpose: the one that its message named.
        kept_since: the moment its retention counts from.
        delete_after: when that ends, as the version it came under has it.
    """

    agreement_id: str
    version: int
    grant: str
    purpose: str
    kept_since: datetime
    delete_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A record that somebody wants to see.

    Attributes:
        kind, key: how it is named to people: `manifest`, `7`.
        handling: as its message was marked.
        came: None where it is this administration's own.
        disposed_at: when its content was deleted; None while it is held.
        is_on_hold: whether a legal hold names it.
    """

    kind: str
    key: str
    handling: Handling
    came: Came | None = None
    disposed_at: datetime | None = None
    is_on_hold: bool = False


def terms_of(held: Iterable[HeldAgreement], came: Came, at: datetime) -> tuple[Grant, ...]:
    """Return the grant that a record came under, and what later versions say in its place.

    A later version counts from its first day, as for retention; that it was ended since gives
    nothing back. Nothing is returned where the version that the record came under is not held.
    """
    everything = tuple(held)
    named = (came.agreement_id, came.version)
    under = next(
        (one for one in everything if (one.agreement.agreement_id, one.agreement.version) == named),
        None,
    )
    first = under.agreement.grant(came.grant) if under is not None else None
    if under is None or first is None:
        return ()
    since = (one.agreement.grant(came.grant) for one in everything if is_later(one, under, at))
    return (first, *(one for one in since if one is not None))


def ends(terms: Iterable[Grant], came: Came) -> datetime:
    """Return when the retention of a record ends: as it was stamped, or earlier as agreed since."""
    _, *later = terms
    agreed = [came.kept_since + timedelta(days=one.retention_days) for one in later]
    return min([came.delete_after, *agreed])
