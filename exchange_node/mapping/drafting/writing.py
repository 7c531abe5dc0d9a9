"""Groups and lines → the text of a profile, each line with its confidence and why.

What cannot be known is never chosen: where day and month could be either way round, years have two
digits, or a comma could part thousands or decimals, the line stands as commented alternatives with
a sentence. No value of a sample is written but codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exchange_node.mapping.drafting.building import Block, Row
from exchange_node.mapping.drafting.dictionary import Dictionary
from exchange_node.mapping.drafting.extras import Extras, Written
from exchange_node.mapping.drafting.matching import PLACED, Candidate, Matched
from exchange_node.mapping.drafting.samples.layout import Layout
from exchange_node.mapping.drafting.samples.observing import Leaf, Observed
from exchange_node.mapping.drafting.toml import comment, quoted

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_RULE = "# " + "-" * 64 + " "


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A drafted profile.

    Attributes:
        toml: its text.
        placed, proposed, unplaced: how many paths have a line, a commented one, none.
    """

    toml: str
    placed: int
    proposed: int
    unplaced: int


def written(
    title: str, layout: Layout, top: Block, matched: Matched, observed: Observed, known: Dictionary
) -> Draft:
    """Write a draft."""
    extras = Extras(top, matched, observed, known)
    groups = [line for block in top.every() for line in _group(block, extras)]
    carried = {one.leaf.path for one in matched.placed} | extras.used
    proposed = [one for one in matched.proposed if one.leaf.path not in carried]
    without = [one for one in matched.without if one.path not in carried]
    count = f"{observed.samples} sample" + ("s" if observed.samples != 1 else "")
    lines = [
        comment(
            f"A draft of {count} ({layout.kind}): {len(carried)} paths have a line,"
            f" {len(proposed)} a proposal, {len(without)} nothing."
        ),
        "# Go through it from top to bottom. Above each line stands how sure it is, and why.",
        comment(
            f"Below {PLACED:.0%}, and where the samples leave a choice, a line is a comment: take"
            " the sign away"
        ),
        "# where it is right. docs/mapping.md has the language.",
        "",
        f"title = {quoted(title)}",
        '# zone = "Asia/Almaty"  # of times without an offset; without it that of UTC',
        *extras.head(),
        "",
        layout.toml,
        "",
        *extras.tables(),
        *groups,
        *_proposals(proposed),
        *_left(without),
    ]
    return Draft(
        toml="\n".join(lines).rstrip() + "\n",
        placed=len(carried),
        proposed=len(proposed),
        unplaced=len(without),
    )


def _group(block: Block, extras: Extras) -> Iterator[str]:
    """Yield the lines of one group: its head, what every profile has, then the surest first."""
    if block.name != "declaration":
        yield f"[groups.{block.name}]"
        if block.within != "declaration":
            yield f"within = {quoted(block.within)}"
        if block.each:
            yield f"each = {quoted(block.each)}"
        yield f"to = {quoted(block.to)}"
        key = {"TransportEquipment": "ID", "DepartureTransportMeans": "ID"}.get(block.to)
        if key:
            yield f"requires = [{quoted(key)}]"
    if not block.rows:
        yield ""
        return
    yield f"[groups.{block.name}.lines]"
    names: set[str] = set()
    fixed = [one for one in block.rows if one.candidate is None]
    found = sorted(
        ((row, one) for row in block.rows if (one := row.candidate) is not None),
        key=lambda pair: -pair[1].confidence,
    )
    if fixed:
        yield "# as in every profile"
    for row in fixed:
        keys = "".join(f", {key}" for key in extras.of_sum(row))
        yield f"{_name(row, names)} = {{ {row.fixed}{keys}, to = {quoted(row.to)} }}"
    for row, one in found:
        yield from _line(row, one, extras.of(row, block), names)
    yield ""


def _line(row: Row, one: Candidate, told: Written, names: set[str]) -> Iterator[str]:
    why = "; ".join((*one.why, _shape(one.leaf), *told.said))
    yield comment(f"{one.confidence:.0%}: {why}")
    name = _name(row, names)
    origin = f"from = [{quoted(row.origin)}, {quoted(told.otherwise)}]" if told.otherwise else (
        f"from = {quoted(row.origin)}"
    )  # fmt: skip
    for keys in told.alternatives:
        keyed = "".join(f", {key}" for key in keys)
        line = f"{name} = {{ {origin}{keyed}, to = {quoted(row.to)} }}"
        yield comment(line) if told.is_open else line
    for extra in told.beside:
        yield f"{_named(extra.partition(' ')[0], names)}{extra[len(extra.partition(' ')[0]) :]}"


def _name(row: Row, names: set[str]) -> str:
    return _named(_HUMP.sub("-", row.to.replace("ext:", "").replace("/", "-")).lower(), names)


def _named(name: str, names: set[str]) -> str:
    free, number = name, 2
    while free in names:
        free, number = f"{name}-{number}", number + 1
    names.add(free)
    return free


def _shape(leaf: Leaf) -> str:
    times = "once" if leaf.count == 1 else f"{leaf.count} times"
    return f"{times}, like {leaf.shape.form}" if leaf.shape.form else times


def _proposals(found: Sequence[Candidate]) -> Iterator[str]:
    if not found:
        return
    yield f"{_RULE}proposals"
    yield "# Not sure enough for a line. Where one is right, write it into the group of its class."
    yield "#"
    for one in sorted(found, key=lambda one: (-one.confidence, one.leaf.path)):
        rival = [f"{'/'.join(one.rival)} fills it already"] if one.rival else []
        why = "; ".join((*one.why, *rival, _shape(one.leaf)))
        path = quoted("/".join(one.leaf.path))
        yield comment(
            f"{one.confidence:.0%}: from = {path}, to = {quoted('/' + _below(one.target))}"
        )
        yield comment(f"      {why}")
    yield ""


def _below(target: str) -> str:
    return target.partition("/")[2]


def _left(found: Iterable[Leaf]) -> Iterator[str]:
    leaves = tuple(found)
    if not leaves:
        return
    yield f"{_RULE}not placed"
    yield "# Nothing is known of these. `exchange-node map` lists them as unmapped until a line,"
    yield "# [[national]] or [[drop]] (with its reason) names them."
    yield "#"
    for leaf in leaves:
        path = "/".join(leaf.path)
        odd = "" if leaf.is_writable else "; no path can name it: rename it in [read.aliases]"
        yield comment(f"{quoted(path)}  {_shape(leaf)}{odd}")
