"""Customs seals at an exit and at the entry after it: which are gone, new or broken, and why."""

from __future__ import annotations

from collections.abc import Iterable

from exchange_node.domain.comparing.sight import Sight
from exchange_node.domain.movement.compared import Reason, Verdict

FREED = frozenset({"2", "3", "4"})
"""Grounds of incidents after which seals may be gone: broken, goods moved, goods unloaded."""


def compare_seals(
    left: Sight, came: Sight, incidents: tuple[Sight, ...], *, is_unnamed: bool
) -> tuple[Verdict, tuple[Reason, ...]]:
    """Return what came of comparing seals that both offices told of.

    Args:
        left: the exit.
        came: the entry.
        incidents: those that may explain it.
        is_unnamed: whether one of them put seals on and does not say which.
    """
    gone, new = left.seals - came.seals, came.seals - left.seals
    broken = (came.seals & came.broken) - left.broken
    if not gone and not new and not broken:
        return Verdict.ALIKE, ()
    placed = frozenset[str]().union(*(one.seals for one in incidents))
    by_incident = frozenset[tuple[str, str]]().union(*(one.replaced for one in incidents))
    both = by_incident | came.replaced
    is_freed = any(one.ground in FREED for one in incidents)
    reached = _reached(left.seals | placed, both)
    open_gone = {one for one in gone if not is_freed and not _reached({one}, both) & came.seals}
    open_new = new - reached if not is_unnamed else set()
    open_broken = broken if not is_freed else set()
    reasons = [Reason.GONE] if open_gone else []
    reasons += [Reason.NEW] if open_new else []
    reasons += [Reason.BROKEN] if open_broken else []
    if reasons:
        return Verdict.DIFFERS, tuple(reasons)
    is_resealed = any(old in reached and seal in came.seals for old, seal in came.replaced)
    explained = [Reason.RESEALED] if is_resealed else []
    if is_freed or is_unnamed or placed or by_incident:
        explained.append(Reason.INCIDENT)
    return Verdict.EXPLAINED, tuple(explained)


def _reached(seals: Iterable[str], replaced: frozenset[tuple[str, str]]) -> frozenset[str]:
    """Return some seals and whatever took their place, over however many steps."""
    found = frozenset(seals)
    while more := {new for old, new in replaced if old in found} - found:
        found |= more
    return found
