"""Which obligatory elements nothing filled, and what would fill them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exchange_node.mapping.profile.naming import TARGET
from exchange_node.mapping.profile.profile import Profile
from exchange_node.wco.compiled.classes import Table
from exchange_node.wco.compiled.frames import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An obligatory element that nothing fills, and the source paths that would."""

    pointer: str
    sources: tuple[str, ...] = ()


def lacking_in(profile: Profile, top: Frame) -> Iterator[Missing]:
    """Yield every obligatory element without a value, inside what is there and what must be."""
    filled: dict[Frame, bool] = {}
    _is_filled(top, filled)
    return _below(profile, top.table, top, TARGET, filled)


def _is_filled(frame: Frame, filled: dict[Frame, bool]) -> bool:
    """Note for a frame and all below it whether a value stands in it; return it for the frame."""
    has = False
    kids = frame.table.in_order
    for rank, item in frame.items.items():
        if kids[rank].kind is None:
            has = has or bool(item)
            continue
        for row in item:
            if _is_filled(row, filled):
                has = True
    filled[frame] = has
    return has


def _below(
    profile: Profile, table: Table, frame: Frame | None, pointer: str, filled: dict[Frame, bool]
) -> Iterator[Missing]:
    """Yield what is missing in a class that is there, or, without a frame, ought to be."""
    for kid in table.asked:
        if kid.kind is None:
            if frame is not None and frame.items.get(kid.rank):
                continue
            fills = profile.fills.get(kid.entry.path)
            # What only the node or a constant fills comes by itself once its class is there.
            if frame is not None or fills is None or fills:
                yield Missing(pointer=f"{pointer}/{kid.name}", sources=fills or ())
            continue
        rows = frame.items.get(kid.rank, ()) if frame is not None else ()
        there = [row for row in rows if filled[row]]
        for row in there:
            place = row.place
            at = f"{pointer}/{kid.name}" if kid.is_single else f"{pointer}/{kid.name}[{place}]"
            yield from _below(profile, kid.kind, row, at, filled)
        if kid.minimum and not there:
            at = f"{pointer}/{kid.name}" if kid.is_single else f"{pointer}/{kid.name}[1]"
            yield from _below(profile, kid.kind, None, at, filled)
