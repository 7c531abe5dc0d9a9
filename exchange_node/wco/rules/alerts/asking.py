"""What an alert asks of its receiver → what in it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator

from exchange_node.domain.alert import MAX_VALIDITY, PermittedAction, RiskAlert
from exchange_node.domain.finding import Finding, Rule, Severity

_ALERT = "InterGov/ext:RiskAlert"

_DOCUMENTS, _INFORM_ONLY = "10", "90"  # control types: look at the papers; nothing but to know
_SEEN: dict[PermittedAction, frozenset[str]] = {
    PermittedAction.COVERT: frozenset({_INFORM_ONLY}),
    PermittedAction.DOCUMENTS: frozenset({_DOCUMENTS, _INFORM_ONLY}),
}
"""Controls that an action leaves open, where it does not leave every one."""

SHOWN_BY_CONTROL = Rule(
    code="CAREC-R511",
    severity=Severity.ERROR,
    sentence="the alert asks for control {control}, which the permitted action {value} leaves no"
    " room for",
    mend="Permit more, or ask for less: covert leaves 90, documents leaves 10 and 90.",
)
UNVERIFIED_BINDING = Rule(
    code="CAREC-R512",
    severity=Severity.ERROR,
    sentence="control {value} is said to be mandatory on the ground of what is not verified",
    mend="Recommend it, or verify the information: alone it is no ground of a measure.",
)
NO_SHARE = Rule(
    code="CAREC-R523",
    severity=Severity.ERROR,
    sentence="control {control} is recommended for {value} of 100; there are 1 to 100",
    mend="Say of how many in a hundred it is wanted, or nothing.",
)
ANSWERED_OUTSIDE = Rule(
    code="CAREC-R524",
    severity=Severity.ERROR,
    sentence="feedback is asked for until {value}: that is before the alert begins, or longer than"
    " {most} days after it ends",
    mend="Name a later day or an earlier one, or none: then the agreement says when it is due.",
)
ASKED_UNASKED = Rule(
    code="CAREC-R525",
    severity=Severity.ERROR,
    sentence="the alert says what feedback is wanted, and asks for none",
    mend="Set feedback_requested, or leave out questions, day and scope.",
)
ABOUT_ASKING = (SHOWN_BY_CONTROL, UNVERIFIED_BINDING, NO_SHARE, ANSWERED_OUTSIDE, ASKED_UNASKED)


def asked(alert: RiskAlert) -> Iterator[Finding]:
    """Yield what is wrong with what is asked of whoever gets an alert."""
    yield from _recommended(alert)
    yield from _answer(alert)


def _answer(alert: RiskAlert) -> Iterator[Finding]:
    due, begins = alert.feedback_due_on, alert.valid_from or alert.issued_at
    latest = alert.valid_until.date().toordinal() + MAX_VALIDITY.days
    if due is not None and not begins.date().toordinal() <= due.toordinal() <= latest:
        yield ANSWERED_OUTSIDE.found(
            pointer=f"{_ALERT}/ext:FeedbackDueDate", value=due.isoformat(), most=MAX_VALIDITY.days
        )
    if not alert.feedback_requested and (due or alert.feedback_scope or alert.questions):
        yield ASKED_UNASKED.found(pointer=f"{_ALERT}/ext:FeedbackRequestedIndicator")


def _recommended(alert: RiskAlert) -> Iterator[Finding]:
    action = alert.permitted_action
    for number, measure in enumerate(alert.measures, start=1):
        at = f"{_ALERT}/ext:RecommendedMeasure[{number}]"
        control = measure.type_code
        if action in _SEEN and control not in _SEEN[action]:
            yield SHOWN_BY_CONTROL.found(
                pointer=f"{at}/ext:TypeCode", value=action.value, control=control[:3]
            )
        if measure.sampling is not None and not 1 <= measure.sampling <= 100:
            yield NO_SHARE.found(
                pointer=f"{at}/ext:SamplingNumeric",
                value=str(measure.sampling),
                control=control[:3],
            )
        if measure.mandatory and alert.unverified and control != _INFORM_ONLY:
            yield UNVERIFIED_BINDING.found(
                pointer=f"{at}/ext:MandatoryIndicator", value=control[:3]
            )
