"""An alert → what keeps it from being issued or taken.

The same checks stand at both ends: what an officer may not draft no partner may send. A withdrawal
names nobody and looks for nothing, so that of it only the summary is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from exchange_node.domain.alert import (
    MAX_SUBJECTS,
    MAX_VALIDITY,
    NOMINAL,
    TELLING,
    WITHDRAWAL,
    Marking,
    PermittedAction,
    RiskAlert,
    Subject,
)
from exchange_node.domain.errors import InvalidAlertError, MalformedIdentifierError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.identifiers import ContainerNumber, folded
from exchange_node.wco.rules.alerts.asking import ABOUT_ASKING, asked
from exchange_node.wco.rules.alerts.attaching import ABOUT_ATTACHMENTS, attached
from exchange_node.wco.rules.alerts.correcting import ABOUT_CORRECTIONS, CORRECTION, corrected
from exchange_node.wco.rules.alerts.drawing import ABOUT_SUBJECTS, drawn_up
from exchange_node.wco.rules.alerts.grading import ABOUT_GRADES, graded
from exchange_node.wco.rules.alerts.joining import ABOUT_OPERATIONS, joined
from exchange_node.wco.rules.alerts.naming import FEWEST_SIGNS, Words, signs_of
from exchange_node.wco.rules.alerts.observed import ABOUT_OBSERVED, observed

_ALERT = "InterGov/ext:RiskAlert"
_UNTIL = f"{_ALERT}/ext:ValidUntilDateTime"
_SUMMARY = f"{_ALERT}/ext:SummaryText"
_TEXT = "InterGov/AdditionalInformation/StatementDescription"
_ACTION = f"{_ALERT}/ext:PermittedActionCode"

_CLOSED = frozenset({Marking.RED, Marking.AMBER_STRICT, Marking.AMBER})
"""Markings that keep the content from the trader (TLP 2.0: no further than those who need it)."""

_DAY = timedelta(days=1)

_CONTAINER = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")

_SPOKEN = (*TELLING, "description")
_NAMES = frozenset({"party_name", "person_name"})

ENDED = Rule(
    code="CAREC-R502",
    severity=Severity.ERROR,
    sentence="the alert ends on {value}, before it begins to count on {begins}",
    mend="Give it an end that is yet to come: no alert is open-ended, none is about the past.",
)
TOO_LONG = Rule(
    code="CAREC-R503",
    severity=Severity.ERROR,
    sentence="the alert is to be in force until {value}, which is longer than {most} days",
    mend="Let it end earlier; what is still true then is issued again.",
)
NO_SUMMARY = Rule(
    code="CAREC-R504",
    severity=Severity.ERROR,
    sentence="the alert has no summary",
    mend="Say in words that stand alone, and name nobody, what it is about.",
)
NO_SUCH_SEVERITY = Rule(
    code="CAREC-R505",
    severity=Severity.ERROR,
    sentence="the severity of the alert is {value}; there are 1 (highest) to 4",
    mend="Give one of the four.",
)
SUBJECTS = Rule(
    code="CAREC-R506",
    severity=Severity.ERROR,
    sentence="the alert has {value} subjects; 1 to {most} can be looked for",
    mend="Say what to look for; what is more than that goes into further alerts.",
)
NOT_SELECTIVE = Rule(
    code="CAREC-R507",
    severity=Severity.ERROR,
    sentence="subject {value} has no selective criterion: it would fit everybody",
    mend="Add a movement, a document, a party, a person, a vehicle, trailer, container or customs"
    " seal, a commodity prefix or words of the goods.",
)
TOO_FEW_SIGNS = Rule(
    code="CAREC-R508",
    severity=Severity.ERROR,
    sentence="{criterion} of subject {value} has fewer than {least} letters or digits",
    mend="Give the whole of it. Words of the goods are words, no pattern: signs mean nothing.",
)
CONTAINER = Rule(
    code="CAREC-R509",
    severity=Severity.ERROR,
    sentence="the container of subject {value} has a wrong check digit (ISO 6346)",
    mend="Check the number against its source; near ones are found by themselves.",
)
TELLING_TRADER = Rule(
    code="CAREC-R510",
    severity=Severity.ERROR,
    sentence="the marking {value} keeps the content from the trader, who may be told of it all the"
    " same",
    mend="Mark it GREEN or CLEAR, or permit less.",
)
NAMED_IN_SUMMARY = Rule(
    code="CAREC-R513",
    severity=Severity.ERROR,
    sentence="the summary, or the reason of a correction or withdrawal, holds {criterion} of"
    " subject {value}, which it is to leave out",
    mend="Say it without names and numbers: it goes to those who may not know them.",
)
NAMED_ALL_THE_SAME = Rule(
    code="CAREC-R514",
    severity=Severity.ERROR,
    sentence="the alert is said to be a summary only, and subject {value} has {criterion}",
    mend="Send it whole under a grant that lets out who is meant, or without.",
)
REVIEWED_OUTSIDE = Rule(
    code="CAREC-R522",
    severity=Severity.ERROR,
    sentence="the alert is to be reviewed on {value}, when it is not in force",
    mend="Name a day of its validity, or none.",
)
RULES = (
    ENDED,
    TOO_LONG,
    NO_SUMMARY,
    NO_SUCH_SEVERITY,
    SUBJECTS,
    NOT_SELECTIVE,
    TOO_FEW_SIGNS,
    CONTAINER,
    TELLING_TRADER,
    NAMED_IN_SUMMARY,
    NAMED_ALL_THE_SAME,
    REVIEWED_OUTSIDE,
    *ABOUT_ASKING,
    *ABOUT_ATTACHMENTS,
    *ABOUT_CORRECTIONS,
    *ABOUT_GRADES,
    *ABOUT_OBSERVED,
    *ABOUT_OPERATIONS,
    *ABOUT_SUBJECTS,
)


def check(alert: RiskAlert) -> tuple[Finding, ...]:
    """Return everything that keeps an alert from being issued or taken."""
    return tuple(_found(alert))


def require(alert: RiskAlert) -> None:
    """Pass an alert that may be issued or taken.

    Raises:
        InvalidAlertError: it may not; every reason is named.
    """
    _refuse(check(alert))


def require_unnamed(why: str, alert: RiskAlert) -> None:
    """Pass words of a correction or withdrawal that name nothing a version looks for.

    Raises:
        InvalidAlertError: it does; every reason is named.
    """
    found = _named(Words.of(why), alert.subjects, pointer=_TEXT)
    _refuse(found, said=f" in version {alert.version}")


def _refuse(findings: Iterable[Finding], said: str = "") -> None:
    found = tuple(findings)
    if found:
        raise InvalidAlertError(why="; ".join(f"{one.text}{said} ({one.code})" for one in found))


def _found(alert: RiskAlert) -> Iterator[Finding]:
    if not alert.summary.strip():
        yield NO_SUMMARY.found(pointer=_SUMMARY)
    if not 1 <= alert.severity <= 4:
        yield NO_SUCH_SEVERITY.found(
            pointer=f"{_ALERT}/ext:SeverityCode", value=str(alert.severity)
        )
    if alert.function == WITHDRAWAL:
        return
    yield from corrected(alert)
    yield from _validity(alert)
    yield from _handling(alert)
    yield from asked(alert)
    yield from observed(alert)
    yield from graded(alert)
    yield from attached(alert)
    yield from joined(alert)
    most, least = MAX_SUBJECTS, 0 if alert.summary_only else 1
    if not least <= (count := len(alert.subjects)) <= most:
        yield SUBJECTS.found(pointer=f"{_ALERT}/ext:Subject", value=str(count), most=most)
    subjects = alert.subjects[:most]
    for number, subject in enumerate(subjects, start=1):
        if alert.summary_only:
            yield from _nominal(subject, number)
        elif not subject.is_selective:
            yield NOT_SELECTIVE.found(pointer=_at(number), value=str(number))
        yield from _subject(subject, number)
    yield from _named(Words.of(alert.summary), subjects, pointer=_SUMMARY)
    yield from _named(Words.of(alert.correction), subjects, pointer=CORRECTION)


def _validity(alert: RiskAlert) -> Iterator[Finding]:
    begins = max(alert.valid_from or alert.issued_at, alert.issued_at)
    ends, review = alert.valid_until, alert.review_at
    if ends <= begins:
        yield ENDED.found(pointer=_UNTIL, value=ends.isoformat(), begins=begins.isoformat())
    elif review is not None and (review >= ends or begins - review >= _DAY):
        at = f"{_ALERT}/ext:ReviewDate"
        yield REVIEWED_OUTSIDE.found(pointer=at, value=review.date().isoformat())
    if ends - (alert.valid_from or alert.issued_at) > MAX_VALIDITY:
        yield TOO_LONG.found(pointer=_UNTIL, value=ends.isoformat(), most=MAX_VALIDITY.days)


def _handling(alert: RiskAlert) -> Iterator[Finding]:
    if alert.permitted_action is PermittedAction.TELL_TRADER and alert.marking in _CLOSED:
        yield TELLING_TRADER.found(pointer=_ACTION, value=alert.marking.value)


def _at(number: int) -> str:
    return f"{_ALERT}/ext:Subject[{number}]"


def _nominal(subject: Subject, number: int) -> Iterator[Finding]:
    for name in subject.criteria:
        if name in NOMINAL:
            facts = {"criterion": name}
            yield NAMED_ALL_THE_SAME.found(pointer=_at(number), value=str(number), **facts)


def _subject(subject: Subject, number: int) -> Iterator[Finding]:
    at = _at(number)
    yield from drawn_up(subject, number, at)
    for name in _SPOKEN:
        value = getattr(subject, name)
        if value and signs_of(value, is_name=name in _NAMES) < FEWEST_SIGNS:
            facts = {"criterion": name, "least": FEWEST_SIGNS}
            yield TOO_FEW_SIGNS.found(pointer=at, value=str(number), **facts)
    if _CONTAINER.fullmatch(folded(subject.equipment_id)):
        try:
            ContainerNumber.parse(folded(subject.equipment_id))
        except MalformedIdentifierError:
            yield CONTAINER.found(pointer=f"{at}/ext:EquipmentID", value=str(number))


def _named(words: Words, subjects: Iterable[Subject], *, pointer: str) -> Iterator[Finding]:
    for number, subject in enumerate(subjects, start=1):
        for name in TELLING:
            if words.give_away(getattr(subject, name)):
                yield NAMED_IN_SUMMARY.found(pointer=pointer, value=str(number), criterion=name)
