"""Which alert fitted which manifest, and why.

An alert is matched against the manifests that are held, and a manifest against the alerts. Were
both filed at the same moment in two transactions, neither would see the other and the hit would
be lost; so filing queues: manifests beside each other, an alert alone. (SQLite has one writer and
ignores the lock clause.)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.store.database import add_once
from exchange_node.store.tables import hit as table
from exchange_node.store.tables import node_meta
from exchange_node.store.tables.values import hit_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from exchange_node.domain.decision import Hit

# Made once: making a statement costs several times what running it does.
_OF_MANIFEST = (
    select(table)
    .where(table.c.manifest == bindparam("of"))
    .order_by(table.c.alert, table.c.subject)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedHit:
    """A hit: the numbers of alert and manifest, the reasons, and when it was found."""

    alert: int
    manifest: int
    hit: Hit
    at: datetime

    @property
    def hit_id(self) -> str:
        """What a hit is asked for by: the numbers of alert and manifest, and the subject."""
        return f"{self.alert}-{self.manifest}-{self.hit.subject}"


def queue_as_manifest(conn: Connection) -> None:
    """Wait until no alert is being filed; alerts then wait until this transaction ends."""
    conn.execute(_GATE.with_for_update(read=True))


def queue_as_alert(conn: Connection) -> None:
    """Wait until nothing is being filed; everything then waits until this transaction ends."""
    conn.execute(_GATE.with_for_update())


_GATE = select(node_meta.c.value).where(node_meta.c.name == "matching")


def record(conn: Connection, *, alert: int, manifest: int, hit: Hit, at: datetime) -> bool:
    """Record a hit; return False where this subject hit this manifest before."""
    row = {
        "alert": alert,
        "manifest": manifest,
        "subject": hit.subject,
        "reasons": asdict(hit),
        "at": at,
    }
    return add_once(conn, table, row)


def of_manifest(conn: Connection, manifest: int) -> list[RecordedHit]:
    """Return what hit a manifest, by alert and subject."""
    return [_hit(row) for row in conn.execute(_OF_MANIFEST, {"of": manifest})]


def of_alert(conn: Connection, alert: int) -> list[RecordedHit]:
    """Return what an alert hit, by manifest and subject."""
    rows = conn.execute(
        select(table).where(table.c.alert == alert).order_by(table.c.manifest, table.c.subject)
    )
    return [_hit(row) for row in rows]


def first_unanswered(
    conn: Connection, alert: int, after: datetime | None, but: Collection[int]
) -> datetime | None:
    """Return when an alert first hit, after a moment, a manifest that is not among some."""
    query = select(func.min(table.c.at)).where(table.c.alert == alert)
    if after is not None:
        query = query.where(table.c.at > after)
    if but:
        query = query.where(table.c.manifest.not_in(but))
    found: datetime | None = conn.execute(query).scalar_one()
    return found


def get(conn: Connection, alert: int, manifest: int, subject: int) -> RecordedHit:
    """Return a hit by the numbers of its alert, its manifest and the subject.

    Raises:
        UnknownRecordError: there is none.
    """
    row = conn.execute(
        select(table).where(
            table.c.alert == alert, table.c.manifest == manifest, table.c.subject == subject
        )
    ).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="hit", key=f"{alert}-{manifest}-{subject}")
    return _hit(row)


def empty(conn: Connection, mine: ColumnElement[bool]) -> None:
    """Take the values out of the hits of a manifest or of an alert: `mine` says which."""
    for row in conn.execute(select(table).where(mine)).all():
        conn.execute(
            update(table)
            .where(
                table.c.alert == row.alert, table.c.manifest == row.manifest,
                table.c.subject == row.subject,
            )
            .values(reasons=emptied(row.reasons))
        )  # fmt: skip


def emptied(hit_or_reasons: dict[str, Any]) -> dict[str, Any]:
    """Return a hit that still says which criteria fitted and how well: the channel rests on it."""
    kept = ("criterion", "score")
    matches = [
        {name: value if name in kept else "" for name, value in one.items()}
        for one in hit_or_reasons["matches"]
    ]
    return {**hit_or_reasons, "matches": matches}


def _hit(row: Row[Any]) -> RecordedHit:
    return RecordedHit(alert=row.alert, manifest=row.manifest, hit=hit_of(row.reasons), at=row.at)
