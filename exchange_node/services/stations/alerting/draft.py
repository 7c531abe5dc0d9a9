"""The plain keys of a feedback or a sighting, as an officer or a system gives them → a feedback."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from exchange_node.domain.alert import MAX_QUESTIONS, Contact
from exchange_node.domain.alerting import Answer, Feedback, Result, SeenIn, Seized
from exchange_node.domain.alerting.feedback import MOST_MEASURES, MOST_SEIZED, MOST_USEFUL
from exchange_node.domain.errors import InvalidAlertError

_Number = Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=6)]
_Value = Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=3)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Seized(_Part):
    category: Annotated[str, Field(min_length=1, max_length=3)]
    quantity: _Number | None = None
    unit: Annotated[str, Field(max_length=3)] = ""
    concealment: Annotated[str, Field(max_length=512)] = ""


class _Answer(_Part):
    question: Annotated[int, Field(ge=1, le=MAX_QUESTIONS)]
    text: Annotated[str, Field(min_length=1, max_length=512)]


class FeedbackDraft(_Part):
    """What an officer says of what came of an alert."""

    result: Literal[Result.HIT, Result.NIL, Result.NOT_CHECKED]
    contact_office: Annotated[str, Field(min_length=1, max_length=17)]
    last: bool = False
    version: Annotated[int, Field(ge=1, le=999_999_999)] | None = None
    hit: Annotated[str, Field(max_length=50)] = ""
    movement: Annotated[str, Field(max_length=70)] = ""
    controlled_at: AwareDatetime | None = None
    office: Annotated[str, Field(max_length=17)] = ""
    measures: Annotated[
        list[Annotated[str, Field(max_length=3)]], Field(max_length=MOST_MEASURES)
    ] = []
    seized: Annotated[list[_Seized], Field(max_length=MOST_SEIZED)] = []
    value: _Value | None = None
    currency: Annotated[str, Field(max_length=3)] = ""
    usefulness: Annotated[int, Field(ge=0, le=MOST_USEFUL)] | None = None
    answers: Annotated[list[_Answer], Field(max_length=MAX_QUESTIONS)] = []
    new_facts: Annotated[str, Field(max_length=4_000)] = ""


class SightingDraft(_Part):
    """What an officer says of something that was seen, and not controlled."""

    seen_at: AwareDatetime
    seen_in: SeenIn
    office: Annotated[str, Field(min_length=1, max_length=17)]
    what: Annotated[str, Field(min_length=1, max_length=4_000)]
    contact_office: Annotated[str, Field(max_length=17)] = ""
    version: Annotated[int, Field(ge=1, le=999_999_999)] | None = None
    hit: Annotated[str, Field(max_length=50)] = ""
    movement: Annotated[str, Field(max_length=70)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A feedback that has no number yet, and which version, hit or movement it is about."""

    said: Feedback
    version: int | None
    hit: str
    movement: str


def feedback_from(plain: Mapping[str, object]) -> Drafted:
    """Return what an officer says of what came of an alert; who says it, and of what, is left open.

    Raises:
        InvalidAlertError: a key is missing, unknown or unusable; every one of them is named.
    """
    draft = _read(FeedbackDraft, plain)
    said = Feedback(
        reference="",
        alert_id="",
        alert_version=0,
        issuer="",
        issued_at=_UNSAID,
        contact=Contact(office=draft.contact_office),
        result=draft.result,
        is_last=draft.last,
        controlled_at=draft.controlled_at,
        office=draft.office,
        measures=tuple(draft.measures),
        seized=tuple(Seized(**one.model_dump()) for one in draft.seized),
        value=draft.value,
        currency=draft.currency,
        usefulness=draft.usefulness,
        answers=tuple(Answer(**one.model_dump()) for one in draft.answers),
        new_facts=draft.new_facts,
    )
    return Drafted(said=said, version=draft.version, hit=draft.hit, movement=draft.movement)


def sighting_from(plain: Mapping[str, object]) -> Drafted:
    """Return what an officer says of a sighting; who says it, and of what, is left open.

    Raises:
        InvalidAlertError: as `feedback_from`.
    """
    draft = _read(SightingDraft, plain)
    said = Feedback(
        reference="",
        alert_id="",
        alert_version=0,
        issuer="",
        issued_at=_UNSAID,
        contact=Contact(office=draft.contact_office or draft.office),
        result=Result.SIGHTED,
        office=draft.office,
        new_facts=draft.what,
        seen_at=draft.seen_at,
        seen_in=draft.seen_in,
    )
    return Drafted(said=said, version=draft.version, hit=draft.hit, movement=draft.movement)


_Draft = TypeVar("_Draft", FeedbackDraft, SightingDraft)


def _read(form: type[_Draft], plain: Mapping[str, object]) -> _Draft:
    try:
        return form.model_validate(plain)
    except ValidationError as err:
        why = "; ".join(
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in err.errors()
        )
        raise InvalidAlertError(why=why) from None


_UNSAID = datetime(1, 1, 1, tzinfo=UTC)
