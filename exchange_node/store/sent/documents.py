"""Sealed documents that were sent, as their recipients hold them.

What is filed of a manifest that was sent is the whole of it; what a partner was sent has less in
it, and the seal. The message that took it away is encrypted for the partner alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange_node.store import payloads

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange_node.store.payloads import Vault


def keep(conn: Connection, message_id: str, document: bytes, vault: Vault) -> None:
    """Keep the sealed document of a message; keeping the same again changes nothing.

    Raises:
        StoreError: another one is kept for that message.
    """
    payloads.keep(conn, _payload(message_id), document, vault)


def fetch(conn: Connection, message_id: str, vault: Vault) -> bytes:
    """Return the sealed document of a message, byte for byte.

    Raises:
        UnknownRecordError: none is kept.
    """
    return payloads.fetch(conn, _payload(message_id), vault)


def digest(conn: Connection, message_id: str) -> str:
    """Return the SHA-256 of the sealed document of a message, in hex.

    Raises:
        UnknownRecordError: none is kept.
    """
    return payloads.about(conn, _payload(message_id)).digest


def _payload(message_id: str) -> str:
    return f"sealed/{message_id}"
