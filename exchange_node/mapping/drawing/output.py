"""What stands in the document, with everything that its trace says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exchange_node.mapping.drawing.conversion import ORIGINAL, OWN_CODE, WHOLE, Written
from exchange_node.mapping.drawn import Drawn, Origin
from exchange_node.mapping.profile.profile import ProfileLine
from exchange_node.mapping.tree import Node
from exchange_node.wco.compiled.classes import Kid
from exchange_node.wco.compiled.frames import Frame
from exchange_node.wco.document import NO_ATTRIBUTES

_LIST_LENGTH = 35
"""How much of a table's name goes along with a national code (`listID` of ext:CodeOriginal)."""


class Output:
    """One value of the document to be, with everything its trace says.

    Attributes:
        frame, kid: the class it stands in, and which of its elements it is.
        nodes: the source leaves it was made of.
        crosswalks: the tables its code went through.
        whole: the text before it was cut.
        original: the text before it was spelt in Latin.
    """

    __slots__ = ("frame", "kid", "line", "nodes", "origin", "value")

    attributes: Mapping[str, str] = NO_ATTRIBUTES
    crosswalks: tuple[str, ...] = ()
    whole: str = ""
    original: str = ""

    def __init__(
        self,
        value: str,
        frame: Frame,
        kid: Kid,
        line: ProfileLine,
        origin: Origin,
        nodes: tuple[Node, ...],
    ) -> None:
        self.value = value
        self.frame = frame
        self.kid = kid
        self.line = line
        self.origin = origin
        self.nodes = nodes

    @property
    def pointer(self) -> str:
        """Where it stands in the document."""
        base = f"{self.frame.pointer}/{self.kid.name}"
        if self.kid.is_single:
            return base
        return f"{base}[{self.frame.items[self.kid.rank].index(self) + 1}]"


class RichOutput(Output):
    """An output with more than its text; they are fewer, so the others do without the room."""

    __slots__ = ("attributes", "crosswalks", "original", "whole")

    def __init__(  # noqa: PLR0913, PLR0917 - positions, for speed
        self,
        value: str,
        frame: Frame,
        kid: Kid,
        line: ProfileLine,
        origin: Origin,
        nodes: tuple[Node, ...],
        attributes: Mapping[str, str] = NO_ATTRIBUTES,
        crosswalks: tuple[str, ...] = (),
        written: Written | None = None,
    ) -> None:
        super().__init__(value, frame, kid, line, origin, nodes)
        self.attributes = attributes
        self.crosswalks = crosswalks
        self.whole = written.whole if written is not None else ""
        self.original = written.original if written is not None else ""


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
