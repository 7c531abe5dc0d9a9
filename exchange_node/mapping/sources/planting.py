"""Values with names and lines → the tree that a profile reads, and what was odd on the way.

Names of columns and keys may hold what a path cannot name; such a character becomes `_`. A value
without text is none: an empty cell leaves no node behind.
"""

from __future__ import annotations

import re

from exchange_node.domain.errors import ExcessiveDeclarationError
from exchange_node.domain.finding import Finding, Rule
from exchange_node.mapping.findings import CUT_OFF, FURTHER, NO_LAST_END
from exchange_node.mapping.profile.recognition import Detection
from exchange_node.mapping.tree import Node, Source, adopt

MAX_VALUES = 1_000_000
MAX_VALUE = 100_000
MAX_NAME = 512
MOST_OF_A_RULE = 100
"""Findings of one rule that are listed for one file; the rest is counted."""
_UNADDRESSABLE = re.compile(r"[\[\]/@=|\x00-\x1f]+")


class Flaws:
    """What is odd about a file; of many of a kind the first are listed."""

    __slots__ = ("_counts", "_findings")

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._findings: list[Finding] = []

    def found(self, rule: Rule, *, value: str = "", **facts: str | int) -> None:
        """Note a flaw."""
        count = self._counts[rule.code] = self._counts.get(rule.code, 0) + 1
        if count <= MOST_OF_A_RULE:
            said = {name: str(fact) for name, fact in facts.items()}
            self._findings.append(rule.found(value=value[:200], **said))

    def has_no_last_end(self, line: int, *, is_short: bool) -> None:
        """Note that the last line of a table has no end, though others have."""
        self.found(CUT_OFF if is_short else NO_LAST_END, value="LF", line=line)

    def all(self) -> tuple[Finding, ...]:
        """Return what was noted, with the number of those that are not listed."""
        further = (
            FURTHER.found(value=code, count=count - MOST_OF_A_RULE)
            for code, count in self._counts.items()
            if count > MOST_OF_A_RULE
        )
        return (*self._findings, *further)


class Planting:
    """Grows the trees of one file.

    Attributes:
        body: the declaration.
        bodies: how many declarations were begun.
        flaws: what is odd about the file.
    """

    __slots__ = (
        "_aliases", "_count", "_leaves", "_names", "_nothing", "_to", "bodies", "body",
        "envelope", "flaws",
    )  # fmt: skip

    def __init__(self, detection: Detection, name: str = "declaration", line: int = 1) -> None:
        self._aliases = detection.aliases
        self._nothing = detection.nothing
        self._names: dict[str, tuple[str, str]] = {}
        self._count = 0
        self.flaws = Flaws()
        self._leaves: list[Node] = []
        self.envelope: list[Node] = []
        self._to = self._leaves
        self.body = Node(name, name, "", line, None)
        self.bodies = 1

    def another(self, line: int) -> Node:
        """Begin another declaration, which is told of but not read."""
        self.bodies += 1
        self._to = self.envelope
        return Node(self.body.name, self.body.key, "", line, None)

    def outside(self, name: str, line: int) -> Node:
        """Return a node around the declaration; what is put below it is its wrapping."""
        return Node(*self.named(name), "", line, None)

    def turn(self, *, to_body: bool) -> None:
        """Count what follows as the declaration's, or as its wrapping."""
        self._to = self._leaves if to_body else self.envelope

    def named(self, written: str) -> tuple[str, str]:
        """Return a name as a path can name it, and the name that the profile uses.

        Raises:
            ExcessiveDeclarationError: it is longer than is let in.
        """
        known = self._names.get(written)
        if known is None:
            if len(written) > MAX_NAME:
                why = f"a name of {len(written)} characters, at most {MAX_NAME} are let in"
                raise ExcessiveDeclarationError(notation="file", why=why)
            name = addressable(written)
            key = self._aliases.get(written) or self._aliases.get(name, name)
            known = self._names[written] = name, key
        return known

    def node(self, parent: Node, written: str, line: int) -> Node:
        """Put a node without a text into the tree."""
        name, key = self._names.get(written) or self.named(written)
        one = Node(name, key, "", line, parent)
        adopt(parent, one)
        return one

    def leaf(self, parent: Node, written: str, text: str, line: int) -> Node | None:
        """Put a value into the tree, if it is one."""
        text = text.strip()
        if not text or text in self._nothing:
            return None
        self._bound(text)
        name, key = self._names.get(written) or self.named(written)
        one = Node(name, key, text, line, parent)
        adopt(parent, one)
        self._to.append(one)
        return one

    def says(self, node: Node, text: str) -> None:
        """Give a node that is in the tree a value of its own."""
        text = text.strip()
        if text and text not in self._nothing:
            self._bound(text)
            node.text = text
            self._to.append(node)

    def _bound(self, text: str) -> None:
        self._count += 1
        if self._count > MAX_VALUES:
            raise ExcessiveDeclarationError(notation="file", why=f"more than {MAX_VALUES} values")
        if len(text) > MAX_VALUE:
            why = f"a value of {len(text)} characters, at most {MAX_VALUE} are let in"
            raise ExcessiveDeclarationError(notation="file", why=why)

    def source(self, *findings: Finding) -> Source:
        """Return what has grown; `findings` are of what came before."""
        return Source(
            body=self.body,
            stock=self._leaves,
            envelope=self.envelope,
            bodies=self.bodies,
            findings=[*findings, *self.flaws.all()],
        )


def addressable(written: str) -> str:
    """Return a name of a column or key as a path can name it."""
    name = " ".join(written.split())
    mark = "@" if name.startswith("@") and len(name) > 1 else ""
    plain = _UNADDRESSABLE.sub("_", name.removeprefix(mark)).strip()
    return mark + plain if plain not in {"", ".", ".."} else "_"
