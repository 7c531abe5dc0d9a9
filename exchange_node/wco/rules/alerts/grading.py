"""The grading of an alert → what in it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator

from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.alert.grading import grade_of
from exchange_node.domain.finding import Finding, Rule, Severity

_ALERT = "InterGov/ext:RiskAlert"

NO_SUCH_GRADE = Rule(
    code="CAREC-R515",
    severity=Severity.ERROR,
    sentence="{value} is no grade of the scheme {scheme}",
    mend="Name the scheme and give the grade as it writes it: B2 (6x6, 4x4), B24 (5x5x5), 1AP"
    " (3x5x2).",
)
OTHER_CONFIDENCE = Rule(
    code="CAREC-R516",
    severity=Severity.ERROR,
    sentence="the grade {grade} of the scheme {scheme} is {wanted} on the Admiralty scale, the"
    " alert says {value}",
    mend="Leave the confidence out: it follows from the grade.",
)
NOT_VERIFIED = Rule(
    code="CAREC-R517",
    severity=Severity.ERROR,
    sentence="the alert is said to be verified, and its grade {value} says that it is not"
    " confirmed",
    mend="Mark it unverified, or grade it as what it is.",
)
ABOUT_GRADES = (NO_SUCH_GRADE, OTHER_CONFIDENCE, NOT_VERIFIED)


def graded(alert: RiskAlert) -> Iterator[Finding]:
    """Yield what is wrong with the grading of an alert; one without a scheme has none of it."""
    scheme, grade = alert.grading_scheme, alert.grade
    if not scheme and not grade:
        return
    worth = grade_of(scheme, grade)
    at = f"{_ALERT}/ext:GradeCode"
    if worth is None:
        yield NO_SUCH_GRADE.found(pointer=at, value=grade, scheme=scheme)
        return
    if alert.confidence != worth.confidence:
        yield OTHER_CONFIDENCE.found(
            pointer=f"{_ALERT}/ext:ConfidenceCode",
            value=alert.confidence,
            grade=grade,
            scheme=scheme,
            wanted=worth.confidence,
        )
    if not alert.unverified and not worth.is_verified:
        yield NOT_VERIFIED.found(pointer=f"{_ALERT}/ext:UnverifiedIndicator", value=grade)
