"""Classes of the same elements → checked and read at one go, after the first of them.

A document of many items says the same elements again and again. Of the first class that was walked
through and found right, what its elements are is remembered under its tags; the next with the same
tags, attributes included, is taken apart in C (written as text, cut at the brackets), and only its
values are looked at. Whatever is not exactly so (another element, a value that may be wrong, text
between elements) is left to the walk, which alone says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import ge, itemgetter, le
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from exchange_node.wco.document import Leaf
from exchange_node.wco.notation import iso_moment, read_moment

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from exchange_node.wco.compiled.classes import Kid, Table
    from exchange_node.wco.rules.values import Values

FEWEST = 2
"""Leaves below which the walk is as quick."""

_FORMAT_CODE = 'formatCode="'


class Tags(NamedTuple):
    """A class, taken apart: its tags with their attributes, closing ones too; the text behind each.

    The same tags are the same elements: no name is declared below the first of them, which holds
    the names that are declared around it.

    Attributes:
        written: what it was cut from.
    """

    tags: tuple[str, ...]
    texts: list[str]
    written: str


def tags_of(element: Element) -> Tags:
    """Take an element apart, whatever stands in it.

    An empty element, a comment or anything else that `_is_regular` refuses shows in the first tag
    that it touches. So it is no class that was remembered, and needs no look for it in each text.
    """
    written = etree.tostring(element, encoding="unicode", with_tail=False)
    # libxml2 writes no bracket but of a tag: those of texts and attributes are `&lt;` and `&gt;`.
    pieces = written.replace(">", "<").split("<")
    texts = pieces[2::2]
    if "&" in written:
        texts = [_plain(one) if "&" in one else one for one in texts]
    return Tags(tuple(pieces[1::2]), texts, written)


def _is_regular(taken: Tags) -> bool:
    """Whether a class may be remembered by its tags: elements with an end, names declared above."""
    written = taken.written
    if "/>" in written or "<!" in written or "<?" in written:
        return False
    return written.count("xmlns") == taken.tags[0].count("xmlns")


def _plain(text: str) -> str:
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&#13;", "\r"), ("&amp;", "&")):
        text = text.replace(written, meant)
    return text


class Alike:
    """What is remembered of one class.

    Made of its tags, its leaves, and what each leaf is in the registry; `at` is where the pointers
    of the leaves go beyond that of the class.
    """

    __slots__ = (
        "_between", "_coded", "_least", "_moments", "_most", "_paths", "_plain", "_said", "_shaped",
        "_steps", "_values",
    )  # fmt: skip

    def __init__(self, tags: Tags, leaves: Sequence[Leaf], kids: Sequence[Kid], at: int) -> None:
        places = _places(tags.tags)
        others = sorted(set(range(len(tags.tags))) - set(places))
        self._paths = [one.path for one in leaves]
        self._steps = [one.pointer[at:] for one in leaves]
        self._said = [one.attributes for one in leaves]
        self._values = itemgetter(*places)
        self._between = itemgetter(*others)
        plain = [number for number, one in enumerate(kids) if one.is_plain]
        plain += plain[:1]  # never one alone, which would come as no tuple
        self._plain = itemgetter(*plain)
        self._least = [kids[number].least for number in plain]
        self._most = [kids[number].most for number in plain]
        self._moments: list[tuple[int, str]] = []
        self._shaped: list[tuple[int, Kid]] = []
        self._coded: list[tuple[int, Kid, str]] = []
        for number, one in enumerate(kids):
            if one.is_moment:
                code = tags.tags[places[number]].partition(_FORMAT_CODE)[2].partition('"')[0]
                self._moments.append((number, code))
            elif one.entry.code_list or (one.least and not one.is_plain):
                self._coded.append((number, one, one.entry.path))
            elif not one.is_plain:
                self._shaped.append((number, one))

    def leaves(self, tags: Tags, pointer: str, values: Values) -> Iterable[Leaf] | None:
        """Return the leaves of another such class; None where anything may be wrong with it."""
        between = "".join(self._between(tags.texts))
        if between and not between.isspace():
            return None
        texts = list(self._values(tags.texts))
        if not (self._has_plain(texts) and self._has_others(texts, pointer, values)):
            return None
        for number, code in self._moments:
            text = texts[number]
            moment = texts[number] = iso_moment(code, text) or text
            if read_moment(moment) is None:
                return None
        pointers = [pointer + step for step in self._steps]
        rows = zip(self._paths, pointers, texts, self._said, strict=True)
        return map(tuple.__new__, repeat(Leaf), rows)

    def _has_plain(self, texts: Sequence[str]) -> bool:
        """Whether the values that need but be long enough are right."""
        plain = self._plain(texts)
        lengths = list(map(len, plain))
        return (
            all(map(le, self._least, lengths))
            and all(map(ge, self._most, lengths))
            and not any(map(str.isspace, plain))
        )

    def _has_others(self, texts: Sequence[str], pointer: str, values: Values) -> bool:
        """Whether the values that have a format or a code list are right."""
        for number, kid in self._shaped:
            if not kid.fits(texts[number]):
                return False
        good = values.good
        for number, kid, path in self._coded:
            text = texts[number]
            if text not in good.get(path, ()) and values.text(text, kid, pointer) is not None:
                return False
        return True


def remembered(tags: Tags, leaves: Sequence[Leaf], table: Table, pointer: str) -> Alike | None:
    """Return what there is to remember of a class that was found right; None where it is odd."""
    if not _is_regular(tags) or len(leaves) < FEWEST or len(leaves) != len(_places(tags.tags)):
        return None
    kids: list[Kid] = []
    begin = len(table.entry.path) + 1
    for leaf in leaves:
        here: Table | None = table
        kid = None
        for name in leaf.path[begin:].split("/"):
            kid = here.by_name.get(name) if here is not None else None
            if kid is None:
                return None
            here = kid.kind
        if kid is None or kid.kind is not None:
            return None
        kids.append(kid)
    if not any(one.is_plain for one in kids):
        return None
    return Alike(tags, leaves, kids, len(pointer))


def _places(tags: Sequence[str]) -> list[int]:
    """Return which tags begin an element that has no element in it."""
    return [
        at
        for at, tag in enumerate(tags[:-1])
        if tags[at + 1].startswith("/") and not tag.startswith("/")
    ]
