"""A manifest is there so long before the goods as its grant says; the desk hears if it is not.

How long is text of the grant (`lead_time_minutes`), by the mode of transport, before the arrival at
the border that the manifest expects. At the sender a duty looks whether the receipt came in time;
the receiver knows as soon as the manifest is there. A later version is not in advance of anything.

Source: SAFE framework, advance cargo information; UZ and TJ protocol of 2019 (two hours by road).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Grant
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.movement import CODES_OF, Event
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.movement.desk import desk_of
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import duties, outbox
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction, HeldManifest

ADVANCE_DUE = "manifest-advance-due"
"""Tell the desk if a manifest of ours was not there in time; `ref`: its number, and when."""

_MODES = {"1": "sea", "2": "rail", "3": "road", "4": "air", "8": "inland_water"}
"""UN/ECE Recommendation 19, as `lead_time_minutes` names them."""


def start(
    conn: Connection, held: HeldManifest, manifest: TransitManifest, grant: Grant, at: datetime
) -> None:
    """Start the clock of a manifest that was filed; of a partner's, `at` is when it came."""
    due = due_at(held, manifest, grant)
    if due is None:
        return
    if held.direction is Direction.SENT:
        duties.leave(conn, ADVANCE_DUE, f"{held.number} {due.isoformat()}", max(due, at))
    elif at > due:
        _tell(conn, held, due, came_at=at, now=at, own=held.exchange.recipient)


def due_at(held: HeldManifest, manifest: TransitManifest, grant: Grant) -> datetime | None:
    """Return when a manifest has to be there; None where no clock says so."""
    means, lead, border = manifest.border_means, grant.lead_time_minutes, manifest.entry_office
    if means is None or lead is None or held.version > 1 or manifest.expected_arrival is None:
        return None
    is_theirs = border[:2].lower() == held.exchange.recipient.removeprefix("customs.")
    if held.exchange.code != CODES_OF[Event.RELEASE] or not is_theirs or means.mode not in _MODES:
        return None
    minutes: int | None = getattr(lead, _MODES[means.mode])
    if minutes is None:
        return None
    return manifest.expected_arrival.astimezone(UTC) - timedelta(minutes=minutes)


def look_after(conn: Connection, ref: str, now: datetime, *, own: str) -> None:
    """Tell the desk of a manifest of ours whose receipt did not come in time."""
    number, due = ref.split(" ")
    held, moment = manifests.get(conn, int(number)), datetime.fromisoformat(due)
    try:
        came_at = outbox.get(conn, held.message_id).receipted_at
    except UnknownRecordError:
        return
    if came_at is None or came_at > moment:
        _tell(conn, held, moment, came_at=came_at, now=now, own=own)


def _tell(
    conn: Connection,
    held: HeldManifest,
    due: datetime,
    *,
    came_at: datetime | None,
    now: datetime,
    own: str,
) -> None:
    expected = held.expected_arrival
    leave_notice(
        conn, "movement.manifest-late", str(held.number), now,
        movement=held.movement, partner=held.partner, owed_by=held.exchange.sender,
        due=due.isoformat(), came=came_at.isoformat() if came_at is not None else "",
        expected=expected.astimezone(UTC).isoformat() if expected is not None else "",
        **desk_of(own, held_agreements(conn)),
    )  # fmt: skip
