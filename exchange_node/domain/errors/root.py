"""The base of every error this package raises on purpose."""

from __future__ import annotations

from typing import ClassVar

from exchange_node.domain.finding import Finding, Severity


class NodeError(Exception):
    """The base of every error this package raises on purpose.

    Attributes:
        code: stable name, `room.what`.
        sentence: what happened, a template over `facts`.
        mend: what the reader can do about it, a template over `facts`.
        ebms_code: how a partner is told, where a partner is told (OASIS ebMS 3.0 Core, 6.7).
        retryable: whether the same call may succeed later without anybody doing anything.
    """

    code: ClassVar[str] = "node.error"
    sentence: ClassVar[str] = "{detail}"
    mend: ClassVar[str] = ""
    ebms_code: ClassVar[str] = "EBMS:0004"
    retryable: ClassVar[bool] = False

    def __init__(self, **facts: object) -> None:
        self.facts: dict[str, str] = {name: str(value) for name, value in facts.items()}
        super().__init__(self.sentence.format_map(self.facts))

    def as_finding(self) -> Finding:
        """Return this error as a finding that stops a document."""
        return Finding(
            code=self.code,
            severity=Severity.ERROR,
            sentence=self.sentence,
            mend=self.mend,
            facts=self.facts,
        )

    @property
    def mend_text(self) -> str:
        """The English advice with the facts filled in."""
        return self.mend.format_map(self.facts)
