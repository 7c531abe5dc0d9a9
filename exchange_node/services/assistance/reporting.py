"""Liaison officer → reciprocity: who asked whom how often in a period, and what came of it.

The figures come from the register's own columns, so nothing of what was said is read, and nobody
who is named in a matter is named here. Every look leaves a line in the access log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.assistance.clocks import Clock
from exchange_node.domain.assistance.life import OPEN
from exchange_node.domain.assistance.reciprocity import Matter, tally
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.domain.identifiers import PartyId
from exchange_node.services.stations.assistance.showing import SUBJECT, View
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.gate import require_role
from exchange_node.store.database import reading
from exchange_node.store.records.assistance import cases, clocks
from exchange_node.store.records.assistance.cases import Case, CaseKind
from exchange_node.store.records.held import Direction

PAGE = 500
"""Rows of the register that are read at once (our choice)."""

_LOOK = "look.assistance.report"
_SIDES = {"ours": Direction.SENT, "theirs": Direction.RECEIVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """Reckons what each side asked of the other."""

    engine: Engine
    clock: Callable[[], datetime]

    def report(
        self,
        actor: Actor,
        *,
        partner: str = "",
        since: date | None = None,
        until: date | None = None,
    ) -> View:
        """Return two rows for each partner, what we asked and what they did, as it stands now.

        Days are those of UTC in which the clocks of a request began; left out, the period ends
        today and begins with the year of its last day. A partner that is named has its rows though
        nothing was asked.

        Raises:
            RoleError: the actor is no liaison officer.
            MalformedIdentifierError: the partner is no party id.
            UnusableQueryError: the days are the wrong way round.
        """
        now = self.clock()
        require_role(self.engine, actor, now, Role.LIAISON, action=_LOOK, kind=SUBJECT)
        named = [str(PartyId.parse(partner))] if partner else []
        last = until or now.date()
        first = since or last.replace(month=1, day=1)
        if first > last:
            raise UnusableQueryError(what="since", why=f"{first} comes after {last}")
        found: dict[tuple[str, Direction], list[Matter]] = {}
        with reading(self.engine) as conn:
            for one in _asked(conn, partner):
                if first <= one.asked_at.astimezone(UTC).date() <= last:
                    matters = found.setdefault((one.partner, one.direction), [])
                    matters.append(_counted(conn, one))
        partners = sorted({name for name, _ in found} | set(named))
        rows = [
            {"partner": name, "direction": side}
            | asdict(tally(found.get((name, direction), ()), now))
            for name in partners
            for side, direction in _SIDES.items()
        ]
        period = {"since": first.isoformat(), "until": last.isoformat()}
        looked(self.engine, actor, now, _LOOK, SUBJECT, partner=partner, **period)
        return {**period, "as_of": now.isoformat(), "rows": rows}


def _asked(conn: Connection, partner: str) -> Iterator[Case]:
    """Yield what was asked, page by page; information was asked by nobody."""
    last = 0
    while page := cases.search(conn, partner=partner, after=last, limit=PAGE):
        yield from (one for one in page if one.kind is not CaseKind.INFORMATION)
        last = page[-1].number


def _counted(conn: Connection, one: Case) -> Matter:
    due = None
    if one.stage in OPEN:
        running = clocks.of_case(conn, one.number)
        due = next((each.due_at for each in running if each.clock is Clock.ANSWER), None)
    return Matter(
        is_oral=one.kind is CaseKind.ORAL,
        stage=one.stage,
        asked_at=one.asked_at,
        ground=one.ground,
        closed_at=one.closed_at,
        was_postponed=one.postponed_at is not None,
        answer_due=due,
    )
