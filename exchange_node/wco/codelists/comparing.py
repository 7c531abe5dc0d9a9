"""Two editions of a list → what was added, removed, renamed, and whose days changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from exchange_node.wco.codelists.lists import Code


class Difference(StrEnum):
    """What became of a code."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    VALIDITY = "validity changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between two editions.

    Attributes:
        before, after: what the code meant, or the days on which it held; empty where it is new or
            gone.
    """

    kind: Difference
    code: str
    before: str = ""
    after: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return plain values."""
        return {
            "change": self.kind.value, "code": self.code, "before": self.before, "after": self.after
        }  # fmt: skip


def compare(old: Iterable[Code], new: Iterable[Code]) -> tuple[Change, ...]:
    """Return how the codes of two editions differ, by code; a code may differ in name and days."""
    before, after = _by_code(old), _by_code(new)
    found: list[Change] = []
    for code in sorted(before.keys() | after.keys()):
        was, now = before.get(code, []), after.get(code, [])
        if not was:
            found.append(Change(kind=Difference.ADDED, code=code, after=_all(now)))
        elif not now:
            found.append(Change(kind=Difference.REMOVED, code=code, before=_all(was)))
        else:
            if _names(was) != _names(now):
                found.append(
                    Change(
                        kind=Difference.CHANGED, code=code, before=_names(was), after=_names(now)
                    )
                )
            if _days(was) != _days(now):
                found.append(
                    Change(kind=Difference.VALIDITY, code=code, before=_days(was), after=_days(now))
                )
    return tuple(found)


def _by_code(codes: Iterable[Code]) -> dict[str, list[Code]]:
    found: dict[str, list[Code]] = {}
    for one in codes:
        found.setdefault(one.code, []).append(one)
    for same in found.values():
        same.sort(key=lambda one: (str(one.valid_from or ""), str(one.valid_to or "")))
    return found


def _names(codes: list[Code]) -> str:
    return "; ".join(dict.fromkeys(one.name for one in codes))


def _days(codes: list[Code]) -> str:
    return ", ".join(f"{one.valid_from or ''}..{one.valid_to or ''}" for one in codes)


def _all(codes: list[Code]) -> str:
    days = _days(codes)
    return _names(codes) if days == ".." else f"{_names(codes)} ({days})"
