"""An alert of ours that belongs to a joint operation → whether it may, and whom it may go to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.alert import WITHDRAWAL, RiskAlert
from exchange_node.domain.errors import InvalidAlertError
from exchange_node.services.stations.looking.views import View
from exchange_node.store.alerting import operations
from exchange_node.store.alerting.operations import HeldOperation


def require_joined(conn: Connection, alert: RiskAlert, at: datetime) -> None:
    """Pass an alert of ours that belongs to no operation, or to an open one that it ends with.

    Raises:
        InvalidAlertError: the operation is unknown here, closed or over, or the alert outlives it.
    """
    if not alert.operation or alert.function == WITHDRAWAL:
        return
    one = opened(conn, alert.operation, at)
    if alert.valid_until > one.operation.ends:
        why = (
            f"operation {alert.operation} ends on {one.operation.ends.isoformat()}, and the alert"
            f" on {alert.valid_until.isoformat()}: let it end with the operation, or issue it"
            " without"
        )
        raise InvalidAlertError(why=why)


def opened(conn: Connection, reference: str, at: datetime) -> HeldOperation:
    """Return an operation under which alerts may be issued now.

    Raises:
        InvalidAlertError: it is unknown here, closed or over.
    """
    one = operations.find(conn, reference)
    if one is None:
        why = f"operation {reference} is unknown here: open it first (exchange-node operation open)"
        raise InvalidAlertError(why=why)
    if one.closed_at is not None:
        why = f"operation {reference} was closed on {one.closed_at.isoformat()}"
        raise InvalidAlertError(why=why)
    if not one.is_open(at):
        why = f"operation {reference} ended on {one.operation.ends.isoformat()}"
        raise InvalidAlertError(why=why)
    return one


def addressed(
    conn: Connection, reference: str, to: Iterable[str], own: str, at: datetime
) -> tuple[str, ...]:
    """Return whom an alert goes to: those named, or where none is, all others of its operation.

    Raises:
        InvalidAlertError: somebody named takes no part in it; or as `opened`.
    """
    named = tuple(dict.fromkeys(to))
    if not reference:
        return named
    one = opened(conn, reference, at)
    members = [party for party in one.operation.members if party != own]
    if strangers := [party for party in named if party not in members]:
        why = (
            f"{', '.join(strangers)} takes no part in operation {reference}, which is of"
            f" {', '.join(one.operation.members)}: send what concerns it in an alert of its own"
        )
        raise InvalidAlertError(why=why)
    return named or tuple(members)


def joint_operation(conn: Connection, reference: str, at: datetime) -> View | None:
    """Return what is known here of the operation that an alert belongs to; None for none."""
    if not reference:
        return None
    held = operations.find(conn, reference)
    return shown(held, at) if held else unknown(reference)


def shown(one: HeldOperation, at: datetime) -> View:
    """Return an operation as plain values."""
    operation = one.operation
    state = "closed" if one.closed_at else "open" if one.is_open(at) else "over"
    return {
        "reference": operation.reference,
        "known": True,
        "name": operation.name,
        "lead": operation.lead,
        "partners": list(operation.partners),
        "begins": operation.begins.isoformat(),
        "ends": operation.ends.isoformat(),
        "purpose": operation.purpose,
        "state": state,
        "opened_by": one.opened_by,
        "closed_at": one.closed_at.isoformat() if one.closed_at else None,
        "why": one.why,
    }


def unknown(reference: str) -> View:
    """Return an operation of which nothing but its reference is known here."""
    return {"reference": reference, "known": False}
