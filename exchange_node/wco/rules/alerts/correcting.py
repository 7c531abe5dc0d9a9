"""A version that corrects an alert: it comes after another, and it alone says why.

A grant may keep the reason back, so that a recipient asks for none; who issues a correction gives
one.
"""

from __future__ import annotations

from collections.abc import Iterator

from exchange_node.domain.alert import CORRECTED, RiskAlert
from exchange_node.domain.finding import Finding, Rule, Severity

CORRECTION = "InterGov/ext:RiskAlert/ext:CorrectionText"

CORRECTS_NOTHING = Rule(
    code="CAREC-R530",
    severity=Severity.ERROR,
    sentence="version {value} of the alert says why it corrects, and corrects nothing",
    mend="Send it as a correction, or leave the reason out.",
)
NOTHING_BEFORE = Rule(
    code="CAREC-R531",
    severity=Severity.ERROR,
    sentence="the alert corrects what was before it, and is version {value}",
    mend="Number a correction after the version that it takes the place of.",
)
ABOUT_CORRECTIONS = (CORRECTS_NOTHING, NOTHING_BEFORE)


def corrected(alert: RiskAlert) -> Iterator[Finding]:
    """Find what keeps a version from being a correction, or from being none."""
    version = str(alert.version)
    if alert.function != CORRECTED and alert.correction:
        yield CORRECTS_NOTHING.found(pointer=CORRECTION, value=version)
    if alert.function == CORRECTED and alert.version < 2:
        yield NOTHING_BEFORE.found(pointer="InterGov/VersionID", value=version)
