"""What a border post asks again and again: who is coming."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from exchange_node.domain.access import Actor
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.domain.identifiers import folded
from exchange_node.domain.moments import window
from exchange_node.services.enquiry.desk import Desk
from exchange_node.services.enquiry.manifests import AT_THE_BORDER, secret_alerts
from exchange_node.services.stations.looking import views
from exchange_node.services.stations.looking.gate import (
    Looked,
    manifest_looked_at,
    require_purpose,
    require_role,
    sifted,
)
from exchange_node.services.stations.looking.views import View
from exchange_node.store.database import reading
from exchange_node.store.records.held import HeldManifest

BACK, AHEAD = timedelta(days=1), timedelta(days=2)
"""How far an office looks that names no moments (our choice): who is late is still expected."""

_AFTER = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")

Due = tuple[datetime, HeldManifest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of what is expected.

    Attributes:
        tag: changes whenever anything on the page does, and for nothing else.
        view: the page; None where the asker has it already.
        as_of: at an office's own node, up to when that is all there is to tell; None elsewhere.
    """

    tag: str
    view: View | None
    as_of: str | None = None


def expected(
    desk: Desk,
    actor: Actor,
    office: str,
    *,
    begin: datetime | None,
    end: datetime | None,
    limit: int,
    after: str,
    known: Collection[str],
    purpose: str,
) -> Page:
    """Return what is expected at an office and may be shown; see `Enquiry.expected`.

    Raises:
        RoleError, NotPermittedError, UnusableQueryError: as `Enquiry.expected`.
    """
    action, now = "look.expected", desk.clock()
    require_role(desk.engine, actor, now, *AT_THE_BORDER, action=action, kind="manifest")
    require_purpose(desk.engine, actor, now, purpose, action=action, kind="manifest")
    at = folded(office)
    if not at:
        raise UnusableQueryError(what="office", why="name one")
    bounds = _bounds(begin, end, now)
    begins = _read_after(after)
    with reading(desk.engine) as conn:

        def page(last: Due | None) -> Sequence[Due]:
            behind = (last[0], last[1].number) if last else begins
            return desk.expected(conn, at, window=bounds, after=behind, limit=limit)

        found = sifted(conn, actor, now, page, _looked_at, limit=limit, purpose=purpose)
        shown = [one for _, one in found.shown]
        kept_back = secret_alerts(conn, actor, shown, now)
        age, missing = desk.age(conn), desk.missing(conn)
    view: View = {
        "expected": [_line(one, due, views.arrival(one, kept_back)) for due, one in found.shown],
        "not_covered": found.not_covered,
        "next": _write_after(found.last) if found.last else None,
        **missing,
    }
    tag = _tag(view)
    is_known = tag in known or "*" in known
    said = ({"purpose": purpose} if purpose else {}) | ({"unchanged": "yes"} if is_known else {})
    # Whoever is told that nothing has changed has looked at all of it again.
    desk.listed(actor, action, shown, asked=f"office {at}", **found.facts, **said)
    return Page(tag=tag, view=None if is_known else view | age, as_of=age.get("as_of"))


_LINE = (
    "number", "movement", "all_means", "equipment", "received_at", "test", "channel", "to_confirm",
    "reasons", "stated_at",
)  # fmt: skip


def _line(one: HeldManifest, due: datetime, whole: View) -> View:
    """Return a manifest as a line of what is expected: small, for a slow line.

    `missing` names what an officer looks for and the manifest does not tell.
    """
    parts = {
        "mrn": one.mrn,
        "expected_arrival": one.expected_arrival,
        "means": one.means,
        "seals": one.seals,
    }
    return {name: whole[name] for name in _LINE if name in whole} | {
        "due_at": due.isoformat(),
        "seals": len(one.seals),
        "missing": [name for name, value in parts.items() if not value],
    }


def _looked_at(one: Due) -> Looked:
    return manifest_looked_at(one[1])


def _bounds(
    begin: datetime | None, end: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    window(begin, end)
    start = begin.astimezone(UTC) if begin else now - BACK
    try:
        return start, end or max(start, now) + AHEAD
    except OverflowError:
        raise UnusableQueryError(what="begin", why="it is at the end of the calendar") from None


def _tag(view: View) -> str:
    plain = json.dumps(view, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()[:32]


def _write_after(last: Due) -> str:
    """Return where a page ends: microseconds of POSIX time, and the number."""
    due, one = last
    return f"{(due - _EPOCH) // timedelta(microseconds=1)}.{one.number}"


def _read_after(text: str) -> tuple[datetime, int] | None:
    if not text:
        return None
    parts = _AFTER.fullmatch(text)
    if parts is None:
        raise UnusableQueryError(what="after", why="want the `next` of the page before")
    try:
        return _EPOCH + timedelta(microseconds=int(parts[1])), int(parts[2])
    except OverflowError:
        raise UnusableQueryError(what="after", why="it is beyond the calendar") from None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
