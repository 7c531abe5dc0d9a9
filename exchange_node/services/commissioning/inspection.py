"""What a node lacks, in plain words: every step is taken, and what each one raises is a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from exchange_node.domain.errors import NodeError
from exchange_node.domain.finding import Finding

Step = Callable[[], Iterable[Finding]]
"""Looks at one thing; returns what it found, or raises one of our errors."""


@dataclass
class Inspection:
    """Gathers what the steps find."""

    findings: list[Finding] = field(default_factory=list)

    def take(self, step: Step) -> bool:
        """Take a step; return whether it found no error, so that the next may lean on it."""
        try:
            found = tuple(step())
        except NodeError as err:
            found = (err.as_finding(),)
        self.findings += found
        return not any(one.is_error for one in found)
