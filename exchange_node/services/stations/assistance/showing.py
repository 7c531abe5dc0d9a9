"""Matter → plain values for the doors, and its line in the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from exchange_node.services.stations.assistance.shelf import Said
from exchange_node.services.stations.letters.showing import shown
from exchange_node.store import audit
from exchange_node.store.records.assistance.cases import Case
from exchange_node.store.records.assistance.clocks import Running
from exchange_node.store.records.assistance.papers import Paper
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing.letters import Letter

View = dict[str, Any]
"""A record as JSON shows it."""

SUBJECT = "assistance"
"""What the audit calls a matter."""


def case_line(one: Case) -> View:
    """Return a matter as a line of a list: nothing of what it says."""
    return {
        "reference": one.reference,
        "kind": one.kind.value,
        "direction": "ours" if one.direction is Direction.SENT else "theirs",
        "opener": one.opener,
        "partner": one.partner,
        "stage": one.stage.value,
        "form": one.form,
        "matter": one.matter,
        "urgent": one.urgent,
        "language": one.language,
        "could_reciprocate": one.reciprocity,
        "oral_request": one.oral_request,
        "confirmed_by": one.confirmed_by,
        "ground": one.ground,
        "asked_at": one.asked_at.isoformat(),
        "acknowledged_at": _moment(one.acknowledged_at),
        "postponed_until": _moment(one.postponed_until),
        "closed_at": _moment(one.closed_at),
        "agreement": one.exchange.agreement_id,
        "agreement_version": one.exchange.agreement_version,
        "grant": one.exchange.grant,
        "purpose": one.exchange.purpose,
        "handling": one.exchange.handling,
        "test": one.exchange.test,
    }


def clock_line(one: Running) -> View:
    """Return a clock: when it is due, and whether it was stopped or ran out."""
    return {
        "clock": one.clock.value,
        "due_at": one.due_at.isoformat(),
        "stopped_at": _moment(one.stopped_at),
        "ran_out_at": _moment(one.ran_out_at),
    }


def paper(one: Paper, said: Said | None, letter: Letter | None) -> View:
    """Return a paper with what it says; None where that is gone.

    `letter` is the message that carries one of ours.
    """
    return {
        "reference": one.reference,
        "code": one.code,
        "act": one.act,
        "issuer": one.issuer,
        "issued_at": one.issued_at.isoformat(),
        "message_id": one.message_id,
        "delete_after": _moment(one.delete_after),
        "disposed_at": _moment(one.disposed_at),
        "rejected_at": _moment(one.rejected_at),
        "letter": shown(letter),
        "says": None if said is None else _plain(asdict(said)),
    }


def audited(
    conn: Connection,
    case: Case,
    actor: str,
    at: datetime,
    action: str,
    *,
    message_id: str = "",
    **facts: str,
) -> None:
    """Write into the audit what was done in a matter."""
    audit.write(
        conn,
        audit.AuditRecord(
            at=at,
            actor=actor,
            action=action,
            subject_kind=SUBJECT,
            subject_key=case.reference,
            message_id=message_id,
            partner=case.partner,
            facts={"stage": case.stage.value, **facts},
        ),
    )


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    """Return values as JSON has them: moments as text, tuples as lists."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value
