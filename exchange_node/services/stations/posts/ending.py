"""What an office's own node was told and holds no longer → nothing of it is left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.retention import Kept
from exchange_node.store.channels import entries
from exchange_node.store.channels.entries import Pulled
from exchange_node.store.retention import disposals, holds


def is_on_hold(conn: Connection, kept: Pulled) -> bool:
    """Whether a legal hold names the movement that something was told of."""
    return holds.standing(conn, Kept.MANIFEST, kept.movement) is not None


def forget_message(conn: Connection, kept: Pulled, at: datetime) -> None:
    """Delete the message that told what does not hold any more, unless it tells what does."""
    if kept.document_id and not entries.is_carried_by(conn, kept.partner, kept.message_id):
        disposals.forget_message(conn, kept.partner, kept.message_id, at)


def forget_ended(conn: Connection, one: Pulled, at: datetime) -> bool:
    """Leave nothing of what is over, or gone and held back no longer; return whether it went."""
    kept = entries.locked(conn, one.partner, one.manifest)
    # Whoever places a hold locks the row as well; what was told anew meanwhile stays.
    if kept != one or is_on_hold(conn, one):
        return False
    entries.erase(conn, one)
    forget_message(conn, one, at)
    return True
