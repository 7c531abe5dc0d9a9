"""The keys of a draft ↔ columns of a list; what a draft may say, a list may, without a word here.

A column is named by its key: `summary`. Of what there is several times the number stands between
dots (`measures.1.type_code`); of a subject it does not, since each subject is a row of its own
(`subjects.means_id`), with the `source_reference` of its alert.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from exchange_node.domain.errors import InvalidListError
from exchange_node.services.stations.alert_draft import schema_of_drafts

REFERENCE = "source_reference"
SUBJECTS = "subjects"

Place = tuple[str | int, ...]
"""Where a value stands in a draft: keys, and positions from 0."""

Plain = dict[str, Any]

_LONG = 4
"""Digits that no number of a column has: no list of a draft is so long."""

_TEMPLATE_ENTRIES = 1
"""Of what there is several times, how many columns the template has."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; its place begins with `subjects` where it is one of a subject's."""

    name: str
    place: Place


def columns_of(header: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns that a header names.

    Raises:
        InvalidListError: a name is unknown or stands twice, or none names the row.
    """
    names = [one.strip() for one in header]
    if REFERENCE not in names:
        raise InvalidListError(why=f"no column is called {REFERENCE}")
    twice = sorted({one for one in names if names.count(one) > 1})
    found = {one: _place(one) for one in names}
    unknown = sorted(one for one, place in found.items() if place is None)
    if twice or unknown:
        named = ", ".join(one[:50] or "(no name)" for one in (unknown or twice)[:10])
        what = "no key of an alert" if unknown else "there more than once"
        raise InvalidListError(why=f"columns that are {what}: {named}")
    return tuple(Column(name, place) for name, place in found.items() if place is not None)


def template() -> tuple[str, ...]:
    """Return the names of all columns, of what there is several times those of the first."""
    return (REFERENCE, *_names(_schema(), ""))


def put(plain: Plain, place: Place, value: str) -> None:
    """Set a value in a draft that is being made; lists are by position until `closed`."""
    *way, last = place
    here: dict[Any, Any] = plain
    for part in way:
        here = here.setdefault(part, {})
    here[last] = value


def closed(plain: Mapping[Any, Any], place: Place = ()) -> tuple[Any, dict[Place, Place]]:
    """Return what was put with its lists closed up, and where each value was put."""
    if plain and all(isinstance(one, int) for one in plain):
        items: list[Any] = []
        where: dict[Place, Place] = {}
        for position, key in enumerate(sorted(plain)):
            value, below = _closed(plain[key], (*place, key))
            items.append(value)
            where |= {(position, *at): origin for at, origin in below.items()}
        return items, where
    made: Plain = {}
    placed: dict[Place, Place] = {}
    for key, one in plain.items():
        made[key], below = _closed(one, (*place, key))
        placed |= {(key, *at): origin for at, origin in below.items()}
    return made, placed


def flat(plain: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the rows of a draft, by names of columns: one for each subject, at least one."""
    first = dict(_cells({one: value for one, value in plain.items() if one != SUBJECTS}, ""))
    subjects = [dict(_cells(one, f"{SUBJECTS}.")) for one in plain.get(SUBJECTS, [])] or [{}]
    return [first | subjects[0], *subjects[1:]]


def ordered(names: Iterable[str]) -> list[str]:
    """Return names of columns in the order of the keys of a draft."""
    known = {_bare(one): number for number, one in enumerate(template())}
    return sorted(names, key=lambda one: (known.get(_bare(one), len(known)), _numbers(one), one))


def keys() -> tuple[str, ...]:
    """Return the keys of a draft that are not its subjects."""
    return tuple(one for one in _schema()["properties"] if one != SUBJECTS)


def subject_keys() -> tuple[str, ...]:
    """Return the keys of a subject of a draft."""
    return tuple(_resolved(_schema()["properties"][SUBJECTS]["items"])["properties"])


def is_moment(place: Place) -> bool:
    """Whether what stands at a place is a moment."""
    found = _leaf(_schema(), [one for one in place if isinstance(one, str)])
    return found is not None and found.get("format") == "date-time"


def _closed(value: Any, place: Place) -> tuple[Any, dict[Place, Place]]:  # noqa: ANN401 - a draft
    return closed(value, place) if isinstance(value, dict) else (value, {(): place})


def _cells(plain: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for key, value in plain.items():
        yield from _cell(value, f"{before}{key}")


def _cell(value: Any, name: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - of a draft
    match value:
        case None | "":
            return
        case bool():
            yield name, "true" if value else "false"
        case list():
            for number, one in enumerate(value, start=1):
                yield from _cell(one, f"{name}.{number}")
        case dict():
            yield from _cells(value, f"{name}.")
        case _:
            yield name, str(value)


@lru_cache(maxsize=1)
def _schema() -> Mapping[str, Any]:
    return schema_of_drafts()


def _resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a part of the schema says, without reference and without nothing as a choice."""
    for choice in node.get("anyOf", ()):
        if choice.get("type") != "null":
            return _resolved(choice)
    if "$ref" in node:
        found: Mapping[str, Any] = _schema()["$defs"][node["$ref"].rpartition("/")[2]]
        return found
    return node


def _place(name: str) -> Place | None:
    """Return where the values of a column stand; None where no draft has such a key."""
    if name == REFERENCE:
        return (REFERENCE,)
    place: list[str | int] = []
    node = _schema()
    for part in name.split("."):
        node = _resolved(node)
        if node.get("type") == "array":
            most = int(node.get("maxItems", 0))
            if not (part.isascii() and part.isdigit() and part[0] != "0" and len(part) < _LONG):
                return None
            if int(part) > most:
                return None
            place.append(int(part) - 1)
            node = node["items"]
            continue
        node = node.get("properties", {}).get(part)
        if node is None:
            return None
        place.append(part)
        if place == [SUBJECTS]:
            node = node["items"]  # each subject is a row
    kind = _resolved(node).get("type")
    return None if kind in {"array", "object"} else tuple(place)


def _leaf(node: Mapping[str, Any], way: Sequence[str]) -> Mapping[str, Any] | None:
    for part in way:
        here = _resolved(node)
        if here.get("type") == "array":
            here = _resolved(here["items"])
        if part not in here.get("properties", {}):
            return None
        node = here["properties"][part]
    return _resolved(node)


def _names(node: Mapping[str, Any], before: str) -> Iterator[str]:
    for key, one in node["properties"].items():
        here, name = _resolved(one), f"{before}{key}"
        if here.get("type") != "array":
            yield name
            continue
        item = _resolved(here["items"])
        for number in range(1, _TEMPLATE_ENTRIES + 1):
            numbered = name if name == SUBJECTS else f"{name}.{number}"
            if item.get("type") == "object":
                yield from _names(item, f"{numbered}.")
            else:
                yield numbered


def _bare(name: str) -> str:
    return ".".join(one for one in name.split(".") if not one.isdigit())


def _numbers(name: str) -> tuple[int, ...]:
    return tuple(int(one) for one in name.split(".") if one.isdigit())
