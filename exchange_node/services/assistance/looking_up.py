"""Liaison officer → the register: lists, one matter with its papers, the balance of the two sides.

Matters of assistance are for liaison officers alone (TFA 12.5: those who deal with the matter), and
every look leaves a line in the access log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import SEES, Actor, Role
from exchange_node.domain.agreement import Administration, Handling
from exchange_node.domain.assistance.life import OPEN, Stage
from exchange_node.domain.errors import UnknownRecordError, UnusableQueryError
from exchange_node.services.stations.assistance.register import Register
from exchange_node.services.stations.assistance.showing import (
    SUBJECT,
    View,
    case_line,
    clock_line,
    paper,
)
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.store.database import reading
from exchange_node.store.records.assistance import cases, clocks, papers
from exchange_node.store.records.assistance.cases import Case, CaseKind
from exchange_node.store.records.held import Direction

_DIRECTIONS = {"": None, "ours": Direction.SENT, "theirs": Direction.RECEIVED}
_OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingUp:
    """Answers questions about the register of assistance."""

    own: Administration
    register: Register
    engine: Engine
    clock: Callable[[], datetime]

    def matters(
        self,
        actor: Actor,
        *,
        kind: str = "",
        direction: str = "",
        stage: str = "",
        partner: str = "",
        limit: int = 50,
    ) -> View:
        """Return matters, the newest first, without what they say; `stage` may be `open`.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: there is no such kind, direction or stage.
        """
        actor.require(Role.LIAISON)
        wanted = _one_of("kind", kind, [one.value for one in CaseKind])
        _one_of("direction", direction, [one for one in _DIRECTIONS if one])
        _one_of("stage", stage, [_OPEN, *(one.value for one in Stage if one is not Stage.NEW)])
        with reading(self.engine) as conn:
            found = cases.search(
                conn,
                kind=CaseKind(wanted) if wanted else None,
                direction=_DIRECTIONS[direction],
                stages=() if not stage else (OPEN if stage == _OPEN else (Stage(stage),)),
                partner=partner,
                handling=_handlings(actor),
                limit=limit,
            )
        self._looked(actor, "look.assistance", count=str(len(found)))
        return {"matters": [case_line(one) for one in found]}

    def matter(self, actor: Actor, reference: str, *, opener: str = "") -> View:
        """Return one matter with its clocks and papers; `opener` where two gave the same number.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: it is not held, or held too closely.
            UnusableQueryError: several gave the number, and none was named.
        """
        actor.require(Role.LIAISON)
        with reading(self.engine) as conn:
            case = _seen(conn, actor, reference, opener)
        self._looked(actor, "look.assistance", reference, partner=case.partner)
        with reading(self.engine) as conn:
            found = papers.of_case(conn, case.number)
            return case_line(case) | {
                "clocks": [clock_line(one) for one in clocks.of_case(conn, case.number)],
                "papers": [
                    paper(one, None if one.disposed_at else self.register.shelf.said(conn, one))
                    for one in found
                ],
            }

    def _looked(self, actor: Actor, action: str, key: str = "", **of: str) -> None:
        looked(self.engine, actor, self.clock(), action, SUBJECT, key, **of)


def _seen(conn: Connection, actor: Actor, reference: str, opener: str) -> Case:
    found = [
        one
        for one in cases.by_reference(conn, reference, opener=opener)
        if one.exchange.handling in _handlings(actor)
    ]
    if not found:
        raise UnknownRecordError(kind="matter of assistance", key=reference)
    if len(found) > 1:
        who = ", ".join(sorted(one.opener for one in found))
        raise UnusableQueryError(what="opener", why=f"{who} gave that number: name one")
    return found[0]


def _handlings(actor: Actor) -> frozenset[Handling]:
    return frozenset(one for role in actor.roles for one in SEES[role])


def _one_of(what: str, value: str, known: list[str]) -> str:
    if value and value not in known:
        raise UnusableQueryError(what=what, why=f"want one of {', '.join(known)}")
    return value
