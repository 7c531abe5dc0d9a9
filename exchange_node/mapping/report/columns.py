"""A finished draft → columns: what became of every leaf, what every value was made of.

The report is kept for years and looked at seldom, so what is kept is what cannot be made again,
each thing once: leaves and values by their number, names and rules as words of a table. Paths,
pointers and rows are put together when somebody looks (`report`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from exchange_node.mapping.drawing import Draft, Missing
from exchange_node.mapping.late import Late, Mould, is_late
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
    """Enter the leaves, and what carries a value and is but a part; return the number of each.

    An item that is one of many has the number of its first leaf.
    """
    every = _every(source)
    numbers, count = _numbered(every)
    made.facts, made.wrapped = len(source.facts), len(source.envelope)
    made.leaves = count - made.facts - made.wrapped
    for node in carriers:
        if node not in numbers:
            numbers[node] = count
            count += 1
            every.append(node)
            made.parts.append(numbers[node.whole or node])
    nodes: dict[Node | None, int] = {None: -1, source.body: 0}
    made.node_up, made.node_word, made.node_rank = [-1], [words[""]], [0]
    moulds: dict[Mould, _Moulded] = {}
    for one in every:
        if is_late(one):
            _item(made, one, nodes, moulds, words)
        elif (up := one.parent) not in nodes and up is not None:
            _above(made, up, nodes, words)
    for one in every:
        if is_late(one):
            _leaves_of(made, one, nodes[one], moulds[one.item.mould], words)
            continue
        made.leaf_up.append(nodes[one.parent])
        made.leaf_word.append(words[one.name])
        made.leaf_rank.append(one.rank)
        made.leaf_line.append(one.line)
        made.leaf_text.append(one.text)
    body = numbers.get(source.body)
    if body is not None:
        made.leaf_up[body], made.leaf_word[body], made.leaf_rank[body] = 0, words[""], 0
    made.suppliers = [
        (numbers[one], words[one.supplier]) for one in every if type(one) is Odd and one.supplier
    ]
    return numbers


def _every(source: Source) -> list[Node]:
    """Return all leaves, items that are as others are in place of theirs."""
    stock: list[Node] = []
    for one in source.stock:
        if one.__class__ is Late and not is_late(one):
            stock += one.leaves()
        else:
            stock.append(one)
    return [*stock, *source.facts, *source.envelope]


def _numbered(every: Iterable[Node]) -> tuple[dict[Node, int], int]:
    """Return the number of each leaf, and how many there are."""
    numbers: dict[Node, int] = {}
    count = 0
    for one in every:
        numbers[one] = count
        if one.__class__ is Late:
            item = one.item
            numbers.update({leaf: count + slot for leaf, slot in item.made.items()})
            count += len(item.texts)
        else:
            count += 1
    return numbers, count


class _Moulded:
    """What is the same in the columns of all items of a mould.

    Attributes:
        up, word, rank: of its elements above leaves, `up` counted from the item.
        leaf_up, leaf_rank: of its leaves; `leaf_word` is empty until the first of them is entered.
    """

    __slots__ = ("leaf_rank", "leaf_up", "leaf_word", "rank", "up", "word")

    def __init__(self, mould: Mould, words: Words) -> None:
        spots, places = mould.spots, mould.places
        inside = [spots[at] for at in mould.places][1:]
        carriers = [spots[at] for at in mould.carriers]
        self.up = [places[one.above] for one in inside]
        self.word = [words[one.name] for one in inside]
        self.rank = [one.rank for one in inside]
        self.leaf_up = [places[one.above] for one in carriers]
        self.leaf_rank = [one.rank for one in carriers]
        self.leaf_word: list[int] = []


def _item(
    made: Columns,
    item: Late,
    nodes: dict[Node | None, int],
    moulds: dict[Mould, _Moulded],
    words: Words,
) -> None:
    """Enter the elements of an item that stand above its leaves."""
    first = _above(made, item, nodes, words)
    mould = item.item.mould
    about = moulds.get(mould)
    if about is None:
        about = moulds[mould] = _Moulded(mould, words)
    made.node_up += [first + one for one in about.up]
    made.node_word += about.word
    made.node_rank += about.rank


def _leaves_of(made: Columns, item: Late, first: int, about: _Moulded, words: Words) -> None:
    """Enter the leaves of an item; `first` is the number of its node."""
    one = item.item
    mould, line, lines = one.mould, one.line, one.lines
    about.leaf_word = about.leaf_word or [words[mould.spots[at].name] for at in mould.carriers]
    made.leaf_up += [first + up for up in about.leaf_up]
    made.leaf_word += about.leaf_word
    made.leaf_rank += about.leaf_rank
    made.leaf_line += [line + lines[at] for at in mould.openings]
    made.leaf_text += one.texts


def _above(made: Columns, node: Node, nodes: dict[Node | None, int], words: Words) -> int:
    """Enter an element, and first those above it; return its number."""
    if isinstance(node, Late) and node.spot and not node.item.is_apart:
        number = nodes[node] = nodes[node.item.top] + node.item.mould.places[node.spot]
        return number
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
