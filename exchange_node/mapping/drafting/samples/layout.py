"""Samples → how their format is recognised and read: `[detect]` and `[read]` as a profile has them.

XML, JSON and EDIFACT tell their kind themselves. Of a text that is none of them, a table is what
one delimiter parts alike in most lines; otherwise its lines have columns of characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exchange_node.domain.errors import UnfitSamplesError
from exchange_node.mapping.drafting.samples.tables import Ideas, table_layout
from exchange_node.mapping.drafting.toml import listed, quoted
from exchange_node.mapping.profile.profile import Profiles
from exchange_node.mapping.profile.recognition.layouts import Interchange
from exchange_node.mapping.sources.edifact import Edifact
from exchange_node.mapping.sources.json import Json, Value
from exchange_node.mapping.sources.opening import Opened, Plain
from exchange_node.mapping.sources.xml import Xml, split_tag

MOST_KEYS = 4
MOST_DEPTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a format is recognised and read.

    Attributes:
        kind: in words: what the samples are.
        toml: the tables of a profile that say it.
    """

    kind: str
    toml: str


def layout_of(samples: Sequence[Opened], profiles: Profiles, ideas: Ideas) -> Layout:
    """Tell how samples of one format are recognised and read.

    Raises:
        UnfitSamplesError: they are of different notations, or not to be told apart from anything.
    """
    first = samples[0]
    if any(type(one) is not type(first) for one in samples):
        kinds = ", ".join(dict.fromkeys(one.seen for one in samples))
        raise UnfitSamplesError(why=f"they are of different notations: {kinds}")
    if isinstance(first, Xml):
        return _xml([one for one in samples if isinstance(one, Xml)])
    if isinstance(first, Json):
        return _json([one for one in samples if isinstance(one, Json)])
    if isinstance(first, Edifact):
        return _edifact([one for one in samples if isinstance(one, Edifact)], profiles)
    return Layout(
        kind="rows of text",
        toml=table_layout([one for one in samples if isinstance(one, Plain)], ideas),
    )


def _xml(samples: Sequence[Xml]) -> Layout:
    tags = [split_tag(str(one.root.tag)) for one in samples]
    roots = list(dict.fromkeys(name for _, name in tags))
    if len(roots) > 1:
        raise UnfitSamplesError(why=f"they have different roots: {', '.join(roots)}")
    spaces = [one for one in dict.fromkeys(space for space, _ in tags) if one]
    lines = ["[detect]", f"roots = {listed(roots)}"]
    if spaces:
        lines.append(f"namespaces = {listed(spaces)}")
    return Layout(kind=f"XML with the root {roots[0]}", toml="\n".join(lines))


def _json(samples: Sequence[Json]) -> Layout:
    body: list[str] = []
    objects = [_object(one.top) for one in samples]
    while len(body) < MOST_DEPTH and all(_only(one) is not None for one in objects):
        keys = {key for one in objects for key, _ in (one.members or ())}
        if len(keys) != 1:
            break
        body += keys
        objects = [_object(_only(one) or one) for one in objects]
    shared = [key for key, _ in objects[0].members or ()]
    for one in objects[1:]:
        there = {key for key, _ in one.members or ()}
        shared = [key for key in shared if key in there]
    keys_ = list(dict.fromkeys(shared))[:MOST_KEYS]
    if not keys_:
        raise UnfitSamplesError(why="no key stands in all of them, so nothing tells the format")
    lines = ["[detect]", f"keys = {listed(keys_)}", "", "[read]", 'kind = "json"']
    if body:
        lines.append(f"body = {quoted('/'.join(body))}")
    return Layout(kind="JSON", toml="\n".join(lines))


def _object(value: Value) -> Value:
    found = [one for one in value.elements or [value] if one.members is not None]
    return found[0] if found else value


def _only(value: Value) -> Value | None:
    """Return what an object holds under its one key, where that is an object again."""
    members = value.members or []
    if len(members) != 1 or "/" in members[0][0]:
        return None
    inner = _object(members[0][1])
    return inner if inner.members is not None else None


def _edifact(samples: Sequence[Edifact], profiles: Profiles) -> Layout:
    types = list(dict.fromkeys(name for one in samples for name in one.messages()))
    if len(types) != 1:
        said = ", ".join(types) or "none"
        raise UnfitSamplesError(why=f"one message type is wanted, there is {said}")
    layouts = [
        (
            types[0] in {sign.partition(":")[0] for sign in one.detection.messages},
            one.detection.layout,
        )
        for one in profiles
        if isinstance(one.detection.layout, Interchange)
    ]
    layouts.sort(key=lambda one: not one[0])
    groups: dict[str, list[str]] = {}
    elements: dict[str, list[str]] = {}
    for fits, layout in layouts:
        if groups and not fits and layouts[0][0]:
            continue
        for name, members in layout.groups.items():
            groups[name] = sorted({*groups.get(name, ()), *members})
        for name, parts in layout.elements.items():
            told = (
                f"{one.name}: {' '.join(one.parts)}" if one.parts else one.name for one in parts
            )
            elements.setdefault(name, list(told))
    used = {segment.tag for one in samples for segment in one.segments}
    lines = ["[detect]", f"messages = {listed(types)}", "", "[read]", 'kind = "edifact"']
    lines += ["", "# Which segment belongs to which group; as profiles of the family have it.",
              "[read.groups]"]  # fmt: skip
    lines += _segments(groups, used, members=True)
    lines += ["", "[read.elements]", *_segments(elements, used, members=False)]
    return Layout(kind=f"EDIFACT {types[0]}", toml="\n".join(lines))


def _segments(found: Mapping[str, Sequence[str]], used: set[str], *, members: bool) -> list[str]:
    """Return the lines of segments that the samples have."""
    rows = []
    for name, values in found.items():
        kept = [one for one in values if one in used] if members else list(values)
        if name.rpartition("/")[2] in used and kept:
            rows.append(f"{quoted(name) if '/' in name else name} = {listed(kept)}")
    return rows
