"""Liaison officer → the register: lists, one matter with its papers; the view gate asked of each.

Matters of assistance are for liaison officers alone (TFA 12.5: those who deal with the matter), and
every look leaves a line in the access log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.assistance.life import OPEN, Stage
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.assistance.register import Register
from exchange_node.services.stations.assistance.seeing import case_looked_at, paper_looked_at
from exchange_node.services.stations.assistance.showing import (
    SUBJECT,
    View,
    case_line,
    clock_line,
    paper,
)
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.gate import (
    require_purpose,
    require_role,
    require_view,
    sifted,
    weighed,
)
from exchange_node.store.database import reading
from exchange_node.store.records.assistance import cases, clocks, papers
from exchange_node.store.records.assistance.cases import Case, CaseKind
from exchange_node.store.records.assistance.papers import Paper
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing import letters

_DIRECTIONS = {"": None, "ours": Direction.SENT, "theirs": Direction.RECEIVED}
_OPEN = "open"
_LOOK = "look.assistance"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingUp:
    """Answers questions about the register of assistance."""

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
        purpose: str = "",
        limit: int = 50,
    ) -> View:
        """Return matters, the newest first, without what they say; `stage` may be `open`.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: there is no such kind, direction or stage.
            NotPermittedError: the actor does not work for the purpose it names.
        """
        now = self.clock()
        require_role(self.engine, actor, now, Role.LIAISON, action=_LOOK, kind=SUBJECT)
        _one_of("kind", kind, [one.value for one in CaseKind])
        _one_of("direction", direction, [one for one in _DIRECTIONS if one])
        _one_of("stage", stage, [_OPEN, *(one.value for one in Stage if one is not Stage.NEW)])
        require_purpose(self.engine, actor, now, purpose, action=_LOOK, kind=SUBJECT)
        with reading(self.engine) as conn:

            def page(last: Case | None) -> Sequence[Case]:
                return cases.search(
                    conn,
                    kind=CaseKind(kind) if kind else None,
                    direction=_DIRECTIONS[direction],
                    stages=() if not stage else (OPEN if stage == _OPEN else (Stage(stage),)),
                    partner=partner,
                    after=last.number if last else 0,
                    limit=limit,
                )

            found = sifted(conn, actor, now, page, case_looked_at, limit=limit, purpose=purpose)
        said = {"purpose": purpose} if purpose else {}
        looked(self.engine, actor, now, _LOOK, SUBJECT, **found.facts, **said)
        return {
            "matters": [case_line(one) for one in found.shown],
            "not_covered": found.not_covered,
        }

    def matter(self, actor: Actor, reference: str, *, opener: str = "", purpose: str = "") -> View:
        """Return one matter with its clocks and papers; `opener` where two gave the same number.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: it is not held, or held too closely.
            UnusableQueryError: several gave the number, and none was named.
            NotPermittedError: the purpose does not cover it.
        """
        now = self.clock()
        require_role(
            self.engine, actor, now, Role.LIAISON, action=_LOOK, kind=SUBJECT, key=reference
        )
        with reading(self.engine) as conn:
            case = _only(cases.by_reference(conn, reference, opener=opener))
        require_view(
            self.engine,
            actor,
            now,
            None if case is None else case_looked_at(case),
            action=_LOOK,
            kind=SUBJECT,
            key=reference,
            purpose=purpose,
        )
        assert case is not None  # noqa: S101 - what is not held was refused
        with reading(self.engine) as conn:
            return case_line(case) | {
                "clocks": [clock_line(one) for one in clocks.of_case(conn, case.number)],
                "papers": [
                    self._paper(conn, actor, one, purpose, now)
                    for one in papers.of_case(conn, case.number)
                ],
            }

    def _paper(
        self, conn: Connection, actor: Actor, one: Paper, purpose: str, now: datetime
    ) -> View:
        """Return a paper; what it says only where the gate lets that be seen."""
        held = held_agreements(conn)
        sight = weighed(conn, held, actor, paper_looked_at(one), purpose=purpose, at=now)
        is_seen = sight.is_permitted and one.disposed_at is None
        is_ours = one.direction is Direction.SENT
        return paper(
            one,
            self.register.shelf.said(conn, one) if is_seen else None,
            letters.find(conn, one.message_id) if is_ours else None,
        )


def _only(found: Sequence[Case]) -> Case | None:
    if len(found) > 1:
        who = ", ".join(sorted(one.opener for one in found))
        raise UnusableQueryError(what="opener", why=f"{who} gave that number: name one")
    return next(iter(found), None)


def _one_of(what: str, value: str, known: list[str]) -> None:
    if value and value not in known:
        raise UnusableQueryError(what=what, why=f"want one of {', '.join(known)}")
