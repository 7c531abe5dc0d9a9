"""A finished draft → columns: what became of every leaf, what every value was made of.

The report is kept for years and looked at seldom, so what is kept is what cannot be made again,
each thing once: leaves and values by their number, names and rules as words of a table. Paths,
pointers and rows are put together when somebody looks (`report`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from exchange_node.mapping.drawing import Draft, Missing, Output
from exchange_node.mapping.drawn import Origin
from exchange_node.mapping.profile.profile import Profile
from exchange_node.mapping.report.fates import Fate, fates_of
from exchange_node.mapping.tree import Node, Odd, Source
from exchange_node.wco.compiled.frames import Frame

ORIGINS = tuple(Origin)


@dataclass(slots=True, kw_only=True)
class Columns:
    """One mapping as tables; a column has one entry for each row.

    Attributes:
        words: names, rules, notes: whatever is said again and again; `…_word` columns point here.
        node_up, node_word, node_rank: the elements above leaves; the first is the declaration, and
            -1 stands above what has nothing above it.
        leaf_up, leaf_word, leaf_rank, leaf_line, leaf_text: the declaration's leaves, then those of
            facts, then those of what it was wrapped in, then parts of leaves.
        leaves, facts, wrapped: how many of each of the first three.
        parts: which leaf each part belongs to.
        suppliers: leaf → who supplied it.
        fates: one letter for each of the declaration's leaves.
        notes: leaf, word of the note, word of the rule, for leaves that carry nothing.
        frame_up, frame_word, frame_place: the classes of the document; place 0 where there is one.
        out_…: the values in the order they were written; `out_leaf` is -1 where a value has not
            exactly one leaf.
        several: value → its leaves, where they are more than one.
        values: value → its text, where that is not its only leaf's own.
        changed: value → tables, the text before it was cut, the text before it was spelt anew.
        because: rule → why its default may stand in.
        personal: rules whose values are personal data.
        missing: pointer and sources of what is obligatory and filled by nothing.
    """

    profile: str
    words: list[str] = field(default_factory=list)
    node_up: list[int] = field(default_factory=list)
    node_word: list[int] = field(default_factory=list)
    node_rank: list[int] = field(default_factory=list)
    leaf_up: list[int] = field(default_factory=list)
    leaf_word: list[int] = field(default_factory=list)
    leaf_rank: list[int] = field(default_factory=list)
    leaf_line: list[int] = field(default_factory=list)
    leaf_text: list[str] = field(default_factory=list)
    leaves: int = 0
    facts: int = 0
    wrapped: int = 0
    parts: list[int] = field(default_factory=list)
    suppliers: list[tuple[int, int]] = field(default_factory=list)
    fates: str = ""
    notes: list[tuple[int, int, int]] = field(default_factory=list)
    frame_up: list[int] = field(default_factory=list)
    frame_word: list[int] = field(default_factory=list)
    frame_place: list[int] = field(default_factory=list)
    out_frame: list[int] = field(default_factory=list)
    out_word: list[int] = field(default_factory=list)
    out_place: list[int] = field(default_factory=list)
    out_rule: list[int] = field(default_factory=list)
    out_origin: list[int] = field(default_factory=list)
    out_leaf: list[int] = field(default_factory=list)
    several: list[tuple[int, list[int]]] = field(default_factory=list)
    values: list[tuple[int, str]] = field(default_factory=list)
    changed: list[tuple[int, list[int], str, str]] = field(default_factory=list)
    because: list[tuple[int, int]] = field(default_factory=list)
    personal: list[int] = field(default_factory=list)
    missing: list[tuple[str, list[str]]] = field(default_factory=list)


class _Words(dict[str, int]):
    """Words by their number; a new one gets the next."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


def columns_of(
    profile: Profile, source: Source, draft: Draft, lacking: Iterable[Missing]
) -> Columns:
    """Return a mapping as tables."""
    made = Columns(profile=profile.name)
    words = _Words()
    outputs = draft.outputs
    carriers = dict.fromkeys([node for out in outputs for node in out.nodes])
    leaves = _leaves(made, source, carriers, words)
    carried = {node.whole or node for node in carriers} if made.parts else carriers
    _fates(made, fates_of(profile, source, draft, carried), words)
    _outputs(made, outputs, leaves, words)
    made.missing = [(one.pointer, list(one.sources)) for one in lacking]
    made.words = list(words)
    return made


def _leaves(
    made: Columns, source: Source, carriers: Iterable[Node], words: _Words
) -> dict[Node, int]:
    """Enter the leaves, and what carries a value and is but a part; return the number of each."""
    every = [*source.leaves, *source.facts, *source.envelope]
    numbers = {node: number for number, node in enumerate(every)}
    made.leaves, made.facts, made.wrapped = (
        len(source.leaves), len(source.facts), len(source.envelope)
    )  # fmt: skip
    for node in carriers:
        if node not in numbers:
            numbers[node] = len(every)
            every.append(node)
            made.parts.append(numbers[node.whole or node])
    nodes: dict[Node | None, int] = {None: -1, source.body: 0}
    made.node_up, made.node_word, made.node_rank = [-1], [words[""]], [0]
    for one in dict.fromkeys([one.parent for one in every]):
        if one is not None and one not in nodes:
            _above(made, one, nodes, words)
    made.leaf_up = [nodes[one.parent] for one in every]
    made.leaf_word = [words[one.name] for one in every]
    made.leaf_rank = [one.rank for one in every]
    made.leaf_line = [one.line for one in every]
    made.leaf_text = [one.text for one in every]
    body = numbers.get(source.body)
    if body is not None:
        made.leaf_up[body], made.leaf_word[body], made.leaf_rank[body] = 0, words[""], 0
    made.suppliers = [
        (number, words[one.supplier])
        for number, one in enumerate(every)
        if type(one) is Odd and one.supplier
    ]
    return numbers


def _above(made: Columns, node: Node, nodes: dict[Node | None, int], words: _Words) -> int:
    """Enter an element, and first those above it; return its number."""
    up = nodes.get(node.parent)
    if up is None:
        up = _above(made, node.parent, nodes, words) if node.parent is not None else -1
    number = nodes[node] = len(made.node_up)
    made.node_up.append(up)
    made.node_word.append(words[node.name])
    made.node_rank.append(node.rank)
    return number


def _fates(made: Columns, fates: Sequence[Fate | None], words: _Words) -> None:
    made.fates = "".join(["m" if one is None else one.letter for one in fates])
    made.notes = [
        (number, words[one.note], words[one.rule])
        for number, one in enumerate(fates)
        if one is not None
    ]


def _outputs(
    made: Columns, outputs: Sequence[Output], leaves: dict[Node, int], words: _Words
) -> None:
    frames: dict[Frame, int] = {}
    for frame in dict.fromkeys([out.frame for out in outputs]):
        if frame not in frames:
            _frame(made, frame, frames, words)
    origins = {one: number for number, one in enumerate(ORIGINS)}
    made.out_frame = [frames[out.frame] for out in outputs]
    made.out_word = [words[out.kid.name] for out in outputs]
    made.out_place = _places(outputs)
    made.out_origin = [origins[out.origin] for out in outputs]
    made.out_leaf = [leaves[out.nodes[0]] if len(out.nodes) == 1 else -1 for out in outputs]
    texts = made.leaf_text
    for number, (out, leaf) in enumerate(zip(outputs, made.out_leaf, strict=True)):
        if leaf < 0 or texts[leaf] != out.value:
            made.values.append((number, out.value))
            if len(out.nodes) > 1:
                made.several.append((number, [leaves[one] for one in out.nodes]))
    made.changed = [
        (number, [words[one] for one in more.crosswalks], more.whole, more.original)
        for number, out in enumerate(outputs)
        if (more := out.more) is not None and (more.crosswalks or more.whole or more.original)
    ]
    names = [out.line.name for out in outputs]
    made.out_rule = [words[name] for name in names]
    lines = {name: out.line for name, out in zip(names, outputs, strict=True)}
    made.because = [(words[name], words[one.because]) for name, one in lines.items() if one.because]
    made.personal = [words[name] for name, one in lines.items() if one.personal]


def _places(outputs: Sequence[Output]) -> list[int]:
    """Return the position of each value among its like; 0 where there is but one."""
    count: dict[tuple[Frame, int], int] = {}
    places: list[int] = []
    for out in outputs:
        kid = out.kid
        if kid.is_single:
            places.append(0)
        else:
            key = (out.frame, kid.rank)
            place = count[key] = count.get(key, 0) + 1
            places.append(place)
    return places


def _frame(made: Columns, frame: Frame, frames: dict[Frame, int], words: _Words) -> int:
    """Enter a class of the document, and first those above it; return its number."""
    above = frame.parent
    up = frames.get(above, -1) if above is not None else -1
    if up < 0 and above is not None:
        up = _frame(made, above, frames, words)
    number = frames[frame] = len(made.frame_up)
    made.frame_up.append(up)
    kid = frame.kid
    made.frame_word.append(words[frame.table.entry.path if kid is None else kid.name])
    made.frame_place.append(0 if kid is None or kid.is_single else frame.place)
    return number
