"""The plain keys of a draft, as an officer or a system gives them → a risk alert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from exchange_node.domain.alert import (
    MAX_ATTACHMENTS,
    MAX_QUESTIONS,
    MAX_SUBJECTS,
    Attachment,
    Contact,
    FeedbackScope,
    Indicator,
    Marking,
    Measure,
    PermittedAction,
    RiskAlert,
    Subject,
    SupportingDocument,
    Urgency,
)
from exchange_node.domain.alert.grading import grade_of
from exchange_node.domain.errors import InvalidAlertError

Text = Annotated[str, Field(max_length=512)]
Code = Annotated[str, Field(max_length=17)]
Short = Annotated[str, Field(max_length=3)]


_UnLocode = Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")]
_Question = Annotated[str, Field(min_length=1, max_length=512)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Subject(_Part):
    movement: Annotated[str, Field(max_length=70)] = ""
    document_type: Annotated[str, Field(max_length=3)] = ""
    document_id: Annotated[str, Field(max_length=70)] = ""
    party_role: Literal["", "30A", "27A", "18A", "57B"] = ""
    party_id: Annotated[str, Field(max_length=35)] = ""
    party_issuer: Annotated[str, Field(max_length=2)] = ""
    party_name: Annotated[str, Field(max_length=300)] = ""
    person_role: Literal["", "DRV", "30A", "27A", "18A", "57B"] = ""
    person_name: Annotated[str, Field(max_length=300)] = ""
    person_born: Annotated[str, Field(max_length=10)] = ""
    person_nationality: Annotated[str, Field(max_length=2)] = ""
    person_document: Annotated[str, Field(max_length=35)] = ""
    person_issuer: Annotated[str, Field(max_length=2)] = ""
    means_id: Annotated[str, Field(max_length=35)] = ""
    means_nationality: Annotated[str, Field(max_length=2)] = ""
    trailer_id: Annotated[str, Field(max_length=35)] = ""
    equipment_id: Code = ""
    customs_seal: Annotated[str, Field(max_length=35)] = ""
    commodity_prefix: Annotated[str, Field(pattern=r"^([0-9]{2,10})?$")] = ""
    description: Text = ""
    origin: Annotated[str, Field(max_length=2)] = ""
    country_of_dispatch: Annotated[str, Field(max_length=2)] = ""
    country_of_destination: Annotated[str, Field(max_length=2)] = ""
    routing: Annotated[list[str], Field(max_length=9)] = []
    offices: Annotated[list[str], Field(max_length=9)] = []
    route: Annotated[list[str], Field(max_length=9)] = []
    confidence: Annotated[str, Field(max_length=2)] = ""


class _Communication(_Part):
    type: Annotated[str, Field(max_length=3)]
    number: Annotated[str, Field(max_length=50)]


class _Indicator(_Part):
    code: Annotated[str, Field(max_length=10)]
    weight: Annotated[int, Field(ge=0, le=100)] | None = None
    description: Text = ""


class _Measure(_Part):
    type_code: Annotated[str, Field(max_length=3)]
    mandatory: bool = False
    sampling: Annotated[int, Field(ge=1, le=100)] | None = None


class _Document(_Part):
    type_code: Annotated[str, Field(max_length=3)]
    reference: Annotated[str, Field(max_length=70)]


class _Attachment(_Part):
    digest: Annotated[str, Field(max_length=64)]
    media_type: Annotated[str, Field(min_length=1, max_length=100)]
    size_bytes: Annotated[int, Field(ge=1, le=999_999_999)]
    description: Text = ""
    marking: Marking | None = None


class _Draft(_Part):
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime
    review_on: date | None = None
    marking: Marking
    permitted_action: PermittedAction
    urgency: Urgency
    language: Annotated[str, Field(pattern=r"^([a-z]{2})?$")] = ""
    classification: Annotated[str, Field(max_length=35)] = ""
    category: Short
    offence: Short = ""
    commodity_group: Short = ""
    fraud_type: Short = ""
    severity: Annotated[int, Field(ge=1, le=4)]
    summary: Annotated[str, Field(min_length=1, max_length=512)]
    contact_office: Annotated[str, Field(min_length=1, max_length=17)]
    communications: Annotated[list[_Communication], Field(max_length=9)] = []
    subjects: Annotated[list[_Subject], Field(min_length=1, max_length=MAX_SUBJECTS)]
    confidence: Annotated[str, Field(max_length=2)] = ""
    grading_scheme: Annotated[str, Field(max_length=5)] = ""
    grade: Annotated[str, Field(max_length=3)] = ""
    unverified: bool | None = None
    related_alert: Annotated[str, Field(max_length=70)] = ""
    operation: Annotated[str, Field(max_length=15)] = ""
    text: Text = ""
    modus_operandi: Text = ""
    concealments: Annotated[list[Short], Field(max_length=9)] = []
    seen_from: date | None = None
    seen_until: date | None = None
    seen_places: Annotated[list[_UnLocode], Field(max_length=9)] = []
    feedback_requested: bool = False
    feedback_due_on: date | None = None
    feedback_scope: FeedbackScope | None = None
    questions: Annotated[list[_Question], Field(max_length=MAX_QUESTIONS)] = []
    indicators: Annotated[list[_Indicator], Field(max_length=50)] = []
    measures: Annotated[list[_Measure], Field(max_length=20)] = []
    documents: Annotated[list[_Document], Field(max_length=20)] = []
    attachments: Annotated[list[_Attachment], Field(max_length=MAX_ATTACHMENTS)] = []


def alert_from(
    plain: Mapping[str, object], *, issuer: str, alert_id: str, at: datetime
) -> RiskAlert:
    """Return the first version of an alert.

    Raises:
        InvalidAlertError: a key is missing, unknown or unusable; every one of them is named.
    """
    try:
        draft = _Draft.model_validate(plain)
    except ValidationError as err:
        why = "; ".join(
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in err.errors()
        )
        raise InvalidAlertError(why=why) from None
    worth = grade_of(draft.grading_scheme, draft.grade)
    is_unverified = worth is None or not worth.is_verified
    return RiskAlert(
        alert_id=alert_id,
        issuer=issuer,
        issued_at=at,
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        review_on=draft.review_on,
        marking=draft.marking,
        permitted_action=draft.permitted_action,
        urgency=draft.urgency,
        language=draft.language,
        classification=draft.classification,
        category=draft.category,
        offence=draft.offence,
        commodity_group=draft.commodity_group,
        fraud_type=draft.fraud_type,
        severity=draft.severity,
        summary=draft.summary,
        contact=Contact(
            office=draft.contact_office,
            communications=tuple((one.type, one.number) for one in draft.communications),
        ),
        subjects=tuple(
            Subject(
                **one.model_dump(exclude={"routing", "offices", "route"}),
                routing=tuple(one.routing),
                offices=tuple(one.offices),
                route=tuple(one.route),
            )
            for one in draft.subjects
        ),
        confidence=draft.confidence or (worth.confidence if worth else ""),
        grading_scheme=draft.grading_scheme,
        grade=draft.grade,
        unverified=is_unverified if draft.unverified is None else draft.unverified,
        related_alert=draft.related_alert,
        operation=draft.operation,
        text=draft.text,
        modus_operandi=draft.modus_operandi,
        concealments=tuple(draft.concealments),
        seen_from=draft.seen_from,
        seen_until=draft.seen_until,
        seen_places=tuple(draft.seen_places),
        feedback_requested=draft.feedback_requested,
        feedback_due_on=draft.feedback_due_on,
        feedback_scope=draft.feedback_scope,
        questions=tuple(draft.questions),
        indicators=tuple(Indicator(**one.model_dump()) for one in draft.indicators),
        measures=tuple(Measure(**one.model_dump()) for one in draft.measures),
        documents=tuple(SupportingDocument(**one.model_dump()) for one in draft.documents),
        attachments=tuple(Attachment(**one.model_dump()) for one in draft.attachments),
    )


def faults_of(plain: Mapping[str, object]) -> tuple[tuple[tuple[str | int, ...], str], ...]:
    """Return what keeps plain keys from being a draft: where, positions from 0, and why."""
    try:
        _Draft.model_validate(plain)
    except ValidationError as err:
        return tuple((tuple(one["loc"]), one["msg"]) for one in err.errors())
    return ()


def schema_of_drafts() -> Mapping[str, Any]:
    """Return the keys of a draft as a JSON schema."""
    return _Draft.model_json_schema()
