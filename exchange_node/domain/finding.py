"""What a check found: which rule, where, which value, and how to mend it.

Checks collect findings; only the walk that acts on them raises. A finding carries templates and
facts, never finished prose, so that each door can say it in its reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NO_FACTS: Mapping[str, str] = MappingProxyType({})


class Severity(StrEnum):
    """Errors stop a document; warnings travel with it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One numbered check: its public id, how grave it is, its sentence and its mending.

    `sentence` and `mend` are templates over the finding's facts plus `value` and `pointer`.
    """

    code: str
    severity: Severity
    sentence: str
    mend: str

    def found(self, *, pointer: str = "", value: str = "", **facts: object) -> Finding:
        """Return a finding of this rule."""
        return Finding(
            code=self.code,
            severity=self.severity,
            sentence=self.sentence,
            mend=self.mend,
            pointer=pointer,
            value=value,
            facts=MappingProxyType({name: str(fact) for name, fact in facts.items()}),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a check found.

    Attributes:
        code: the rule's public id.
        pointer: where; a WCO path with positions (`Declaration/Consignment[1]/Carrier/Name`), a
            national source path before mapping, or empty for the whole document.
        value: the value as it was written, cut by the reader and never here.
    """

    code: str
    severity: Severity
    sentence: str
    mend: str
    pointer: str = ""
    value: str = ""
    facts: Mapping[str, str] = field(default_factory=lambda: NO_FACTS)

    @property
    def is_error(self) -> bool:
        """Whether this stops the document."""
        return self.severity is Severity.ERROR

    @property
    def text(self) -> str:
        """The English sentence with the facts filled in."""
        return self.sentence.format_map(
            {"value": self.value, "pointer": self.pointer, **self.facts}
        )

    @property
    def mend_text(self) -> str:
        """The English advice with the facts filled in."""
        return self.mend.format_map({"value": self.value, "pointer": self.pointer, **self.facts})

    def as_dict(self) -> dict[str, object]:
        """Return plain values, for a store or a door; `from_dict` is the way back."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "sentence": self.sentence,
            "mend": self.mend,
            "pointer": self.pointer,
            "value": self.value,
            "facts": dict(self.facts),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, object]) -> Finding:
        """Return the finding that `as_dict` wrote."""
        facts = plain["facts"]
        if not isinstance(facts, Mapping):
            raise TypeError("facts must be a mapping")
        return cls(
            code=str(plain["code"]),
            severity=Severity(str(plain["severity"])),
            sentence=str(plain["sentence"]),
            mend=str(plain["mend"]),
            pointer=str(plain["pointer"]),
            value=str(plain["value"]),
            facts=MappingProxyType({str(name): str(fact) for name, fact in facts.items()}),
        )


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of the findings stops the document."""
    return any(one.is_error for one in findings)
