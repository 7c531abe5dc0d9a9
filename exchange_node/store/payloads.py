"""Bytes of any size ↔ encrypted chunks.

Each chunk is bound to its payload, its place and the number of chunks, so that chunks cannot be
swapped, left out or moved to another payload; the SHA-256 of the whole is kept beside them. Even
an empty payload has one chunk. A payload that was disposed of keeps its size and its digest.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import and_, bindparam, delete, insert, select, update

from exchange_node.domain.errors import AlteredRecordError, StoreError, UnknownRecordError
from exchange_node.domain.transmission.content import (
    CHUNK_BYTES,
    chunks_of,
    collect,
    pieces_of,
    size_of,
)
from exchange_node.store.database import add_once, reading
from exchange_node.store.tables import payload, payload_chunk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from exchange_node.domain.transmission.content import Content, NewSpool


SLICE = 8
"""Chunks of a large payload that are read at a time (our choice)."""

# Made once: making a statement costs several times what running it does.
_ABOUT = select(payload).where(payload.c.payload_id == bindparam("of"))
_ADD_CHUNK = insert(payload_chunk)
_BEGINNING = (
    select(payload, payload_chunk.c.locked)
    .outerjoin(
        payload_chunk,
        and_(payload_chunk.c.payload_id == payload.c.payload_id, payload_chunk.c.position == 0),
    )
    .where(payload.c.payload_id == bindparam("of"))
)
_CHUNKS = (
    select(payload_chunk.c.locked)
    .where(
        payload_chunk.c.payload_id == bindparam("of"),
        payload_chunk.c.position >= bindparam("at"),
        payload_chunk.c.position < bindparam("end"),
    )
    .order_by(payload_chunk.c.position)
)


class Vault(Protocol):
    """Encrypts what is written to the database and opens what is read from it."""

    def lock(self, plain: bytes, context: str) -> bytes:
        """Return `plain` encrypted and bound to `context` (what it is and whose)."""
        ...

    def unlock(self, locked: bytes, context: str) -> bytes:
        """Return what `lock` was given.

        Raises:
            AlteredRecordError: the key or the context does not fit, or the bytes were altered.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPayload:
    """What is known of a payload without opening it.

    Attributes:
        digest: SHA-256 of the plain bytes, lower-case hex.
        disposed_at: when its bytes were deleted; None while they are held.
    """

    payload_id: str
    size: int
    digest: str
    chunks: int
    disposed_at: datetime | None


def keep(conn: Connection, payload_id: str, content: Content, vault: Vault) -> StoredPayload:
    """Keep bytes under an id; keeping the same bytes again changes nothing.

    Raises:
        StoreError: the id holds other bytes.
    """
    kept = _keep(conn, payload_id, content, vault)
    if kept is not None:
        return kept
    held = about(conn, payload_id)
    if held.digest != digest_of(content):
        raise StoreError(detail=f"payload {payload_id} is kept already with other content")
    return held


def keep_first(conn: Connection, payload_id: str, content: Content, vault: Vault) -> bool:
    """Keep bytes under an id that is free; return whether it was.

    On PostgreSQL this waits for another transaction that is just keeping something under it.
    """
    return _keep(conn, payload_id, content, vault) is not None


def _keep(
    conn: Connection, payload_id: str, content: Content, vault: Vault
) -> StoredPayload | None:
    size, digest = size_of(content), digest_of(content)
    chunks = max(1, -(-size // CHUNK_BYTES))
    values = {"payload_id": payload_id, "size": size, "digest": digest, "chunks": chunks}
    if not add_once(conn, payload, values):
        return None
    for position, plain in enumerate(pieces_of(content, CHUNK_BYTES) if size else (b"",)):
        locked = vault.lock(plain, _context(payload_id, position, chunks))
        conn.execute(_ADD_CHUNK, {"payload_id": payload_id, "position": position, "locked": locked})
    return StoredPayload(
        payload_id=payload_id, size=size, digest=digest, chunks=chunks, disposed_at=None
    )


def digest_of(content: Content) -> str:
    """Return the SHA-256 of the bytes, lower-case hex."""
    made = hashlib.sha256()
    for chunk in chunks_of(content):
        made.update(chunk)
    return made.hexdigest()


def about(conn: Connection, payload_id: str) -> StoredPayload:
    """Return what is known of a payload, whether its bytes are still held or not.

    Raises:
        UnknownRecordError: there never was one of that id.
    """
    row = conn.execute(_ABOUT, {"of": payload_id}).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="payload", key=payload_id)
    return StoredPayload(
        payload_id=row.payload_id,
        size=row.size,
        digest=row.digest,
        chunks=row.chunks,
        disposed_at=row.disposed_at,
    )


def fetch(conn: Connection, payload_id: str, vault: Vault) -> bytes:
    """Return the bytes that were kept.

    Raises:
        UnknownRecordError: none are held under that id, or not any more.
        AlteredRecordError: they are not what was kept, or the key does not fit.
    """
    return b"".join(iter_chunks(conn, payload_id, vault))


def fetch_content(engine: Engine, payload_id: str, vault: Vault, new_spool: NewSpool) -> Content:
    """Return the bytes that were kept, wherever the spool has put them.

    They are read slice by slice, each in a transaction of its own: what is opened and spooled in
    between takes its time, and however many do so at once, connections are left for the others.

    Raises:
        UnknownRecordError: none are held under that id, or not any more.
        AlteredRecordError: they are not what was kept, or the key does not fit.
        StoreFullError: the spool finds no room.
    """
    return collect(_opened(payload_id, _slices(engine, payload_id), vault), new_spool)


def iter_chunks(conn: Connection, payload_id: str, vault: Vault) -> Iterator[bytes]:
    """Yield the bytes chunk by chunk, for what is too large to hold at once.

    Every chunk is checked before it is yielded; that the whole is what was kept is known when
    the iteration ends without an error.

    Raises:
        UnknownRecordError: none are held under that id, or not any more.
        AlteredRecordError: they are not what was kept, or the key does not fit.
    """
    return _opened(payload_id, _locked(conn, payload_id), vault)


def _opened(payload_id: str, rows: Iterator[Row[Any]], vault: Vault) -> Iterator[bytes]:
    """Open a payload's chunks: the first row tells of the payload too, each holds a `locked`."""
    whole = hashlib.sha256()
    held = next(rows)
    for position in range(held.chunks):
        row = next(rows, None) if position else held
        locked = None if row is None else row.locked
        if locked is None:
            raise AlteredRecordError(what=f"payload {payload_id}")
        plain = vault.unlock(locked, _context(payload_id, position, held.chunks))
        whole.update(plain)
        yield plain
    if whole.hexdigest() != held.digest:
        raise AlteredRecordError(what=f"payload {payload_id}")


def _locked(conn: Connection, payload_id: str) -> Iterator[Row[Any]]:
    """Yield a payload's chunks as they are kept, one by one."""
    held = _beginning(conn, payload_id)
    yield held
    for position in range(1, held.chunks):
        yield from conn.execute(_CHUNKS, {"of": payload_id, "at": position, "end": position + 1})


def _slices(engine: Engine, payload_id: str) -> Iterator[Row[Any]]:
    """Yield a payload's chunks as they are kept; no connection is held meanwhile."""
    with reading(engine) as conn:
        held = _beginning(conn, payload_id)
    yield held
    for start in range(1, held.chunks, SLICE):
        asked = {"of": payload_id, "at": start, "end": start + SLICE}
        with reading(engine) as conn:
            found = conn.execute(_CHUNKS, asked).all()
            if len(found) < min(SLICE, held.chunks - start):
                _beginning(conn, payload_id)  # it may have been disposed of meanwhile
        yield from found


def _beginning(conn: Connection, payload_id: str) -> Row[Any]:
    held = conn.execute(_BEGINNING, {"of": payload_id}).one_or_none()
    if held is None or held.disposed_at is not None:
        raise UnknownRecordError(kind="payload", key=payload_id)
    return held


def dispose(conn: Connection, payload_id: str, at: datetime) -> bool:
    """Delete a payload's bytes, keep its size and digest; return whether there were any."""
    done = conn.execute(
        update(payload)
        .where(payload.c.payload_id == payload_id, payload.c.disposed_at.is_(None))
        .values(disposed_at=at)
    )
    conn.execute(delete(payload_chunk).where(payload_chunk.c.payload_id == payload_id))
    return done.rowcount == 1


def erase(conn: Connection, payload_id: str) -> None:
    """Leave nothing of a payload; only for one that no record names."""
    conn.execute(delete(payload_chunk).where(payload_chunk.c.payload_id == payload_id))
    conn.execute(delete(payload).where(payload.c.payload_id == payload_id))


def _context(payload_id: str, position: int, chunks: int) -> str:
    return f"payload {payload_id} {position} {chunks}"
