"""The operation that an alert belongs to → whether its reference is one, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.alerting.operation import is_reference
from exchange_node.domain.finding import Finding, Rule, Severity

NO_REFERENCE = Rule(
    code="CAREC-R540",
    severity=Severity.ERROR,
    sentence="the alert belongs to an operation whose reference is {value!r}",
    mend="Give the reference as it was given out, such as JO-UZ-2026-0001: a name has no room in"
    " it, since it goes to those who may know none.",
)
ABOUT_OPERATIONS = (NO_REFERENCE,)


def joined(alert: RiskAlert) -> Iterator[Finding]:
    """Find what keeps the reference of an operation from being one."""
    if alert.operation and not is_reference(alert.operation):
        at = "InterGov/ext:RiskAlert/ext:OperationID"
        yield NO_REFERENCE.found(pointer=at, value=alert.operation)
