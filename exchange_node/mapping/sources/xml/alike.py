"""Elements of one shape beside each other → one mould, and the texts of each (`mapping.late`).

An element is taken apart in C: written as text and cut at its brackets. The same tags are the same
elements, so that what stands where is worked out once for all of them. Whatever is odd (attributes,
text between elements, a tag that runs over lines) is left to be read element by element.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from exchange_node.mapping.late import Mould, Spot
from exchange_node.wco.tree import Tags, tags_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from exchange_node.mapping.profile.recognition import Detection

FEWEST = 6
"""Elements of one shape from which on it pays to read them together (our choice, measured)."""

ITEM_CHARACTERS = 60_000
"""Characters of an element that is taken for an item: what is longer holds items itself."""

Names = Callable[[str], tuple[str, str, bool]]
"""A name → the name, what the profile calls it, and whether it is read otherwise."""


class Cast(NamedTuple):
    """One element of many alike: what it has in common with them, its texts, its lines."""

    mould: Mould
    texts: Sequence[str]
    lines: Sequence[int]


class _Found(NamedTuple):
    element: Element
    texts: Sequence[str]
    lines: Sequence[int]


def alike_in(element: Element, names: Names, detection: Detection) -> Mapping[Element, Cast]:
    """Return those children of an element that are as enough others are."""
    every = list(element)
    tags = [one.tag for one in every]
    many = {tag for tag, number in Counter(tags).items() if number >= FEWEST}
    if not many:
        return {}
    forms: dict[tuple[str, ...], _Form | None] = {}
    found: defaultdict[tuple[_Form, tuple[int, ...]], list[_Found]] = defaultdict(list)
    for child, tag in zip(every, tags, strict=True):
        if tag not in many or not len(child) or child.attrib:
            continue
        taken = tags_of(child)
        if len(taken.written) > ITEM_CHARACTERS:
            continue
        if taken.tags not in forms:
            forms[taken.tags] = _Form(taken.tags) if _is_regular(taken) else None
        form = forms[taken.tags]
        if form is not None:
            form.enter(child, taken, found)
    made: dict[Element, Cast] = {}
    for (form, empty), members in found.items():
        if len(members) >= FEWEST:
            mould = form.mould(frozenset(empty), names, detection)
            if mould is not None and mould.carriers:
                made.update((one.element, Cast(mould, one.texts, one.lines)) for one in members)
    return made


def _is_regular(taken: Tags) -> bool:
    """Whether there is nothing but elements without attributes and names of their own."""
    if "<!" in taken.written or "<?" in taken.written:
        return False
    return not any(" " in one for one in taken.tags[1:])


class _Form:
    """What the tags of an element say."""

    __slots__ = ("_between", "_last", "_lines", "_openings", "_slots", "_tags", "_values")

    def __init__(self, tags: tuple[str, ...]) -> None:
        self._tags = tags
        self._openings = [at for at, tag in enumerate(tags) if not tag.startswith("/")]
        carrying = [
            at
            for at in self._openings
            if not tags[at].endswith("/") and tags[at + 1].startswith("/")
        ]
        self._slots = {at: slot for slot, at in enumerate(carrying)}
        self._values = _taking(carrying)
        self._between = _taking([at for at in range(len(tags)) if at not in self._slots])
        self._lines: dict[tuple[str, ...], list[int]] = {}

    def enter(
        self,
        element: Element,
        taken: Tags,
        found: defaultdict[tuple[_Form, tuple[int, ...]], list[_Found]],
    ) -> None:
        """Enter an element of these tags, if there is nothing odd about it."""
        between, values = self._between(taken.texts), self._values(taken.texts)
        blank = "".join(between)
        if blank and not blank.isspace():
            return
        lines = self._lines_of(taken, between, values)
        if not _ends_on(element, lines[-1]):
            return
        texts = [one.strip() for one in values]
        empty: tuple[int, ...] = ()
        if not all(texts):
            empty = tuple(slot for slot, text in enumerate(texts) if not text)
            texts = [text for text in texts if text]
        found[self, empty].append(_Found(element, texts, lines))

    def _lines_of(
        self, taken: Tags, between: tuple[str, ...], values: tuple[str, ...]
    ) -> list[int]:
        """Return how many lines each element is below the first."""
        if "\n" in "".join(values):
            return self._counted(taken.texts)
        known = self._lines.get(between)
        if known is None:
            known = self._lines[between] = self._counted(taken.texts)
        return known

    def _counted(self, texts: Sequence[str]) -> list[int]:
        line, lines = 0, []
        for text in texts:
            lines.append(line)
            line += text.count("\n")
        return [lines[at] for at in self._openings]

    def mould(self, empty: frozenset[int], names: Names, detection: Detection) -> Mould | None:
        """Return what stands where; None where an element is looked through.

        `empty` are the texts, by their number, that carry nothing.
        """
        making = _Making()
        opening = -1
        for at, tag in enumerate(self._tags):
            if tag.startswith("/"):
                making.leave()
                continue
            opening += 1
            is_empty = tag.endswith("/")
            local = tag.partition(" ")[0].removesuffix("/").rpartition(":")[2]
            name, key, _ = names(local)
            if name in detection.see_through:
                return None
            if is_empty and name in detection.nulls:
                continue
            slot = self._slots.get(at)
            making.enter(name, key, opening, carries=slot is not None and slot not in empty)
            if is_empty:
                making.leave()
        return making.mould()


class _Making:
    """The spots of a mould while its elements are gone through."""

    __slots__ = ("_above", "_kids", "_slots", "_spots", "_way")

    def __init__(self) -> None:
        self._spots: list[tuple[str, str, int, int, int]] = []
        self._kids: list[dict[str, list[int]]] = []
        self._way: list[int] = []
        self._slots = 0

    def enter(self, name: str, key: str, opening: int, *, carries: bool) -> None:
        """Begin an element."""
        at, above = len(self._spots), self._way[-1] if self._way else -1
        if above >= 0:
            self._kids[above].setdefault(key, []).append(at)
        self._spots.append((name, key, above, self._slots if carries else -1, opening))
        self._kids.append({})
        self._slots += carries
        self._way.append(at)

    def leave(self) -> None:
        """End it."""
        self._way.pop()

    def mould(self) -> Mould:
        """Return the mould."""
        ranks = [0] * len(self._spots)
        for below in self._kids:
            for same in below.values():
                if len(same) > 1:
                    for rank, at in enumerate(same, start=1):
                        ranks[at] = rank
        says = [slot >= 0 for _, _, _, slot, _ in self._spots]
        for at in range(len(says) - 1, 0, -1):
            says[self._spots[at][2]] |= says[at]
        return Mould(
            [
                Spot(name, key, above, ranks[at], slot, opening, self._kids[at] or None, says[at])
                for at, (name, key, above, slot, opening) in enumerate(self._spots)
            ]
        )


def _taking(places: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return what takes the texts at some places."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda texts: tuple([texts[one] for one in places])


def _ends_on(element: Element, lines: int) -> bool:
    """Whether the last element begins so many lines below the first, as the parser counted them."""
    last = element
    while len(last):
        last = last[-1]
    begin, end = element.sourceline, last.sourceline
    return begin is not None and end is not None and end - begin == lines
