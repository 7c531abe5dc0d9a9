"""What came with a document: scans, certificates; kept with its message, opened one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from exchange_node.store import payloads
from exchange_node.store.tables import inbox_attachment, payload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from exchange_node.domain import message as domain
    from exchange_node.domain.transmission.content import Content
    from exchange_node.store.payloads import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What came with a document.

    Attributes:
        name: of the file, where the sender gave one.
    """

    content_id: str
    mime_type: str
    content: Content = field(repr=False)
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAttachment:
    """What is known of an attachment without opening it.

    Attributes:
        position: from 1, in the order of the message.
        digest: SHA-256 of the plain bytes, lower-case hex.
        is_held: whether its bytes are still there.
    """

    position: int
    content_id: str
    mime_type: str
    name: str
    payload_id: str
    size: int
    digest: str
    is_held: bool


def keep(
    conn: Connection, sender: str, message_id: str, attachments: Iterable[Attachment], vault: Vault
) -> None:
    """Keep what came with a document, in the transaction that keeps the document."""
    for position, one in enumerate(attachments, start=1):
        # A message id may hold a slash, and so end like another's: it stands last.
        payload_id = f"inbox-attachment/{position}/{sender}/{message_id}"
        payloads.keep(conn, payload_id, one.content, vault)
        conn.execute(
            insert(inbox_attachment).values(
                sender=sender,
                message_id=message_id,
                position=position,
                content_id=one.content_id,
                mime_type=one.mime_type,
                name=one.name,
                payload_id=payload_id,
            )
        )


def of_message(conn: Connection, sender: str, message_id: str) -> list[KeptAttachment]:
    """Return what came with the document of a message, in its order."""
    kept = inbox_attachment
    rows = conn.execute(
        select(kept, payload.c.size, payload.c.digest, payload.c.disposed_at)
        .join(payload, payload.c.payload_id == kept.c.payload_id)
        .where(kept.c.sender == sender, kept.c.message_id == message_id)
        .order_by(kept.c.position)
    )
    return [
        KeptAttachment(
            position=row.position,
            content_id=row.content_id,
            mime_type=row.mime_type,
            name=row.name,
            payload_id=row.payload_id,
            size=row.size,
            digest=row.digest,
            is_held=row.disposed_at is None,
        )
        for row in rows
    ]


def name(
    conn: Connection, sender: str, message_id: str, attachments: Iterable[domain.Attachment]
) -> None:
    """Give what came with a document the names that the document gives it."""
    for one in attachments:
        if one.name:
            conn.execute(
                update(inbox_attachment)
                .where(
                    inbox_attachment.c.sender == sender,
                    inbox_attachment.c.message_id == message_id,
                    inbox_attachment.c.content_id == one.content_id,
                )
                .values(name=one.name)
            )
