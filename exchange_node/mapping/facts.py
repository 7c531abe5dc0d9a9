"""What the national system knows and the declaration does not say: read · place into the tree.

A fact is a source path that the profile names, with one value or a list of values for something
that repeats. Facts are placed where the declaration has nothing, and nowhere else: a fact that
says otherwise than the declaration is a finding and is not used.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NoReturn

from exchange_node.domain.errors import InvalidFactsError
from exchange_node.domain.finding import Finding
from exchange_node.mapping.findings import CONTRADICTED
from exchange_node.mapping.late import part
from exchange_node.mapping.profile.notation import NumberShape, read_number
from exchange_node.mapping.profile.profile import Profile
from exchange_node.mapping.tree import Node, Odd, Source, adopt, supplied

SUPPLIER = "supplied_by"
MAX_CHARACTERS = 1_000_000
MAX_FACTS = 10_000
MAX_VALUE = 4_000
_STEP = re.compile(r"(@?[^\[\]/@\x00-\x1f]+)(?:\[([1-9][0-9]{0,4})\])?\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact: steps with positions (0: none said), its values, who supplied it."""

    path: str
    steps: tuple[tuple[str, int], ...]
    values: tuple[str, ...]
    supplier: str
    is_list: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts that came with one submission."""

    entries: tuple[Fact, ...] = ()


def read_facts(text: str) -> Facts:
    """Read a facts file: TOML, or JSON where the text begins with a brace.

    `supplied_by` at the top says who vouches for all of them; `{ value = …, supplied_by = … }`
    for one. Nested tables are paths, so `[TransitOperation]` with `MRN = …` is
    `TransitOperation/MRN`.

    Raises:
        InvalidFactsError: it is neither, a path is no path, or a value is none.
    """
    if len(text) > MAX_CHARACTERS:
        _refuse("file", f"{len(text)} characters, at most {MAX_CHARACTERS} are read")
    raw = dict(_json(text) if text.lstrip("\ufeff \t\r\n").startswith("{") else _toml(text))
    supplier = raw.pop(SUPPLIER, "submitter")
    if not isinstance(supplier, str) or not supplier.strip():
        _refuse(SUPPLIER, "it must be a name")
    entries = tuple(_entries(raw, "", supplier))
    if len(entries) > MAX_FACTS:
        _refuse("file", f"{len(entries)} facts, at most {MAX_FACTS} are taken")
    return Facts(entries=entries)


def _refuse(place: str, why: str) -> NoReturn:
    raise InvalidFactsError(place=place, why=why)


def _toml(text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"), parse_float=str)
    except ValueError as err:  # tomllib's own, and the one of an integer without end
        _refuse("TOML", str(err))
    except RecursionError:
        _refuse("TOML", "it nests too deep")


def _json(text: str) -> Mapping[str, object]:
    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        plain = dict(found)
        if len(plain) < len(found):
            names = [name for name, _ in found]
            _refuse(next(one for one in names if names.count(one) > 1), "it is said twice")
        return plain

    def constant(name: str) -> NoReturn:
        _refuse(name, "it is no value")

    try:
        read = json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=pairs, parse_float=str, parse_int=str,
            parse_constant=constant,
        )  # fmt: skip
    except json.JSONDecodeError as err:
        _refuse(f"JSON line {err.lineno} column {err.colno}", err.msg)
    except RecursionError:
        _refuse("JSON", "it nests too deep")
    if not isinstance(read, dict):
        _refuse("JSON", "it must be an object")
    return read


def _entries(value: object, path: str, supplier: str) -> Iterator[Fact]:
    if isinstance(value, Mapping):
        if "value" in value and set(value) <= {"value", SUPPLIER}:
            by = value.get(SUPPLIER, supplier)
            yield from _entries(value["value"], path, by if isinstance(by, str) else supplier)
            return
        for name, inner in value.items():
            yield from _entries(inner, f"{path}/{name}" if path else str(name), supplier)
        return
    if isinstance(value, list):
        if value and all(isinstance(one, Mapping) for one in value):
            for number, one in enumerate(value, start=1):
                yield from _entries(one, f"{path}[{number}]", supplier)
            return
        texts = tuple(_text(path, one) for one in value)
        if not texts:
            _refuse(path, "the list is empty")
        yield _fact(path, texts, supplier, is_list=True)
        return
    yield _fact(path, (_text(path, value),), supplier, is_list=False)


def _text(path: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if not isinstance(value, str | int):
        _refuse(path, "a fact is one value or a list of values")
    text = str(value).strip()
    if not text:
        _refuse(path, "it has no value")
    if len(text) > MAX_VALUE:
        _refuse(path, f"{len(text)} characters, at most {MAX_VALUE} are taken")
    if _CONTROL.search(text):
        _refuse(path, "it has control characters")
    return text


def _fact(path: str, values: tuple[str, ...], supplier: str, *, is_list: bool) -> Fact:
    steps = []
    for step in path.removeprefix("/").split("/"):
        parsed = _STEP.match(step)
        if parsed is None:
            _refuse(path[:200], f"{step[:80]!r} is no step of a source path")
        steps.append((parsed[1], int(parsed[2] or 0)))
    return Fact(path=path, steps=tuple(steps), values=values, supplier=supplier, is_list=is_list)


def place(facts: Facts, source: Source, profile: Profile) -> list[Finding]:
    """Put the facts into the source tree where it has nothing; return the contradictions.

    Raises:
        InvalidFactsError: a fact that no line of the profile names, with the nearest that it
            does name; or a position that does not follow on.
    """
    resolved = [(fact, _resolved(fact, profile)) for fact in facts.entries]
    unknown = [
        _unknown(fact, "/".join(name for name, _ in steps), profile)
        for fact, steps in resolved
        if "/".join(name for name, _ in steps) not in profile.named
    ]
    if unknown:
        _refuse(unknown[0][0], "; ".join(why for _, why in unknown))
    findings: list[Finding] = []
    for fact, steps in resolved:
        above = [source.body]
        for name, position in steps[:-1]:
            above = [one for node in above for one in _existing(node, name, position, fact)]
        for node in above:
            findings += _fill(node, steps[-1], fact, source, profile.number)
    return findings


def _resolved(fact: Fact, profile: Profile) -> tuple[tuple[str, int], ...]:
    """Return the steps without the root's name, aliases resolved."""
    steps = fact.steps
    if len(steps) > 1 and steps[0][0] in profile.detection.roots:
        steps = steps[1:]
    aliases = profile.detection.aliases
    return tuple((aliases.get(name, name), position) for name, position in steps)


def _unknown(fact: Fact, plain: str, profile: Profile) -> tuple[str, str]:
    near = difflib.get_close_matches(plain, profile.named, n=3, cutoff=0.5)
    last = plain.rpartition("/")[2]
    ends = [one for one in profile.named if one.rpartition("/")[2] == last][:3]
    hint = ", ".join(dict.fromkeys([*ends, *near]))
    why = f"no line of the profile {profile.name} reads {plain}"
    return fact.path, f"{why}; near it: {hint}" if hint else why


def _existing(node: Node, name: str, position: int, fact: Fact) -> list[Node]:
    same = node.children.get(name, [])
    if not position:
        return list(same) or [_new(node, name, fact)]
    if position <= len(same):
        return [same[position - 1]]
    if position > len(same) + 1:
        _refuse(fact.path, f"position {position} of {name} does not follow on {len(same)}")
    return [_new(node, name, fact)]


def _new(node: Node, name: str, fact: Fact, text: str = "") -> Node:
    part(node)
    one = Odd(name, name, text, 0, node)
    one.supplier = fact.supplier
    adopt(node, one)
    return one


def _fill(
    node: Node, step: tuple[str, int], fact: Fact, source: Source, number: NumberShape | None
) -> list[Finding]:
    """Set one fact below one node, or say what the declaration says instead."""
    name, position = step
    same = node.children.get(name, [])
    if position:
        same = same[position - 1 : position]
    declared = [one for one in same if one.text]
    if declared:
        said = [one.text for one in declared]
        agrees = (
            len(said) == len(fact.values)
            and all(
                is_same(one, other, number) for one, other in zip(said, fact.values, strict=True)
            )
            if fact.is_list
            else any(is_same(one, fact.values[0], number) for one in said)
        )
        if agrees:
            return []
        at = declared[0].path(source.body)
        return [
            CONTRADICTED.found(
                pointer=fact.path, value=", ".join(fact.values), declared=", ".join(said), at=at
            )
        ]
    part(node)
    empty = [one for one in same if not one.children]
    for place_of, text in enumerate(fact.values):
        if place_of < len(empty):
            one = supplied(empty[place_of], text, fact.supplier)
        else:
            one = _new(node, name, fact, text)
        source.facts.append(one)
    return []


def is_same(one: str, other: str, number: NumberShape | None = None) -> bool:
    """Whether two texts say the same: case, blanks and the way a number is written aside.

    `number` is how the first of them writes numbers; the other has a decimal point.
    """
    if "".join(one.split()).casefold() == "".join(other.split()).casefold():
        return True
    first, second = read_number(one, number), read_number(other)
    return first is not None and first == second
