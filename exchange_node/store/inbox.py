"""Messages that arrived: kept once → claimed → filed, refused or parked.

The key is the sender's party id with its message id (OASIS AS4 Profile 1.0, section 3.2). The row,
the document and the reply are committed together before the reply leaves; a repeat is given that
first reply again, whatever has happened since. What the header gate refuses is remembered with
its digest and verdict, without its payload.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, update

from exchange_node.domain.errors import AlteredRecordError, UnknownRecordError
from exchange_node.store import payloads
from exchange_node.store.database import add_once
from exchange_node.store.incoming import Incoming, Reply, Seen, State, incoming_of, row_values
from exchange_node.store.records import attachments as attached
from exchange_node.store.tables import inbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from exchange_node.domain.transmission.content import Content
    from exchange_node.store.payloads import Vault
    from exchange_node.store.records.attachments import Attachment


# Made once: making a statement costs several times what running it does.
_ONE = select(inbox).where(inbox.c.sender == bindparam("by"), inbox.c.message_id == bindparam("of"))


_WAITING = (
    select(inbox)
    .where(
        inbox.c.state == State.KEPT,
        or_(inbox.c.leased_until.is_(None), inbox.c.leased_until <= bindparam("now")),
    )
    .limit(bindparam("most"))
)
_IS_WAITING = _WAITING.with_only_columns(inbox.c.number)
_OLDEST = _WAITING.order_by(inbox.c.number).with_for_update(skip_locked=True)
_BY_LANE = _WAITING.order_by(inbox.c.lane, inbox.c.number).with_for_update(skip_locked=True)
_LEASE = (
    update(inbox)
    .where(inbox.c.number.in_(bindparam("rows", expanding=True)))
    .values(leased_until=bindparam("until"), attempts=inbox.c.attempts + 1)
)


def seen(conn: Connection, sender: str, message_id: str, vault: Vault) -> Seen | None:
    """Return what was made of an earlier message of that sender and id, if there was one.

    Raises:
        AlteredRecordError: the stored reply is not what was kept.
    """
    row = conn.execute(_ONE, {"by": sender, "of": message_id}).one_or_none()
    if row is None:
        return None
    return Seen(
        digest=row.digest,
        state=State(row.state),
        received_at=row.received_at,
        reply=Reply(
            status=row.reply_status,
            content_type=row.reply_content_type,
            content=payloads.fetch(conn, row.reply_id, vault),
        ),
    )


def keep(
    conn: Connection,
    incoming: Incoming,
    document: Content | None,
    reply: Reply,
    vault: Vault,
    attachments: Sequence[Attachment] = (),
) -> Seen | None:
    """Keep a message with all it brought and the reply that it gets; None says that it is kept.

    Where the same sender's message id is there already, even by a transaction that was quicker
    by a moment, nothing is kept and the earlier one is returned; `repeated` counts it.

    Raises:
        AlteredRecordError: the earlier reply is not what was kept.
    """
    name = f"inbox/{incoming.sender}/{incoming.message_id}"
    # The reply goes first: its id is what two deliveries of one message compete for. No document
    # has such an id, whatever message id a partner thinks of.
    reply_id = f"inbox-reply/{incoming.sender}/{incoming.message_id}"
    added: list[str] = []
    for payload_id, content in ((reply_id, reply.content), (name, document)):
        if content is None:
            continue
        if not payloads.keep_first(conn, payload_id, content, vault):
            return _earlier(conn, incoming, vault, added)
        added.append(payload_id)
    document_id = None if document is None else name
    row = row_values(incoming, reply, payload_id=document_id, reply_id=reply_id)
    if not add_once(conn, inbox, row):
        return _earlier(conn, incoming, vault, added)
    attached.keep(conn, incoming.sender, incoming.message_id, attachments, vault)
    return None


def _earlier(conn: Connection, incoming: Incoming, vault: Vault, added: Sequence[str]) -> Seen:
    """Return the message that is there already, and leave nothing of the one that is not kept.

    Some of that one may have been added: earlier builds gave replies ids of another form,
    so that it is the document, or the row, that shows the earlier message of such a database.
    """
    for payload_id in added:
        payloads.erase(conn, payload_id)
    earlier = seen(conn, incoming.sender, incoming.message_id, vault)
    if earlier is None:
        raise AlteredRecordError(what=f"the message {incoming.message_id} of {incoming.sender}")
    return earlier


def repeated(conn: Connection, sender: str, message_id: str, at: datetime) -> None:
    """Count a repeat of a message."""
    conn.execute(
        update(inbox)
        .where(*_named(sender, message_id))
        .values(repeats=inbox.c.repeats + 1, last_repeat_at=at)
    )


def may_claim(conn: Connection, now: datetime) -> bool:
    """Return whether a message waits to be filed; to learn that, nothing is locked."""
    return conn.execute(_IS_WAITING, {"now": now, "most": 1}).first() is not None


def claim_kept(
    conn: Connection, now: datetime, lease: timedelta, limit: int, *, by_lane: bool = True
) -> list[Incoming]:
    """Take up to `limit` messages that wait to be filed, in the order in which they came.

    Alerts go before the rest, unless `by_lane` is not asked for.

    Nobody else is given them before `now + lease`; `settle` ends the matter. `attempts` tells how
    often one was taken before, so that a message that brings its worker down can be parked.
    """
    rows = conn.execute(_BY_LANE if by_lane else _OLDEST, {"now": now, "most": limit}).all()
    if rows:
        numbers = [row.number for row in rows]
        conn.execute(_LEASE, {"rows": numbers, "until": now + lease})
    return [incoming_of(row) for row in rows]


def spare(conn: Connection, incoming: Incoming) -> None:
    """Let the attempt under way not count: what failed was not the message. Its lease stays."""
    conn.execute(
        update(inbox)
        .where(*_named(incoming.sender, incoming.message_id))
        .values(attempts=incoming.attempts)
    )


def settle(
    conn: Connection,
    incoming: Incoming,
    to: State,
    *,
    at: datetime,
    verdict: Mapping[str, str] = MappingProxyType({}),
) -> bool:
    """Say what became of a message that was kept or parked; return whether it was still open.

    The walk that files asks this first, in the transaction that files: where another worker was
    quicker it is told so and leaves everything as it is. KEPT lets a parked message go on.
    """
    done = conn.execute(
        update(inbox)
        .where(
            *_named(incoming.sender, incoming.message_id),
            inbox.c.state.in_((State.KEPT, State.PARKED)),
        )
        .values(
            state=to,
            verdict=dict(verdict),
            leased_until=None,
            settled_at=at if to in {State.FILED, State.REFUSED} else None,
        )
    )
    return done.rowcount == 1


def get(conn: Connection, sender: str, message_id: str) -> Incoming:
    """Return a message.

    Raises:
        UnknownRecordError: none came from that sender under that id.
    """
    row = conn.execute(_ONE, {"by": sender, "of": message_id}).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="message", key=message_id)
    return incoming_of(row)


def search(
    conn: Connection,
    *,
    sender: str = "",
    message_id: str = "",
    state: State | None = None,
    after: int = 0,
    limit: int,
) -> list[Incoming]:
    """Return messages, the newest first; `after` is the last number of the page before."""
    query = select(inbox).order_by(inbox.c.number.desc()).limit(limit)
    if sender:
        query = query.where(inbox.c.sender == sender)
    if message_id:
        query = query.where(inbox.c.message_id == message_id)
    if state is not None:
        query = query.where(inbox.c.state == state)
    if after:
        query = query.where(inbox.c.number < after)
    return [incoming_of(row) for row in conn.execute(query)]


def _named(sender: str, message_id: str) -> tuple[Any, Any]:
    return inbox.c.sender == sender, inbox.c.message_id == message_id
