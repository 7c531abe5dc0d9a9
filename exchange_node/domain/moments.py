"""Two moments of which either may be missing → a stretch of time to look in."""

from __future__ import annotations

from datetime import UTC, datetime

from exchange_node.domain.errors import UnusableQueryError

_FIRST = datetime.fromisoformat("0001-01-02T00:00:00+00:00")
_LAST = datetime.fromisoformat("9999-12-30T00:00:00+00:00")


def window(begin: datetime | None, end: datetime | None) -> tuple[datetime, datetime] | None:
    """Return from when to when; None where neither is named.

    Raises:
        UnusableQueryError: a moment has no offset, or no name in UTC.
    """
    for name, moment in (("begin", begin), ("end", end)):
        if moment is not None and not _is_moment(moment):
            raise UnusableQueryError(what=name, why="want a moment with its offset")
    if begin is None and end is None:
        return None
    return begin or _FIRST, end or _LAST


def _is_moment(moment: datetime) -> bool:
    try:
        return moment.tzinfo is not None and moment.astimezone(UTC) is not None
    except OverflowError:
        return False
