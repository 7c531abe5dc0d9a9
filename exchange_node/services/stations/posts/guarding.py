"""A message for an office's own node, about to be handed out → it may leave, or is taken back.

Between the moment at which a message is made and the one at which it is pulled the manifest may
have been withdrawn, replaced or disposed of, or its retention may have ended: so the same is asked
again. What leaves is a look at the manifest, by the office, and leaves its line.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.identifiers import PartyId
from exchange_node.domain.message import EXPECTED
from exchange_node.domain.transmission import Cancelled
from exchange_node.services.stations.looking.access_log import look
from exchange_node.services.stations.posts.due import asked_for, tag_of
from exchange_node.store.channels import offices
from exchange_node.store.outgoing import Outgoing

STATEMENT = "office"
"""What kind of statement an office's node is told by."""

ACTION = "look.pulled"


def office_of(partner: str) -> str:
    """Return the code of the office whose own node a partner is."""
    return PartyId.parse(partner).office


def state_in(tag: str) -> str:
    """Return the state of a manifest in the tag of what an office was told of it.

    Whom the office is to trust follows it; a change of that is told by the next message.
    """
    return tag.partition(".")[0]


def reader_at(partner: str) -> Actor:
    """Return who looks at what an office's node pulls: a border post, and at that office alone."""
    return Actor(
        name=partner, roles=frozenset({Role.BORDER_POST}), offices=frozenset({office_of(partner)})
    )


def overtaken(
    conn: Connection, own: Administration, outgoing: Outgoing, now: datetime
) -> Cancelled | None:
    """Return what takes a message for an office back; None where it may be handed out."""
    if outgoing.exchange.code != EXPECTED:
        return None
    partner = outgoing.transmission.partner
    told = offices.carried_by(conn, outgoing.transmission.message_id)
    if told is not None and not told.tag:
        return None
    if told is not None and told.partner == partner:
        office, reader = office_of(partner), reader_at(partner)
        found = asked_for(conn, own, reader, office, [told.manifest], now)
        if any(tag_of(one) == state_in(told.tag) for one in found):
            return None
    return Cancelled(now, "node", "overtaken: what the office expects has changed")


def log_pulled(conn: Connection, outgoing: Outgoing, now: datetime) -> None:
    """Write the line of a look for what an office's node is handed."""
    told = offices.carried_by(conn, outgoing.transmission.message_id)
    if outgoing.exchange.code != EXPECTED or told is None:
        return
    partner = outgoing.transmission.partner
    look(
        conn,
        reader_at(partner),
        now,
        ACTION,
        "manifest",
        str(told.manifest),
        movement=told.movement,
        office=office_of(partner),
        told="expected" if told.tag else "no longer expected",
        pulled=str(told.tries),
    )
