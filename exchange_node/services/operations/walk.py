"""Joint operations: opened, listed, shown with their alerts, closed; nothing is withdrawn by it.

An operation is this administration's own record; each alert in it is asked of the view gate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration, Handling
from exchange_node.domain.alerting.operation import LAST, Operation, is_reference, reference_of
from exchange_node.domain.errors import InvalidOperationError, UnknownRecordError
from exchange_node.policy.viewing import Subject
from exchange_node.services.operations.draft import operation_from
from exchange_node.services.stations.alerting.joining import shown, unknown
from exchange_node.services.stations.looking import views
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.gate import (
    Looked,
    Sifted,
    alert_looked_at,
    require_purpose,
    require_role,
    require_view,
    sifted,
)
from exchange_node.services.stations.looking.views import View
from exchange_node.store import audit
from exchange_node.store.alerting import operations
from exchange_node.store.database import reading, transaction
from exchange_node.store.records.held import LIVE, Direction, HeldAlert
from exchange_node.store.records.search.alerts import of_operation

KIND = "operation"
MOST_ALERTS = 500
"""Alerts of one operation that are shown, the newest (our choice)."""

MOST_GROUPED = 2_000
"""Alerts that a list of operations counts, the newest (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """Keeps joint operations."""

    own: Administration
    engine: Engine
    clock: Callable[[], datetime]

    def open(self, actor: Actor, plain: Mapping[str, object]) -> View:
        """Open an operation that we lead, or join one that a partner leads; return its reference.

        Raises:
            RoleError: the actor is no liaison officer.
            InvalidOperationError: it cannot be opened so; the reason says why.
        """
        now = self.clock()
        require_role(self.engine, actor, now, Role.LIAISON, action="operation.open", kind=KIND)
        one = operation_from(plain, self.own.party, now)
        with transaction(self.engine) as conn:
            one = one if one.reference else _numbered(conn, one, self.own, now)
            if not operations.add(conn, one, by=actor.name, at=now):
                raise InvalidOperationError(why=f"{one.reference} is open here, or was")
            _audited(conn, actor, now, "operation.opened", one.reference, lead=one.lead)
            held = operations.find(conn, one.reference)
        assert held is not None  # noqa: S101 - it was added just now
        return shown(held, now)

    def list(self, actor: Actor, *, limit: int = 50, purpose: str = "") -> View:
        """Return operations, the last opened first, and those that only alerts name.

        Raises:
            RoleError: the actor is no liaison officer.
            NotPermittedError: the actor does not work for the purpose.
        """
        now = self.clock()
        self._asks(actor, now, "look.operations", purpose)
        with reading(self.engine) as conn:
            known = operations.search(conn, limit=limit)
            found = _alerts(conn, actor, now, "", purpose, MOST_GROUPED)
            unnamed = {one.operation for one in found.shown}
            strange = sorted(one for one in unnamed if operations.find(conn, one) is None)
        said = {"purpose": purpose} if purpose else {}
        looked(self.engine, actor, now, "look.operations", KIND, **found.facts, **said)
        counts = Counter(one.operation for one in found.shown)
        lines = [shown(one, now) for one in known] + [unknown(one) for one in strange]
        return {
            "operations": [one | {"alerts": counts[one["reference"]]} for one in lines],
            "not_covered": found.not_covered,
        }

    def show(self, actor: Actor, reference: str, *, purpose: str = "") -> View:
        """Return an operation with its alerts; of one that is unknown here what alerts name.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: neither it nor an alert of it is known here to the actor.
            NotPermittedError: the actor does not work for the purpose.
        """
        now, action = self.clock(), "look.operation"
        self._asks(actor, now, action, purpose, reference)
        with reading(self.engine) as conn:
            held = operations.find(conn, reference)
            found = _alerts(conn, actor, now, reference, purpose, MOST_ALERTS)
        is_there = held is not None or (is_reference(reference) and bool(found.shown))
        own = Subject(kind=KIND, key=reference, handling=Handling.CONFIDENTIAL)
        require_view(
            self.engine, actor, now, Looked(subject=own) if is_there else None,
            action=action, kind=KIND, key=reference, **found.facts,
        )  # fmt: skip
        return {
            **(shown(held, now) if held else unknown(reference)),
            "alerts": [_line(one) for one in found.shown],
            "not_covered": found.not_covered,
        }

    def close(self, actor: Actor, reference: str, *, why: str) -> View:
        """Close an operation: nothing is issued under it any more, and what was lives on.

        Returns it with the alerts that are in force still, as far as the actor may know of them.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: it is unknown here.
            InvalidOperationError: it was closed before, or no reason is given.
        """
        now = self.clock()
        require_role(
            self.engine, actor, now, Role.LIAISON, action="operation.close", kind=KIND,
            key=reference,
        )  # fmt: skip
        if not why.strip():
            raise InvalidOperationError(why="who closes an operation says why")
        with transaction(self.engine) as conn:
            held = operations.find(conn, reference)
            if held is None:
                raise UnknownRecordError(kind=KIND, key=reference)
            if not operations.close(conn, held.number, why=why, by=actor.name, at=now):
                raise InvalidOperationError(why=f"{reference} was closed before")
            _audited(conn, actor, now, "operation.closed", reference, why=why)
            closed = operations.find(conn, reference)
            found = _alerts(conn, actor, now, reference, "", MOST_ALERTS)
        assert closed is not None  # noqa: S101 - it was there above
        looked(self.engine, actor, now, "look.operation", KIND, reference, **found.facts)
        living = [one for one in found.shown if one.state in LIVE and one.valid_until > now]
        return {**shown(closed, now), "lives_on": [_line(one) for one in living]}

    def _asks(
        self, actor: Actor, now: datetime, action: str, purpose: str, reference: str = ""
    ) -> None:
        require_role(self.engine, actor, now, Role.LIAISON, action=action, kind=KIND, key=reference)
        require_purpose(self.engine, actor, now, purpose, action=action, kind=KIND)


def _alerts(
    conn: Connection, actor: Actor, at: datetime, reference: str, purpose: str, limit: int
) -> Sifted[HeldAlert]:
    """Return the alerts of an operation that may be shown; of every operation, where none is named.

    Of each alert its last version.
    """

    def page(last: HeldAlert | None) -> Sequence[HeldAlert]:
        after = last.number if last else 0
        return of_operation(conn, reference, after=after, limit=limit)

    return sifted(conn, actor, at, page, alert_looked_at, limit=limit, purpose=purpose)


def _numbered(conn: Connection, one: Operation, own: Administration, at: datetime) -> Operation:
    """Return an operation of ours with the next number of the year.

    Raises:
        InvalidOperationError: the year has no number left.
    """
    beginning = reference_of(own.party, at.year, 0)[:-4]
    number = operations.count(conn, beginning) + 1
    if number > LAST:
        raise InvalidOperationError(why=f"{at.year} has {LAST} operations already")
    return replace(one, reference=reference_of(own.party, at.year, number))


def _line(one: HeldAlert) -> View:
    direction = "issued" if one.direction is Direction.SENT else "received"
    return views.alert_line(one) | {"direction": direction}


def _audited(
    conn: Connection, actor: Actor, at: datetime, action: str, reference: str, **facts: str
) -> None:
    audit.write(
        conn,
        audit.AuditRecord(
            at=at, actor=actor.name, action=action, subject_kind=KIND, subject_key=reference,
            facts=facts,
        ),
    )  # fmt: skip
