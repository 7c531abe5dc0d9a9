"""What a draft has to say of what it read: unknown codes, contradictions, texts no number."""

from __future__ import annotations

from datetime import date

from exchange_node.domain.finding import Finding
from exchange_node.mapping.drawn import Drawn
from exchange_node.mapping.facts import is_same
from exchange_node.mapping.findings import (
    CONTRADICTED,
    EXPIRED_CODE,
    UNCONVERTIBLE,
    UNKNOWN_CODE,
    UNLISTED_CODE,
    UNREADABLE_NUMBER,
)
from exchange_node.mapping.profile.notation import Crosswalk, Unknown
from exchange_node.mapping.tree import Node


class Notes:
    """Findings in the order they are met, and the leaves whose value cannot be used.

    Attributes:
        target: the WCO path that is being filled, for the messages.
        refused: leaf → code of the finding that says why.
    """

    __slots__ = ("_body", "findings", "refused", "target")

    def __init__(self, body: Node) -> None:
        self._body = body
        self.findings: list[Finding] = []
        self.refused: dict[Node, str] = {}
        self.target = ""

    def said(self) -> tuple[int, int]:
        """Return how much was said so far, for `forget`."""
        return len(self.findings), len(self.refused)

    def forget(self, said: tuple[int, int]) -> None:
        """Take back what was said since."""
        findings, refused = said
        del self.findings[findings:]
        while len(self.refused) > refused:
            self.refused.popitem()

    def refuse(self, nodes: tuple[Node, ...], findings: tuple[Finding, ...]) -> None:
        """Note leaves whose value cannot be written."""
        self.findings += findings
        for one in nodes:
            self.refused[one.whole or one] = findings[0].code if findings else ""

    def unknown_code(self, drawn: Drawn, table: Crosswalk, on: date) -> None:
        """Note a code that the table does not hold, or not on that day."""
        is_carried = table.unknown is Unknown.WARNING or table.otherwise is not None
        rule = UNLISTED_CODE if is_carried else UNKNOWN_CODE
        found = rule.found(
            pointer=drawn.nodes[0].path(self._body) if drawn.nodes else "",
            value=drawn.value,
            table=table.name,
            target=self.target,
            written=drawn.value if table.otherwise is None else table.otherwise or "nothing",
        )
        times = "" if is_carried else table.times_of(drawn.value)
        if times:
            found = EXPIRED_CODE.found(
                pointer=found.pointer, value=drawn.value, table=table.name, target=self.target,
                times=times, day=on.isoformat(),
            )  # fmt: skip
        if is_carried:
            self.findings.append(found)
        else:
            self.refuse(drawn.nodes, (found,))

    def unreadable_number(self, node: Node) -> None:
        """Note a text that is no number."""
        at = node.path(self._body)
        self.refuse(
            (node,), (UNREADABLE_NUMBER.found(pointer=at, value=node.text, target=self.target),)
        )

    def unconvertible(self, unit: Drawn, into: str) -> None:
        """Note a unit that cannot be made another."""
        at = unit.nodes[0].path(self._body) if unit.nodes else ""
        found = UNCONVERTIBLE.found(pointer=at, value=unit.value, into=into, target=self.target)
        self.refuse(unit.nodes, (found,))

    def contradicted(self, declared: Drawn, fact: Drawn) -> None:
        """Note a fact that says something else than the declaration."""
        if is_same(declared.value, fact.value):
            return
        supplied = next(one for one in fact.nodes if one.supplier)
        self.findings.append(
            CONTRADICTED.found(
                pointer=supplied.path(self._body),
                value=fact.value,
                declared=declared.value,
                at=declared.nodes[0].path(self._body),
            )
        )
