"""A crossing that a post recorded of a movement that nobody knows here → kept, asked for, told.

Who sent the goods off is asked once, as for a message that waits. What has not come to be known in
its time is a wrong number, most likely: the desk is told, and an officer puts it right or drops it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import NodeError, UnknownRecordError, UnplacedRecordError
from exchange_node.domain.identifiers import MovementId, PartyId
from exchange_node.domain.movement import CODES_OF, Event
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.movement.desk import desk_of
from exchange_node.services.stations.movement.errands import Missing, leave_ask
from exchange_node.services.stations.movement.following import official_number
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import duties
from exchange_node.store.movements import posted, views
from exchange_node.store.movements.posted import Posted

POST_DUE = "post-record-due"
"""Call the movement of a post's record unknown, unless it is known by now; `ref`: the record."""

LOOK_AGAIN = timedelta(hours=1)
"""How often is looked again whether the post has handed over what is known by now (our choice)."""

_ELSEWHERE = "XX"
"""The country of a number that does not tell one."""


def keep(conn: Connection, own: Administration, one: Posted, now: datetime) -> Posted:
    """Keep a record for the first time, with its clock, and have its movement asked for.

    Handed over again it is as it was; return it as it stands.
    """
    if not posted.add(conn, one):
        return posted.get(conn, one.record_id) or one
    duties.leave(conn, POST_DUE, one.record_id, one.until)
    number = official_number(one.movement)
    country = MovementId.of_number(_ELSEWHERE, number).country
    if country not in (_ELSEWHERE, own.country):
        missing = Missing(
            sender=f"post {one.office}",
            message_id=one.record_id,
            number=number,
            ask=[str(PartyId.of_country(country))],
            what=f"{Event.RELEASE.value} ({CODES_OF[Event.RELEASE]})",
        )
        leave_ask(conn, missing, now)
    return one


def why_not(one: Posted) -> NodeError:
    """Return why a record is not told yet, or not at all."""
    if one.unknown_since is None:
        return UnknownRecordError(kind="movement", key=one.movement)
    return UnplacedRecordError(movement=one.movement, until=one.until.isoformat())


def forget(conn: Connection, record_id: str) -> None:
    """Forget a record: it was told, or dropped."""
    duties.drop(conn, POST_DUE, record_id)
    posted.forget(conn, record_id)


def look_after(
    conn: Connection, record_id: str, now: datetime, own: Administration
) -> datetime | None:
    """Tell the desk of a record whose movement did not come to be known; or when to look again."""
    one = posted.get(conn, record_id)
    if one is None:
        return None
    if views.by_number(conn, official_number(one.movement), test=own.test):
        return now + LOOK_AGAIN  # the post hands it over as soon as its line is up
    posted.give_up(conn, record_id, now)
    leave_notice(
        conn, "post.unknown", record_id, now,
        office=one.office, record=record_id, recorded_as=one.movement,
        handed_over=one.handed_over_at.isoformat(),
        **desk_of(str(own.party), held_agreements(conn)),
    )  # fmt: skip
    return None
