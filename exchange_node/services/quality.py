"""How good is what is handed in, and what partners send: counters → figures, the worst first.

The counters are kept by the walks that decide (`stations.outcomes`); here they are only read. Every
look leaves a line in the access log, as `enquiry` has it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.mapping.profile.profile import Profiles
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.outcomes.figures import Figures, grouped, merged
from exchange_node.store.database import reading
from exchange_node.store.records import quality
from exchange_node.store.records.held import Direction
from exchange_node.store.records.quality import NO_FIELD, Asked, Sum
from exchange_node.wco.registry import Registry

USUAL_DAYS = 30
SHOWN_STOPS = 5

DIRECTIONS = {"out": Direction.SENT, "in": Direction.RECEIVED}


class By(StrEnum):
    """What the rows of an answer are."""

    OFFICE = "office"
    PARTNER = "partner"
    FIELD = "field"
    FORMAT = "format"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Answers how often documents are accepted, and what stops them."""

    registry: Registry
    profiles: Profiles
    engine: Engine
    clock: Callable[[], datetime]

    def figures(
        self,
        actor: Actor,
        *,
        direction: str = "",
        office: str = "",
        partner: str = "",
        format_name: str = "",
        field: str = "",
        since: date | None = None,
        until: date | None = None,
        by: str = By.OFFICE,
        limit: int = 50,
    ) -> View:
        """Return figures of documents handed in (`out`) and received (`in`), or of one of them.

        A field is a WCO path, the end of one, or a chain of WCO ids. Days are those of UTC on which
        a document was handed in or came; the usual stretch is the last 30 days.

        Raises:
            RoleError: the actor neither operates the node nor is a liaison officer.
            UnusableQueryError: a direction, a kind of row or a field is unknown, several fields fit
                where rows are no fields, or the days are the wrong way round or before all days.
        """
        actor.require(Role.OPERATOR, Role.LIAISON)
        last = until or self.clock().date()
        before = timedelta(days=USUAL_DAYS - 1)
        if since is None and last < date.min + before:
            raise UnusableQueryError(what="until", why=f"no {USUAL_DAYS} days end on {last}")
        first = since or last - before
        if first > last:
            raise UnusableQueryError(what="since", why=f"{first} comes after {last}")
        if by not in set(By):
            raise UnusableQueryError(what="by", why=f"want one of {', '.join(By)}")
        rows = By(by)
        if direction and direction not in DIRECTIONS:
            raise UnusableQueryError(what="direction", why="want one of in, out")
        fit = self._fields(field)
        asked = {
            name: Asked(
                direction=one,
                office=office.strip().upper(),
                partner=partner,
                format=format_name,
                since=first,
                until=last,
            )
            for name, one in DIRECTIONS.items()
            if not direction or name == direction
        }
        group = "" if rows is By.FIELD else rows.value
        with reading(self.engine) as conn:
            kept_since = quality.first_day(conn)
            found = {
                name: (
                    quality.sums(conn, one, by="format"),
                    quality.sums(conn, one, by=group) if group else [],
                )
                for name, one in asked.items()
            }
        counted = {one.field for sums, _ in found.values() for one in sums} & fit
        if rows is not By.FIELD and len(counted) > 1:
            some = ", ".join(sorted(counted)[:SHOWN_STOPS])
            raise UnusableQueryError(what="field", why=f"{len(counted)} fields fit, as {some}")
        wanted = frozenset(counted) or fit
        put = {
            "direction": direction, "office": office, "field": field, "by": rows.value,
            "since": first.isoformat(), "until": last.isoformat(),
        }  # fmt: skip
        named = {name: value for name, value in put.items() if value}
        looked(
            self.engine, actor, self.clock(), "look.quality", "quality", partner=partner, **named
        )
        return {
            "since": first.isoformat(),
            "until": last.isoformat(),
            "kept_since": kept_since.isoformat() if kept_since else None,
            "by": rows.value,
            "field": field,
            "parts": [self._part(name, rows, wanted, *found[name], limit=limit) for name in found],
        }

    def _part(
        self,
        name: str,
        by: By,
        wanted: frozenset[str],
        by_format: list[Sum],
        by_group: list[Sum],
        *,
        limit: int,
    ) -> View:
        tell = Figures(registry=self.registry, profiles=self.profiles, direction=DIRECTIONS[name])
        formats, groups = grouped(by_format), grouped(by_group)

        def is_wanted(path: str) -> bool:
            return not wanted or path in wanted

        if by is By.FIELD:
            rows = tell.fields(formats, is_wanted)
        elif wanted:
            rows = tell.groups_at(by.value, groups, min(wanted))
        else:
            rows = tell.groups(by.value, groups)
        return {
            "direction": name,
            "total": tell.documents(merged(formats.values())),
            "rows": rows[:limit],
            "more": max(len(rows) - limit, 0),
            "stops": tell.stops(formats, is_wanted, SHOWN_STOPS),
        }

    def _fields(self, field: str) -> frozenset[str]:
        """Return the paths that a field names; none for all."""
        asked = field.strip().strip("/")
        if not asked or asked == NO_FIELD:
            return frozenset({asked} - {""})
        if self.registry.entry(asked) is not None:
            return frozenset({asked})
        fit = frozenset(
            one.path
            for one in self.registry.entries
            if f"/{one.path}".endswith(f"/{asked}")
            or "/".join(self.registry.pointer_ids(one.path)) == asked
        )
        if not fit:
            raise UnusableQueryError(
                what="field", why="want a WCO path, the end of one, or its ids"
            )
        return fit
