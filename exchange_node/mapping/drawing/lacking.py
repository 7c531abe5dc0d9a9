"""Which obligatory elements nothing filled, and what would fill them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exchange_node.mapping.profile.profile import Profile
from exchange_node.wco.compiled.classes import Kid, Table
from exchange_node.wco.compiled.frames import Filling, Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An obligatory element that nothing fills, and the source paths that would."""

    pointer: str
    sources: tuple[str, ...] = ()


def lacking_in(profile: Profile, top: Frame, frames: Iterable[Frame]) -> Iterator[Missing]:
    """Yield every obligatory element without a value, inside what is there and what must be.

    `frames` are those in which a value stands. Of classes alike the first is asked; where it lacks
    nothing, none of them does.
    """
    filled: set[Frame] = set()
    for frame in frames:
        one: Frame | None = frame
        while one is not None and one not in filled:
            filled.add(one)
            one = one.parent
    return _below(profile, top, filled, set())


def _in_row(
    profile: Profile, row: Frame, filling: Filling, whole: set[Filling]
) -> Iterator[Missing]:
    """Yield what is missing in a class that is one of many alike."""
    if filling in whole:
        return
    missing = tuple(_below(profile, row, {row, *_filled_in(row)}, whole))
    if not missing:
        whole.add(filling)
    yield from missing


def _filled_in(row: Frame) -> Iterator[Frame]:
    """Yield the classes in one of many alike: in each of them a value stands."""
    for rank, item in row.items.items():
        if row.table.in_order[rank].kind is not None:
            for one in item:
                yield one
                yield from _filled_in(one)


def _below(
    profile: Profile, frame: Frame, filled: set[Frame], whole: set[Filling]
) -> Iterator[Missing]:
    """Yield what is missing in a class that is there; pointers are made where something is."""
    items = frame.items
    for kid in frame.table.asked:
        if kid.kind is None:
            if not items.get(kid.rank):
                fills = profile.fills.get(kid.entry.path)
                yield Missing(pointer=f"{frame.pointer}/{kid.name}", sources=fills or ())
            continue
        is_there = False
        for row in items.get(kid.rank, ()):
            if row in filled:
                is_there = True
                if not kid.kind.asked:
                    continue
                if row.filling is not None:
                    yield from _in_row(profile, row, row.filling, whole)
                else:
                    yield from _below(profile, row, filled, whole)
        if kid.minimum and not is_there:
            yield from _absent(profile, kid.kind, f"{frame.pointer}/{_first(kid)}")


def _absent(profile: Profile, table: Table, pointer: str) -> Iterator[Missing]:
    """Yield what is missing in a class that ought to be there."""
    for kid in table.asked:
        if kid.kind is not None:
            if kid.minimum:
                yield from _absent(profile, kid.kind, f"{pointer}/{_first(kid)}")
            continue
        fills = profile.fills.get(kid.entry.path)
        # What only the node or a constant fills comes by itself once its class is there.
        if fills is None or fills:
            yield Missing(pointer=f"{pointer}/{kid.name}", sources=fills or ())


def _first(kid: Kid) -> str:
    return kid.name if kid.is_single else f"{kid.name}[1]"
