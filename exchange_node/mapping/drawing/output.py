"""What stands in the document, with everything that its trace says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from exchange_node.mapping.drawing.conversion import ORIGINAL, OWN_CODE, WHOLE, Written
from exchange_node.mapping.drawn import Drawn, Origin
from exchange_node.mapping.profile.profile import ProfileLine
from exchange_node.mapping.tree import Node
from exchange_node.wco.compiled.classes import Kid
from exchange_node.wco.compiled.frames import Frame

_LIST_LENGTH = 35
"""How much of a table's name goes along with a national code (`listID` of ext:CodeOriginal)."""


class More(NamedTuple):
    """What was done to the text of a value: few have it.

    Attributes:
        crosswalks: the tables its code went through.
        whole: the text before it was cut.
        original: the text before it was spelt in Latin.
    """

    crosswalks: tuple[str, ...] = ()
    whole: str = ""
    original: str = ""


class Output(NamedTuple):
    """One value of the document to be, with everything its trace says; a plain tuple, for speed.

    Attributes:
        frame, kid: the class it stands in, and which of its elements it is.
        nodes: the source leaves it was made of.
        more: what few have; None where it has nothing of it.
    """

    value: str
    attributes: Mapping[str, str]
    frame: Frame
    kid: Kid
    line: ProfileLine
    origin: Origin
    nodes: tuple[Node, ...]
    more: More | None


def companions(
    out: Output, written: Written | None, drawn: Drawn
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield what belongs beside a value: the whole text, the original spelling, the own code."""
    if written is not None and written.whole:
        yield WHOLE, written.whole, {}
    if written is not None and written.original:
        yield ORIGINAL, written.original, {"languageID": written.language}
    if drawn.crosswalks and out.line.keep and len(drawn.nodes) == 1:
        national = drawn.nodes[0].text
        if national != out.value:
            yield OWN_CODE, national, {"listID": drawn.crosswalks[-1][:_LIST_LENGTH]}
