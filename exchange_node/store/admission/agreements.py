"""Versions of agreements that came here, each with what the parties have made of it.

What is kept of a version is its text, and beside it the acts (`acts`); no state is. Text and digest
of a version never change. Several versions stand beside each other, since the next one is agreed
before the last one's dates have run out; which of them covers a message, the gates decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from exchange_node.domain.countersigning.life import Bond, bond_of
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.store.admission import acts
from exchange_node.store.database import add_once
from exchange_node.store.tables import agreement as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from exchange_node.domain.agreement import Agreement


# Made once: it is asked for every message.
_KNOWN = select(table).order_by(table.c.agreement_id, table.c.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVersion:
    """One version of an agreement at this node.

    Attributes:
        text: the TOML as it came here first.
        kept_at, kept_by: when, and who brought it.
        bond: what the acts so far have made of it.
    """

    agreement_id: str
    version: int
    digest: str
    text: str
    kept_at: datetime
    kept_by: str
    bond: Bond


def keep(conn: Connection, agreement: Agreement, text: str, *, by: str, at: datetime) -> bool:
    """Keep the text of a version; return False where this version is held, with whatever text."""
    row = {
        "agreement_id": agreement.agreement_id,
        "version": agreement.version,
        "digest": agreement.digest,
        "text": text,
        "kept_at": at,
        "kept_by": by,
    }
    return add_once(conn, table, row)


def get(conn: Connection, agreement_id: str, version: int) -> KeptVersion:
    """Return one version; nobody else adds an act to it while the transaction lasts.

    Raises:
        UnknownRecordError: it never came here.
    """
    return _one(conn, select(table).with_for_update(), agreement_id, version)


def look(conn: Connection, agreement_id: str, version: int) -> KeptVersion:
    """Return one version as it stands, for who only reads.

    Raises:
        UnknownRecordError: it never came here.
    """
    return _one(conn, select(table), agreement_id, version)


def known(conn: Connection) -> list[KeptVersion]:
    """Return every version that came here, by id and version."""
    done = acts.done(conn)
    return [
        _version(row, bond_of(done.get((row.agreement_id, row.version), ())))
        for row in conn.execute(_KNOWN)
    ]


def _one(conn: Connection, query: Select[Any], agreement_id: str, version: int) -> KeptVersion:
    mine = query.where(table.c.agreement_id == agreement_id, table.c.version == version)
    row = conn.execute(mine).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="agreement", key=f"{agreement_id} version {version}")
    return _version(row, bond_of(acts.done(conn).get((agreement_id, version), ())))


def _version(row: Row[Any], bond: Bond) -> KeptVersion:
    return KeptVersion(
        agreement_id=row.agreement_id,
        version=row.version,
        digest=row.digest,
        text=row.text,
        kept_at=row.kept_at,
        kept_by=row.kept_by,
        bond=bond,
    )
