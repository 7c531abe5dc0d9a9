"""Agreements that an operator activated: active ⇄ suspended → ended.

What is activated is one text: its version and digest stay what they were. Several versions of one
agreement may be active, since the next one is activated before the last one's dates have run out;
which of them covers a message, its dates and the digest that both sides name decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from exchange_node.domain.agreement import ActivationState
from exchange_node.domain.errors import InvalidAgreementError, UnknownRecordError
from exchange_node.store.database import add_once
from exchange_node.store.tables import agreement as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from exchange_node.domain.agreement import Agreement


# Made once: it is asked for every message.
_KNOWN = select(table).order_by(table.c.agreement_id, table.c.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """One version of an agreement at this node.

    Attributes:
        text: the TOML as it was activated.
        changed_at, changed_by, why: the last change of state.
    """

    agreement_id: str
    version: int
    digest: str
    text: str
    state: ActivationState
    changed_at: datetime
    changed_by: str
    why: str


def activate(conn: Connection, agreement: Agreement, text: str, *, by: str, at: datetime) -> bool:
    """Activate a version, or a suspended one again; return False where it is active already.

    Raises:
        InvalidAgreementError: this version was activated with another text, or has ended.
    """
    row = {
        "agreement_id": agreement.agreement_id,
        "version": agreement.version,
        "digest": agreement.digest,
        "text": text,
        "state": ActivationState.ACTIVE,
        "changed_at": at,
        "changed_by": by,
        "why": "",
    }
    if add_once(conn, table, row):
        return True
    held = get(conn, agreement.agreement_id, agreement.version)
    if held.digest != agreement.digest:
        raise InvalidAgreementError(
            which=agreement.agreement_id,
            place="version",
            why=f"version {agreement.version} was activated with another text; count it up",
        )
    if held.state is ActivationState.ENDED:
        raise InvalidAgreementError(
            which=agreement.agreement_id,
            place="version",
            why=f"version {agreement.version} has ended at this node; count it up",
        )
    return _change(
        conn, held, ActivationState.ACTIVE, from_=(ActivationState.SUSPENDED,), by=by, at=at, why=""
    )


def suspend(
    conn: Connection, agreement_id: str, version: int, *, by: str, at: datetime, why: str
) -> bool:
    """Suspend an active version; return False where it is not active.

    Raises:
        UnknownRecordError: it was never activated here.
    """
    held = get(conn, agreement_id, version)
    active = (ActivationState.ACTIVE,)
    return _change(conn, held, ActivationState.SUSPENDED, from_=active, by=by, at=at, why=why)


def end(
    conn: Connection, agreement_id: str, version: int, *, by: str, at: datetime, why: str
) -> bool:
    """End a version for good; return False where it has ended already.

    Raises:
        UnknownRecordError: it was never activated here.
    """
    held = get(conn, agreement_id, version)
    alive = (ActivationState.ACTIVE, ActivationState.SUSPENDED)
    return _change(conn, held, ActivationState.ENDED, from_=alive, by=by, at=at, why=why)


def get(conn: Connection, agreement_id: str, version: int) -> Activation:
    """Return one version.

    Raises:
        UnknownRecordError: it was never activated here.
    """
    row = conn.execute(
        select(table).where(table.c.agreement_id == agreement_id, table.c.version == version)
    ).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="agreement", key=f"{agreement_id} version {version}")
    return _activation(row)


def active(conn: Connection) -> list[Activation]:
    """Return the active versions."""
    return [one for one in known(conn) if one.state is ActivationState.ACTIVE]


def known(conn: Connection) -> list[Activation]:
    """Return every version that was ever activated here, by id and version."""
    return [_activation(row) for row in conn.execute(_KNOWN)]


def _change(
    conn: Connection,
    held: Activation,
    to: ActivationState,
    *,
    from_: tuple[ActivationState, ...],
    by: str,
    at: datetime,
    why: str,
) -> bool:
    changed = conn.execute(
        update(table)
        .where(
            table.c.agreement_id == held.agreement_id,
            table.c.version == held.version,
            table.c.state.in_(from_),
        )
        .values(state=to, changed_at=at, changed_by=by, why=why)
    )
    return changed.rowcount == 1


def _activation(row: Row[Any]) -> Activation:
    return Activation(
        agreement_id=row.agreement_id,
        version=row.version,
        digest=row.digest,
        text=row.text,
        state=ActivationState(row.state),
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        why=row.why,
    )
