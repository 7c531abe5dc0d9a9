"""Sums of counters → what people read: shares, the worst first, and what to do about it.

Shares are of documents: one in which a field is missing five times is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from exchange_node.domain.finding import Finding
from exchange_node.mapping.profile.profile import Profiles
from exchange_node.services.stations.looking.views import View, finding
from exchange_node.services.stations.outcomes.known import RULES_BY_CODE
from exchange_node.store.records.held import Direction
from exchange_node.store.records.quality import Sum, What
from exchange_node.wco.registry import Registry

SHOWN_WORST = 3
IN_ORDER = "day"

_OUTCOMES = {
    Direction.SENT: (What.ACCEPTED, What.REMARKED, What.REFUSED, What.REJECTED),
    Direction.RECEIVED: (What.ACCEPTED, What.REMARKED, What.REFUSED),
}
_AT_FIELDS = {
    Direction.SENT: (
        *(What.REFUSED, What.REJECTED, What.MISSING, What.WRONG, What.WARNED, What.NOTED),
        *(What.DEFAULTED, What.FILLED, What.CUT),
    ),
    Direction.RECEIVED: (What.REFUSED, What.MISSING, What.WARNED, What.WRONG),
}
_STOPS = frozenset({What.REFUSED, What.REJECTED})


@dataclass(slots=True)
class Group:
    """The sums of one office, partner or format, or of all."""

    documents: dict[What, int] = field(default_factory=dict)
    fields: dict[str, dict[What, int]] = field(default_factory=dict)
    rules: dict[tuple[str, What, str], int] = field(default_factory=dict)

    def add(self, one: Sum) -> None:
        """Enter one sum."""
        if not one.field:
            self.documents[one.what] = self.documents.get(one.what, 0) + one.documents
        elif not one.rule:
            of_field = self.fields.setdefault(one.field, {})
            of_field[one.what] = of_field.get(one.what, 0) + one.documents
        else:
            key = (one.field, one.what, one.rule)
            self.rules[key] = self.rules.get(key, 0) + one.documents

    @property
    def all(self) -> int:
        """How many documents there are."""
        return self.documents.get(What.ALL, 0)


def grouped(sums: Iterable[Sum]) -> dict[str, Group]:
    """Return the sums by their group."""
    found: dict[str, Group] = defaultdict(Group)
    for one in sums:
        found[one.group].add(one)
    return dict(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Tells of groups; `profiles` tell what a format fills a field from."""

    registry: Registry
    profiles: Profiles
    direction: Direction

    def documents(self, group: Group) -> View:
        """Return how many documents came to which end, and in how many something was found."""
        outcomes = {one: group.documents.get(one, 0) for one in _OUTCOMES[self.direction]}
        told = {one.value: count for one, count in outcomes.items()}
        told |= {
            one.value: group.documents.get(one, 0)
            for one in _AT_FIELDS[self.direction]
            if one not in _STOPS
        }
        view: View = {
            "documents": group.all,
            "open": max(group.all - sum(outcomes.values()), 0),
            **told,
            "shares": {name: _share(count, group.all) for name, count in told.items()},
        }
        if self.direction is Direction.SENT:
            view["first_time"] = _first_time(group)
        return view

    def groups(self, by: str, groups: Mapping[str, Group]) -> list[View]:
        """Return a row for each group, the worst first, with the fields that stop most there.

        Days stand in their order.
        """
        worst = sorted(groups.items())
        if by != IN_ORDER:
            worst.sort(key=lambda one: _badness(one[1]))
        return [
            {
                by: name,
                **self.documents(group),
                "worst": [
                    path
                    for path in _worst(group.fields)[:SHOWN_WORST]
                    if _stops(group.fields[path])
                ],
            }
            for name, group in worst
        ]

    def groups_at(self, by: str, groups: Mapping[str, Group], path: str) -> list[View]:
        """Return a row for each group on one field, the worst first; days in their order."""
        rows = [
            {by: name, "documents": group.all, **self._at(group, path)}
            for name, group in sorted(groups.items())
            if path in group.fields
        ]
        return rows if by == IN_ORDER else sorted(rows, key=_stopped)

    def fields(self, groups: Mapping[str, Group], wanted: Callable[[str], bool]) -> list[View]:
        """Return a row for each field, the worst first; the groups are formats."""
        whole = merged(groups.values())
        return [
            {
                "field": path,
                **self._named(path),
                "documents": whole.all,
                **self._at(whole, path),
                "rules": self._rules(whole, path, self._sources(groups, path)),
                "filled_from": self._sources(groups, path),
            }
            for path in _worst(whole.fields)
            if wanted(path)
        ]

    def stops(
        self, groups: Mapping[str, Group], wanted: Callable[[str], bool], most: int
    ) -> list[View]:
        """Return the fields and rules that stop most documents; the groups are formats."""
        whole = merged(groups.values())
        paths = [path for path in _stopping(whole) if wanted(path)]
        return [
            {
                "field": path,
                **{what.value: whole.fields[path].get(what, 0) for what in sorted(_STOPS)},
                "rules": self._rules(whole, path, self._sources(groups, path)),
                "filled_from": self._sources(groups, path),
            }
            for path in paths[:most]
        ]

    def _at(self, group: Group, path: str) -> View:
        of_field = group.fields.get(path, {})
        told = {one.value: of_field.get(one, 0) for one in _AT_FIELDS[self.direction]}
        return {**told, "shares": {name: _share(count, group.all) for name, count in told.items()}}

    def _named(self, path: str) -> View:
        entry = self.registry.entry(path)
        if entry is None:
            return {"wco_ids": "", "meaning": ""}
        return {"wco_ids": "/".join(self.registry.pointer_ids(path)), "meaning": entry.meaning}

    def _sources(self, groups: Mapping[str, Group], path: str) -> dict[str, list[str]]:
        """Return for each format that has trouble with a field what its profile fills it from."""
        return {
            name: list(profile.fills.get(path, ()))
            for name, group in sorted(groups.items())
            if path in group.fields and (profile := self.profiles.by_name.get(name)) is not None
        }

    def _rules(self, group: Group, path: str, sources: Mapping[str, list[str]]) -> list[View]:
        found = [
            (documents, what, code)
            for (at, what, code), documents in group.rules.items()
            if at == path
        ]
        return [
            {"rule": code, "what": what.value, "documents": documents}
            | self._said(code, path, sources)
            for documents, what, code in sorted(found, key=lambda one: (-one[0], one[1], one[2]))
        ]

    def _said(self, code: str, path: str, sources: Mapping[str, list[str]]) -> View:
        """Return a rule as a finding at a field; what differs between findings is left open."""
        rule = RULES_BY_CODE.get(code)
        if rule is None:
            return {}
        entry = self.registry.entry(path)
        of_all = dict.fromkeys(one for each in sources.values() for one in each)
        known = {
            "target": path,
            "name": path.rpartition("/")[2],
            "wco_id": entry.wco_id if entry is not None else "",
            "meaning": entry.meaning if entry is not None else "",
            "sources": ", ".join(of_all) or "…",
        }
        names = {name for text in (rule.sentence, rule.mend) for name in _names(text)}
        facts = {name: known.get(name) or "…" for name in names - {"pointer", "value"}}
        return finding(
            Finding(
                code=rule.code,
                severity=rule.severity,
                sentence=rule.sentence,
                mend=rule.mend,
                pointer=path,
                value="…",
                facts=facts,
            )
        )


def merged(groups: Iterable[Group]) -> Group:
    """Return groups as one; they share no document."""
    whole = Group()
    for group in groups:
        for what, documents in group.documents.items():
            whole.add(Sum("", "", what, "", documents, 0))
        for path, of_field in group.fields.items():
            for what, documents in of_field.items():
                whole.add(Sum("", path, what, "", documents, 0))
        for (path, what, rule), documents in group.rules.items():
            whole.add(Sum("", path, what, rule, documents, 0))
    return whole


def _first_time(group: Group) -> View:
    ends = (What.FIRST_ACCEPTED, What.FIRST_REFUSED, What.FIRST_REJECTED)
    accepted, refused, rejected = (group.documents.get(one, 0) for one in ends)
    decided = accepted + refused + rejected
    return {
        "handed_in": group.documents.get(What.FIRST, 0),
        "decided": decided,
        "accepted": accepted,
        "refused": refused,
        "rejected": rejected,
        "share": _share(accepted, decided),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _stops(of_field: Mapping[What, int]) -> int:
    return sum(of_field.get(one, 0) for one in _STOPS)


def _badness(group: Group) -> tuple[float, float, int]:
    """Return what sorts the worst group first: of what is refused, then of what is missing."""
    whole = max(group.all, 1)
    missing = group.documents.get(What.MISSING, 0)
    return -_stops(group.documents) / whole, -missing / whole, -group.all


def _worst(fields: Mapping[str, Mapping[What, int]]) -> Sequence[str]:
    order = (What.MISSING, What.WRONG, What.CUT, What.WARNED, What.NOTED, What.DEFAULTED)

    def badness(path: str) -> tuple[Any, ...]:
        found = fields[path]
        return -_stops(found), *(-found.get(one, 0) for one in order), path

    return sorted(fields, key=badness)


def _stopping(group: Group) -> list[str]:
    """Return the fields that stop documents, the worst first."""
    return [path for path in _worst(group.fields) if _stops(group.fields[path])]


def _stopped(row: View) -> tuple[float, int]:
    stopped = row.get("refused", 0) + row.get("rejected", 0)
    return -stopped / max(row["documents"], 1), -row["missing"]


def _names(template: str) -> Iterable[str]:
    return (name for _, name, _, _ in Formatter().parse(template) if name)
