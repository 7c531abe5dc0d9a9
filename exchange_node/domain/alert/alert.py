"""A risk alert: what to look for, how grave, until when, and who may know.

AND inside one subject, OR between subjects. An alert without one selective criterion per subject
is none; one without an end is none. What the receiver may do with it travels with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from exchange_node.domain.alert.subject import Subject

MAX_VALIDITY = timedelta(days=366)
"""An alert lives at most twelve months (reference list of alert fields: validity)."""

ISSUED, CORRECTED, WITHDRAWAL = "9", "4", "1"
"""What a version does, as FunctionCode (UNCL 1225)."""

MAX_SUBJECTS = 99
"""What one alert looks for at the most (the schema's own bound)."""


MAX_ATTACHMENTS = 20
"""Files that one alert names at the most (the schema's own bound)."""


MAX_QUESTIONS = 9
"""Questions that one alert asks at the most (the schema's own bound)."""


class Marking(StrEnum):
    """Traffic Light Protocol 2.0: who may see the content."""

    RED = "RED"
    AMBER_STRICT = "AMBER+STRICT"
    AMBER = "AMBER"
    GREEN = "GREEN"
    CLEAR = "CLEAR"


class PermittedAction(StrEnum):
    """What may be done in the open because of the alert."""

    COVERT = "covert"
    DOCUMENTS = "documents"
    OPEN = "open"
    TELL_TRADER = "tell-trader"


class FeedbackScope(StrEnum):
    """For what the issuer wants feedback: for each hit, or once for all that there was."""

    PER_HIT = "per-hit"
    IN_TOTAL = "in-total"


class Urgency(StrEnum):
    """Sets the clocks of acknowledgement, which are agreement data."""

    FLASH = "flash"
    PRIORITY = "priority"
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A risk indicator that fired at the issuer; weight 0 to 100."""

    code: str
    weight: int | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What the receiver is asked to do (control type 10 to 60, 90 inform only).

    Attributes:
        sampling: percent of what fits, 1 to 100; None where the issuer says nothing of it. It is a
            word to the receiver, whose own rules decide.
    """

    type_code: str
    mandatory: bool = False
    sampling: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The risk unit to contact: office code and numbers as (UNCL 3155 type, number)."""

    office: str
    communications: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportingDocument:
    """Supporting material named by type (UNCL 1001) and reference; never the file itself."""

    type_code: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that belongs to an alert and stays with its issuer: only its hash travels.

    Attributes:
        digest: SHA-256 of its bytes, lower-case hex.
        marking: its own, where it is held otherwise than the alert.
    """

    digest: str
    media_type: str
    size_bytes: int
    description: str = ""
    marking: Marking | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAlert:
    """One alert as it is issued.

    Attributes:
        alert_id: `<party>-<year>-<sequence>`, the issuer's for life.
        function: UNCL 1225: 9 new, 4 correction, 1 withdrawal.
        language: ISO 639-1 of its words; empty where the issuer does not say.
        classification: how the issuer's own law classifies it, in its words.
        review_on: day on which its issuer looks whether it still holds.
        category: risk area (NAR narcotics, TRD transit diversion, …).
        offence, commodity_group, fraud_type: what is done, with what goods, and by what false
            statement, coded.
        severity: 1 (highest) to 4.
        confidence: source and information on the Admiralty scale (`B2`), in which grades are
            compared and counted.
        grading_scheme, grade: the scheme of the issuer and what it gave in it; `grading` says
            which `confidence` that is.
        related_alert: the alert that this one refers to, of whichever issuer.
        operation: reference of the joint operation that it belongs to; it names nobody.
        summary: without names; stands alone.
        correction: why this version takes the place of those before it, without names; empty
            where it corrects nothing.
        unverified: true marks information that must not be the sole ground of a measure.
        concealments: how goods are hidden, coded.
        seen_from, seen_until: first and last day of what is told of it.
        seen_places: UN/LOCODEs by which the goods went, in order; nothing is matched by them.
        questions: what the issuer wants to know of whoever checks.
        feedback_due_on: last day on which the issuer is content to be told; it may give more time
            than the grant, and never less.
        summary_only: true marks what a partner gets that may not have the nominal data: nothing in
            it names anybody, and a subject may be left with nothing to look for.
    """

    alert_id: str
    issuer: str
    issued_at: datetime
    valid_until: datetime
    marking: Marking
    permitted_action: PermittedAction
    urgency: Urgency
    category: str
    severity: int
    summary: str
    contact: Contact
    subjects: tuple[Subject, ...]
    valid_from: datetime | None = None
    review_on: date | None = None
    version: int = 1
    function: str = ISSUED
    language: str = ""
    classification: str = ""
    offence: str = ""
    commodity_group: str = ""
    fraud_type: str = ""
    confidence: str = ""
    grading_scheme: str = ""
    grade: str = ""
    unverified: bool = True
    related_alert: str = ""
    operation: str = ""
    correction: str = ""
    text: str = ""
    modus_operandi: str = ""
    concealments: tuple[str, ...] = ()
    seen_from: date | None = None
    seen_until: date | None = None
    seen_places: tuple[str, ...] = ()
    feedback_requested: bool = False
    feedback_due_on: date | None = None
    feedback_scope: FeedbackScope | None = None
    questions: tuple[str, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    measures: tuple[Measure, ...] = ()
    documents: tuple[SupportingDocument, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    summary_only: bool = False

    @property
    def sought(self) -> tuple[tuple[int, Subject], ...]:
        """The subjects that are looked for, each with its number, counted from 1.

        Of a summary only those whose criteria still pick out consignments: what is left of the
        others, a country say, would fit everybody.
        """
        numbered = enumerate(self.subjects, start=1)
        return tuple(one for one in numbered if one[1].is_selective or not self.summary_only)

    @property
    def review_at(self) -> datetime | None:
        """When the day of its review begins (UTC); None where it has none."""
        return datetime.combine(self.review_on, time(), UTC) if self.review_on else None

    def is_live(self, at: datetime) -> bool:
        """Whether the alert is in force at a moment."""
        return (self.valid_from or self.issued_at) <= at < self.valid_until


class Stage(StrEnum):
    """What an RA-020 says of an alert; the code list `alert_stages` has them all."""

    SEEN = "SEE"
    TREATMENT = "TRT"
    REJECTED = "REJ"


class RejectionReason(StrEnum):
    """Why a recipient takes no alert; the code list `alert_rejections` has them all."""

    NO_LEGAL_BASIS = "NLB"
    ILLEGIBLE = "ILL"
    NOT_COMPETENT = "NCO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """RA-020: a desk at the receiver has seen the alert, takes it up or rejects it.

    It comes from a person.

    Attributes:
        reference: the acknowledging side's own number of this acknowledgement.
        alert_version: the version that was seen.
        rejection: why it is rejected; None for any other stage.
    """

    reference: str
    alert_id: str
    alert_version: int
    issuer: str
    issued_at: datetime
    seen_at: datetime
    contact: Contact
    remark: str = ""
    stage: Stage = Stage.SEEN
    rejection: RejectionReason | None = None
