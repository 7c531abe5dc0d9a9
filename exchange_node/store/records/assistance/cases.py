"""Matters of mutual assistance, one row each: who asked whom, how it stands; nothing of content."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from exchange_node.domain.assistance.life import OPEN, Stage
from exchange_node.domain.assistance.standing import Standing
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.store.database import add_once
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import assistance_case as table
from exchange_node.store.tables.values import exchange_of, exchange_values

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from exchange_node.domain.message import Exchange


class CaseKind(StrEnum):
    """What opened a matter."""

    REQUEST = "request"
    ORAL = "oral"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A matter as the register has it.

    Attributes:
        reference: the opener's own number.
        direction: SENT where this administration opened it.
        exchange: under which the first message went; of an oral request, the one that confirms it
            would go under.
        form: how it was asked; empty for information.
        reciprocity: `yes`, `no` or empty, as the requester said.
        oral_request: of a request, the oral one that it confirms.
        confirmed_by: of an oral request, the one that confirms it.
        asked_at: from when the clocks count here.
        ground: why it was refused or postponed.
        message_id: of the first message; empty for an oral request.
        number: names it; given by the store.
    """

    kind: CaseKind
    reference: str
    direction: Direction
    partner: str
    stage: Stage
    exchange: Exchange
    asked_at: datetime
    stored_at: datetime
    stored_by: str
    form: str = ""
    matter: str = ""
    urgent: bool = False
    language: str = ""
    reciprocity: str = ""
    oral_request: str = ""
    confirmed_by: str = ""
    ground: str = ""
    acknowledged_at: datetime | None = None
    postponed_at: datetime | None = None
    postponed_until: datetime | None = None
    closed_at: datetime | None = None
    message_id: str = ""
    number: int = 0

    @property
    def opener(self) -> str:
        """Party id of who asked or informed."""
        return self.exchange.sender

    @property
    def standing(self) -> Standing:
        """How it stands, as what is said to it moves it."""
        return Standing(
            stage=self.stage,
            ground=self.ground,
            acknowledged_at=self.acknowledged_at,
            postponed_at=self.postponed_at,
            postponed_until=self.postponed_until,
            closed_at=self.closed_at,
        )

    @property
    def subject(self) -> str:
        """What a legal hold names."""
        return f"{self.opener}/{self.reference}"


def add(conn: Connection, case: Case) -> bool:
    """Enter a matter; return False where its opener gave that reference before."""
    return add_once(
        conn,
        table,
        exchange_values(case.exchange)
        | {
            "kind": case.kind,
            "reference": case.reference,
            "direction": case.direction,
            "partner": case.partner,
            "stage": case.stage,
            "form": case.form,
            "matter": case.matter,
            "urgent": case.urgent,
            "language": case.language,
            "reciprocity": case.reciprocity,
            "oral_request": case.oral_request,
            "confirmed_by": case.confirmed_by,
            "ground": case.ground,
            "asked_at": case.asked_at,
            "message_id": case.message_id,
            "stored_at": case.stored_at,
            "stored_by": case.stored_by,
            "changed_at": case.stored_at,
            "changed_by": case.stored_by,
        },
    )


def find(conn: Connection, opener: str, reference: str, *, lock: bool = False) -> Case | None:
    """Return a matter, if it is in the register; `lock` keeps others from moving it meanwhile."""
    query = select(table).where(table.c.sender == opener, table.c.reference == reference)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else case_of(row)


def get(conn: Connection, opener: str, reference: str, *, lock: bool = False) -> Case:
    """Return a matter.

    Raises:
        UnknownRecordError: it is not in the register.
    """
    case = find(conn, opener, reference, lock=lock)
    if case is None:
        raise UnknownRecordError(kind="matter of assistance", key=reference)
    return case


def by_number(conn: Connection, number: int, *, lock: bool = False) -> Case:
    """Return a matter by its number.

    Raises:
        UnknownRecordError: there is none of that number.
    """
    query = select(table).where(table.c.number == number)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="matter of assistance", key=str(number))
    return case_of(row)


def by_reference(
    conn: Connection, reference: str, *, opener: str = "", direction: Direction | None = None
) -> list[Case]:
    """Return the matters of a reference: each opener gives its own, so there may be two."""
    query = select(table).where(table.c.reference == reference).order_by(table.c.number)
    if opener:
        query = query.where(table.c.sender == opener)
    if direction is not None:
        query = query.where(table.c.direction == direction)
    return [case_of(row) for row in conn.execute(query)]


def by_message(conn: Connection, message_id: str) -> Case | None:
    """Return the matter that a message of ours opened; None where it opened none."""
    if not message_id:
        return None
    row = conn.execute(
        select(table)
        .where(table.c.message_id == message_id, table.c.direction == Direction.SENT)
        .with_for_update()
    ).one_or_none()
    return None if row is None else case_of(row)


def brought_by(
    conn: Connection, message_id: str, *, partner: str, direction: Direction
) -> Case | None:
    """Return the matter that a message opened, as this node exchanged it with a partner."""
    row = conn.execute(
        select(table).where(
            table.c.message_id == message_id,
            table.c.partner == partner,
            table.c.direction == direction,
        )
    ).first()
    return None if row is None else case_of(row)


def is_open(conn: Connection, opener: str, reference: str) -> bool:
    """Return whether a request of that id is in the register and waits for its answer."""
    found = conn.execute(
        select(table.c.number).where(
            table.c.sender == opener,
            table.c.reference == reference,
            table.c.kind == CaseKind.REQUEST,
            table.c.stage.in_(OPEN),
        )
    ).first()
    return found is not None


def move(
    conn: Connection, case: Case, to: Stage, *, by: str, at: datetime, **changes: object
) -> None:
    """Write down that a matter, which the caller holds locked, has come to a stage."""
    conn.execute(
        update(table)
        .where(table.c.number == case.number)
        .values(stage=to, changed_at=at, changed_by=by, **changes)
    )


def carry(
    conn: Connection,
    case: Case,
    to: Stage,
    exchange: Exchange,
    message_id: str,
    *,
    by: str,
    at: datetime,
) -> None:
    """Let another message open a matter of ours, which the caller holds locked: it counts anew."""
    move(
        conn, case, to, by=by, at=at,
        message_id=message_id, asked_at=at, closed_at=None, **exchange_values(exchange),
    )  # fmt: skip


def stand(conn: Connection, case: Case, standing: Standing, *, by: str, at: datetime) -> None:
    """Write down how a request stands that the caller holds locked."""
    changes = asdict(standing)
    move(conn, case, changes.pop("stage"), by=by, at=at, **changes)


def search(
    conn: Connection,
    *,
    kind: CaseKind | None = None,
    direction: Direction | None = None,
    stages: Collection[Stage] = (),
    partner: str = "",
    after: int = 0,
    limit: int,
) -> list[Case]:
    """Return matters, the newest first; `after` is the last number of the page before."""
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    if kind is not None:
        query = query.where(table.c.kind == kind)
    if direction is not None:
        query = query.where(table.c.direction == direction)
    if stages:
        query = query.where(table.c.stage.in_(stages))
    if partner:
        query = query.where(table.c.partner == partner)
    if after:
        query = query.where(table.c.number < after)
    return [case_of(row) for row in conn.execute(query)]


def case_of(row: Row[Any]) -> Case:
    """Return the matter of a row."""
    return Case(
        kind=CaseKind(row.kind),
        reference=row.reference,
        direction=Direction(row.direction),
        partner=row.partner,
        stage=Stage(row.stage),
        exchange=exchange_of(row),
        asked_at=row.asked_at,
        stored_at=row.stored_at,
        stored_by=row.stored_by,
        form=row.form,
        matter=row.matter,
        urgent=row.urgent,
        language=row.language,
        reciprocity=row.reciprocity,
        oral_request=row.oral_request,
        confirmed_by=row.confirmed_by,
        ground=row.ground,
        acknowledged_at=row.acknowledged_at,
        postponed_at=row.postponed_at,
        postponed_until=row.postponed_until,
        closed_at=row.closed_at,
        message_id=row.message_id,
        number=row.number,
    )
