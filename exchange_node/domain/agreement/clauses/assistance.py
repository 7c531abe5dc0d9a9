"""Assistance on request: form, clocks, grounds to refuse or postpone; personal data; misuse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange_node.domain.agreement.keys import MAX_DAYS, MAX_HOURS, MAX_MONTHS, Word, key
from exchange_node.domain.agreement.shapes import LANGUAGE


def _days(meaning: str, *, acts: bool = False) -> Mapping[str, Any]:
    return key(meaning, low=1, high=MAX_DAYS, unit="days", acts=acts)


def _hours(meaning: str, *, acts: bool = False) -> Mapping[str, Any]:
    return key(meaning, low=1, high=MAX_HOURS, unit="hours", acts=acts)


class Form(Word):
    """How a request may be made."""

    ELECTRONIC = "electronic", "as a message"
    WRITTEN = "written", "on paper"
    ORAL = "oral", "orally, confirmed afterwards"


class RequestPart(Word):
    """What a request has to say (JC 3; TFA 12.4)."""

    ADMINISTRATION = "administration", "the administration that asks"
    OFFICE = "office", "the office the request comes from"
    MATTER = "matter", "the matter"
    MEASURE = "measure", "the measure asked for"
    REASON = "reason", "the reason"
    PURPOSE = "purpose", "the purpose"
    FACTS = "facts", "a short account of the facts"
    PERSONS = "persons", "the persons concerned"
    DECLARATION = "declaration", "the number of the declaration"
    CHECKS = "checks", "the checks already made"
    DOCUMENTS = "documents", "the documents sought"
    OWN_LAW = "own_law", "its own law on protection, retention and disposal"
    RECIPROCITY = "reciprocity", "whether it could do the same"


class Refusal(Word):
    """Why help may be refused (TFA 12.7; CTC 9)."""

    SOVEREIGNTY = "sovereignty", "sovereignty"
    SECURITY = "security", "security"
    PUBLIC_POLICY = "public_policy", "public policy"
    TRADE_SECRET = "trade_secret", "an industrial, commercial or professional secret"
    OWN_LAW = "own_law", "its own law"
    BURDEN = "burden", "an unusual burden"
    NO_RECIPROCITY = "no_reciprocity", "no reciprocity"
    OTHER = "other", "another essential interest"


class Postponement(Word):
    """Why help may come later."""

    INVESTIGATION = "investigation", "a running investigation"
    PROSECUTION = "prosecution", "a running prosecution"
    PROCEEDINGS = "proceedings", "running proceedings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How long each step of a movement, an enquiry, a recovery or a request may take."""

    acknowledge_days: int | None = field(
        default=None, metadata=_days("A request is acknowledged within, in days", acts=True)
    )
    enquiry_start_days: int | None = field(
        default=None,
        metadata=_days(
            "An enquiry begins after the time limit has passed, within, in days", acts=True
        ),
    )
    enquiry_answer_days: int | None = field(
        default=None, metadata=_days("An enquiry is answered within, in days", acts=True)
    )
    results_days: int | None = field(
        default=None,
        metadata=_days(
            "What the control found is told after the arrival within, in days", acts=True
        ),
    )
    results_authorised_days: int | None = field(
        default=None,
        metadata=_days(
            "What is found at an authorised consignee is told within, in days", acts=True
        ),
    )
    results_enquiry_days: int | None = field(
        default=None,
        metadata=_days("After an arrival results are enquired after within, in days", acts=True),
    )
    discharge_days: int | None = field(
        default=None,
        metadata=_days(
            "A movement is discharged after its results allow it within, in days", acts=True
        ),
    )
    manifest_answer_hours: int | None = field(
        default=None,
        metadata=_hours("A manifest that is asked for is given within, in hours", acts=True),
    )
    interim_notice_days: int | None = field(
        default=None, metadata=_days("Whoever needs longer says so within, in days", acts=True)
    )
    recovery_start_months: int | None = field(
        default=None,
        metadata=key(
            "Recovery begins after the time limit has passed, after, in months",
            low=1, high=MAX_MONTHS, unit="months", acts=True,
        ),
    )  # fmt: skip
    recovery_acknowledge_days: int | None = field(
        default=None,
        metadata=_days("A request for recovery is answered within, in days", acts=True),
    )
    recovery_answer_days: int | None = field(
        default=None,
        metadata=_days("At the stage of recovery an answer is due within, in days", acts=True),
    )
    response_days: int | None = field(
        default=None, metadata=_days("A request is answered within, in days", acts=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """How a request is made and by when it is answered (JC 3; TFA 12.4 to 12.6)."""

    forms: tuple[Form, ...] = field(
        default=(Form.ELECTRONIC,), metadata=key("How a request may be made", least=1, acts=True)
    )
    required: tuple[RequestPart, ...] = field(
        default=(), metadata=key("What a request has to say", acts=True)
    )
    languages: tuple[str, ...] = field(
        default=(), metadata=key("Languages of requests and answers", shape=LANGUAGE, acts=True)
    )
    urgent_channel: str = field(default="", metadata=key("Where urgent requests go", acts=True))
    oral_confirm_hours: int | None = field(
        default=None, metadata=_hours("An oral request is confirmed within, in hours", acts=True)
    )
    clocks: Clocks = field(default=Clocks(), metadata=key("Clocks"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalGround:
    """A coded ground to refuse."""

    code: Refusal = field(metadata=key("Ground", acts=True))
    text: str = field(default="", metadata=key("In the words of the agreement"))
    article: str = field(default="", metadata=key("Article it rests on"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PostponementGround:
    """A coded ground to postpone."""

    code: Postponement = field(metadata=key("Ground", acts=True))
    text: str = field(default="", metadata=key("In the words of the agreement"))
    max_days: int | None = field(
        default=None, metadata=_days("Postponed for at most, in days", acts=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """How personal data is protected."""

    protection: str = field(metadata=key("Level of protection"))
    supervisor: str = field(default="", metadata=key("Supervisory authority and its contact"))
    access_contact: str = field(
        default="", metadata=key("Where a person asks what is held of them")
    )
    correction_due_days: int | None = field(
        default=None, metadata=_days("Corrected within, in days", acts=True)
    )
    deletion_due_days: int | None = field(
        default=None, metadata=_days("Deleted within, in days", acts=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """What follows unauthorised use (TFA 12.11)."""

    notify_hours: int = field(metadata=_hours("The supplier is told within, in hours", acts=True))
    content: tuple[str, ...] = field(default=(), metadata=key("What it is told", acts=True))
    remedy: str = field(default="", metadata=key("How it is made good"))
