"""What an authority says of a certificate at a moment: good, revoked, or nothing to be believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CLOCK_SKEW = timedelta(minutes=10)
"""How far an authority's clock may differ from ours, unless a setting says else (our choice)."""

LONGEST_WITHOUT_END = timedelta(hours=24)
"""How long an answer that names no next one is believed (our choice; RFC 6960, 4.2.2.1)."""


class Doubt(StrEnum):
    """Why an answer is not believed, or there is none."""

    UNREACHABLE = "unreachable"
    NO_SOURCE = "no-source"
    MALFORMED = "malformed"
    WRONG_SIGNER = "wrong-signer"
    OUT_OF_SCOPE = "out-of-scope"
    STALE = "stale"
    FROM_THE_FUTURE = "from-the-future"
    NOT_KNOWN = "not-known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """Not revoked, as of `since`; the next word is due by `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """Revoked; `reason` is the authority's, in the words of RFC 5280, section 5.3.1."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nothing that could be believed; `why` is for the operator."""

    doubt: Doubt
    why: str


Status = Good | Revoked | Unknown


def timeliness(
    *, since: datetime, until: datetime | None, at: datetime, tolerance: timedelta
) -> Good | Unknown:
    """Return whether an answer made at `since`, with the next one due at `until`, holds at `at`."""
    end = until if until is not None else since + LONGEST_WITHOUT_END
    if since > at + tolerance:
        why = (
            f"it was made at {since.isoformat()}, which is {_span(since - at)} after this machine's"
            f" {at.isoformat(timespec='seconds')}: this machine's clock or the authority's is off"
        )
        return Unknown(doubt=Doubt.FROM_THE_FUTURE, why=why)
    if end + tolerance < at:
        why = (
            f"the next one was due at {end.isoformat()}, {_span(at - end)} before this machine's"
            f" {at.isoformat(timespec='seconds')}: the authority is late, or this machine's clock"
            " is off"
        )
        return Unknown(doubt=Doubt.STALE, why=why)
    return Good(since=since, until=end)


def _span(span: timedelta) -> str:
    return str(timedelta(seconds=round(span.total_seconds())))
