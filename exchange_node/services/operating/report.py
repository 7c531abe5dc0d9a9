"""What came of each step of a replay, up to the first that does not hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from exchange_node.domain.errors import InvalidDocumentError, NodeError
from exchange_node.ebms.steps import Step
from exchange_node.services.stations.looking.views import View

STEPS = (*Step, "identity", "window", "duplicate", "agreement", "seal", "validation")
"""What is done with a message, in this order."""


@dataclass
class Report:
    """The steps that were taken so far."""

    steps: list[View] = field(default_factory=list)

    def passed(self, step: str, said: str) -> None:
        """Note a step that holds, and what it found."""
        self.steps.append({"step": str(step), "ok": True, "said": said})

    def failed(self, step: str, err: NodeError) -> None:
        """Note the step that does not hold, why, and what to do."""
        findings = err.findings if isinstance(err, InvalidDocumentError) else ()
        told = "; ".join(one.text for one in findings if one.is_error) or str(err)
        self.steps.append(
            {
                "step": step,
                "ok": False,
                "said": told,
                "code": err.code,
                "ebms_code": err.ebms_code,
                "mend": err.mend_text,
            }
        )

    @property
    def next_step(self) -> str:
        """The step that was under way when an error came."""
        done = {one["step"] for one in self.steps}
        return next((str(one) for one in STEPS if one not in done), str(STEPS[-1]))
