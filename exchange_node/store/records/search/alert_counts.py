"""Alerts of a time with what became of them: acknowledged, first hit, hits, mistaken ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import distinct, func, or_, select

from exchange_node.domain.alert import WITHDRAWAL, PermittedAction
from exchange_node.domain.alerting import Result
from exchange_node.domain.decision import OverrideReason
from exchange_node.store.records.held import AlertState, Direction, alert_of
from exchange_node.store.tables import (
    acknowledgement,
    alert_feedback,
    alert_recipient,
    hit,
    ruling,
    ruling_act,
)
from exchange_node.store.tables import alert as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, ScalarSelect

    from exchange_node.store.records.held import HeldAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAlert:
    """One version of an alert, and what became of it.

    Attributes:
        acknowledged_at: when the first desk had seen it: ours of a partner's, a partner's of ours.
        first_hit_at: when it first fitted a manifest.
        hits: manifests that it fitted.
        mistaken: of these, those where an officer found somebody or something else was meant.
        fed_back_at: when the first feedback on it was filed here; a sighting is one only where
            nothing but to watch is permitted.
        controls: feedback that tells of a control; found: of these, where it found something.
        sightings: feedback that tells of something seen, and nothing done.
        sighted_at: when the first of these was filed here.
    """

    alert: HeldAlert
    acknowledged_at: datetime | None
    first_hit_at: datetime | None
    hits: int
    mistaken: int
    fed_back_at: datetime | None
    controls: int
    found: int
    sightings: int
    sighted_at: datetime | None


_OURS = (
    select(func.min(acknowledgement.c.stored_at))
    .where(
        acknowledgement.c.alert_id == table.c.alert_id,
        acknowledgement.c.alert_version == table.c.version,
        # Another issuer may have given that id too; what an older program wrote does not say whose.
        acknowledgement.c.partner.in_(("", table.c.partner)),
        acknowledgement.c.direction == Direction.SENT,
        # One that its issuer did not take, or that officers kept back, has set the alert back.
        table.c.state != AlertState.RECEIVED,
    )
    .scalar_subquery()
)
_THEIRS = (
    select(func.min(alert_recipient.c.acknowledged_at))
    .where(alert_recipient.c.alert == table.c.number)
    .scalar_subquery()
)
_FIRST_HIT = select(func.min(hit.c.at)).where(hit.c.alert == table.c.number).scalar_subquery()
_HITS = (
    select(func.count(distinct(hit.c.manifest)))
    .where(hit.c.alert == table.c.number)
    .scalar_subquery()
)
_MISTAKEN = (
    select(func.count(distinct(hit.c.manifest)))
    .join(ruling, ruling.c.manifest == hit.c.manifest)
    .join(ruling_act, ruling_act.c.ruling == ruling.c.number)
    .where(
        hit.c.alert == table.c.number,
        ruling_act.c.in_force,
        ruling_act.c.reason == OverrideReason.MISTAKEN_IDENTITY,
    )
    .scalar_subquery()
)

_SAID = alert_feedback.c.alert == table.c.number
# Of ours what came; of a partner's what went, and was neither kept back nor refused.
_STANDS = or_(table.c.direction == Direction.SENT, table.c.state != AlertState.RECEIVED)
_IS_SIGHTING = alert_feedback.c.result == Result.SIGHTED
_FED_BACK = (
    select(func.min(alert_feedback.c.stored_at))
    .where(_SAID, _STANDS, ~_IS_SIGHTING | (table.c.permitted_action == PermittedAction.COVERT))
    .scalar_subquery()
)
_SIGHTED = (
    select(func.min(alert_feedback.c.stored_at))
    .where(_SAID, _STANDS, _IS_SIGHTING)
    .scalar_subquery()
)


def _results(*results: Result) -> ScalarSelect[int]:
    wanted = alert_feedback.c.result.in_(results)
    return select(func.count()).where(_SAID, _STANDS, wanted).scalar_subquery()


_CONTROLS, _FOUND = _results(Result.HIT, Result.NIL), _results(Result.HIT)
_SIGHTINGS = _results(Result.SIGHTED)


def counted(
    conn: Connection,
    direction: Direction,
    begin: datetime,
    end: datetime,
    *,
    test: bool,
    limit: int,
    operation: str = "",
) -> list[CountedAlert]:
    """Return versions of alerts that were issued in a time, the first issued first.

    Left out are drafts, and what only takes an alert back; where an operation is named, whatever
    does not belong to it.
    """
    of_it = (table.c.operation == operation,) if operation else ()
    rows = conn.execute(
        select(
            table,
            _OURS.label("ours_at"),
            _THEIRS.label("theirs_at"),
            _FIRST_HIT.label("first_hit_at"),
            _HITS.label("hits"),
            _MISTAKEN.label("mistaken"),
            _FED_BACK.label("fed_back_at"),
            _CONTROLS.label("controls"),
            _FOUND.label("found"),
            _SIGHTINGS.label("sightings"),
            _SIGHTED.label("sighted_at"),
        )
        .where(
            table.c.direction == direction,
            table.c.test == test,
            table.c.issued_at >= begin,
            table.c.issued_at < end,
            table.c.state.not_in((AlertState.DRAFTED, AlertState.DISCARDED)),
            table.c.function != WITHDRAWAL,
            *of_it,
        )
        .order_by(table.c.issued_at, table.c.number)
        .limit(limit)
    )
    return [
        CountedAlert(
            alert=alert_of(row),
            acknowledged_at=row.ours_at if direction is Direction.RECEIVED else row.theirs_at,
            first_hit_at=row.first_hit_at,
            hits=row.hits,
            mistaken=row.mistaken,
            fed_back_at=row.fed_back_at,
            controls=row.controls,
            found=row.found,
            sightings=row.sightings,
            sighted_at=row.sighted_at,
        )
        for row in rows
    ]
