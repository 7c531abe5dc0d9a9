"""Where a key of a TOML text stands: the parser of the standard library does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

Key = tuple[str | int, ...]

_HEADING = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-\s]+?)\s*\]\]?\s*(?:#.*)?$")
_VALUE = re.compile(r"^\s*([A-Za-z0-9_.\-]+)\s*=")
_FENCES = ('"""', "'''")


def places(text: str) -> Mapping[Key, int]:
    """Return the line of each table and key, counted from 1; an array's table has its place."""
    found: dict[Key, int] = {(): 1}
    counts: dict[Key, int] = {}
    here: Key = ()
    is_inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        fences = sum(line.count(one) for one in _FENCES)
        if is_inside:
            is_inside = fences % 2 == 0
            continue
        if heading := _HEADING.match(line):
            here = _table(heading[2], counts, is_array=heading[1] == "[[")
            found.setdefault(here, number)
        elif value := _VALUE.match(line):
            found.setdefault((*here, *value[1].split(".")), number)
        is_inside = fences % 2 == 1
    return found


def line_of(key: Key, found: Mapping[Key, int]) -> int:
    """Return the line of a key, or that of the nearest table around it."""
    while key not in found:
        key = key[:-1]
    return found[key]


def _table(name: str, counts: dict[Key, int], *, is_array: bool) -> Key:
    """Return a heading's place: within the last element of every array that it goes through."""
    here: Key = ()
    steps = [one.strip() for one in name.split(".")]
    for number, step in enumerate(steps, start=1):
        here = (*here, step)
        if number == len(steps) and is_array:
            counts[here] = counts.get(here, -1) + 1
        if here in counts:
            here = (*here, counts[here])
    return here
