"""API tokens: the digest of each, whose it is, what it may do and until when.

The token itself is shown once and never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from exchange_node.store.database import add_once
from exchange_node.store.tables import token as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token that was given out.

    Attributes:
        digest: SHA-256 of the token, lower-case hex.
        name: whose it is; unique for good, since the audit names it.
        roles: what it may do, in order of the alphabet.
        purposes: what its bearer works for; empty where the roles say it.
        offices: codes of the customs offices its bearer sits at.
    """

    digest: str
    name: str
    roles: tuple[str, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None = None
    purposes: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()

    def is_valid(self, at: datetime) -> bool:
        """Whether it opens a door at a moment."""
        return self.revoked_at is None and self.created_at <= at < self.expires_at


def add(conn: Connection, token: Token) -> bool:
    """Record a token; return False where its name or its digest was used before."""
    row = {
        "digest": token.digest,
        "name": token.name,
        "roles": sorted(token.roles),
        "purposes": sorted(token.purposes),
        "offices": sorted(token.offices),
        "created_at": token.created_at,
        "created_by": token.created_by,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }
    return add_once(conn, table, row)


def by_digest(conn: Connection, digest: str) -> Token | None:
    """Return the token of a digest, valid or not; ask `is_valid`."""
    row = conn.execute(select(table).where(table.c.digest == digest)).one_or_none()
    return None if row is None else _token(row)


def known(conn: Connection) -> list[Token]:
    """Return every token that was given out, by name."""
    return [_token(row) for row in conn.execute(select(table).order_by(table.c.name))]


def revoke(conn: Connection, name: str, at: datetime) -> bool:
    """Withdraw a token; return False where there is none of that name, or it was withdrawn."""
    done = conn.execute(
        update(table)
        .where(table.c.name == name, table.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return done.rowcount == 1


def _token(row: Row[Any]) -> Token:
    return Token(
        digest=row.digest,
        name=row.name,
        roles=tuple(row.roles),
        purposes=tuple(row.purposes),
        offices=tuple(row.offices),
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
