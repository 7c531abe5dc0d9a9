"""A finished draft → columns: what became of every leaf, what every value was made of.

The report is kept for years and looked at seldom, so what is kept is what cannot be made again,
each thing once: leaves and values by their number, names and rules as words of a table. Paths,
pointers and rows are put together when somebody looks (`report`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from exchange_node.mapping.drawing import Draft, Missing
from exchange_node.mapping.profile.profile import Profile
from exchange_node.mapping.report.fates import Fate, fates_of
from exchange_node.mapping.report.values import ORIGINS, Words, enter_values
from exchange_node.mapping.tree import Node, Odd, Source

__all__ = ["ORIGINS", "Columns", "columns_of"]


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


def columns_of(
    profile: Profile, source: Source, draft: Draft, lacking: Iterable[Missing]
) -> Columns:
    """Return a mapping as tables."""
    made = Columns(profile=profile.name)
    words = Words()
    carriers = draft.carriers()
    leaves = _leaves(made, source, carriers, words)
    carried = {node.whole or node for node in carriers} if made.parts else carriers
    _fates(made, fates_of(profile, source, draft, carried), words)
    enter_values(made, draft.outputs, leaves, words)
    made.missing = [(one.pointer, list(one.sources)) for one in lacking]
    made.words = list(words)
    return made


def _leaves(
    made: Columns, source: Source, carriers: Iterable[Node], words: Words
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


def _above(made: Columns, node: Node, nodes: dict[Node | None, int], words: Words) -> int:
    """Enter an element, and first those above it; return its number."""
    up = nodes.get(node.parent)
    if up is None:
        up = _above(made, node.parent, nodes, words) if node.parent is not None else -1
    number = nodes[node] = len(made.node_up)
    made.node_up.append(up)
    made.node_word.append(words[node.name])
    made.node_rank.append(node.rank)
    return number


def _fates(made: Columns, fates: Sequence[Fate | None], words: Words) -> None:
    made.fates = "".join(["m" if one is None else one.letter for one in fates])
    made.notes = [
        (number, words[one.note], words[one.rule])
        for number, one in enumerate(fates)
        if one is not None
    ]
