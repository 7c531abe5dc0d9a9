"""The plain keys of a draft, as an officer writes them (TOML, JSON) → request, reply, information.

What may be said is checked here, with the place of each key; what has to be said is for the
agreement to say (`policy.requests`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from exchange_node.domain.agreement.clauses.assistance import Form
from exchange_node.domain.agreement.clauses.basis import Matter
from exchange_node.domain.alert import Contact, SupportingDocument
from exchange_node.domain.assistance.life import Act
from exchange_node.domain.assistance.papers import (
    GROUNDS,
    NO_CONTACT,
    AssistanceRequest,
    Information,
    OralRequest,
    Person,
    Reply,
)
from exchange_node.domain.errors import InvalidRequestError

Name = Annotated[str, Field(max_length=300)]
Text = Annotated[str, Field(max_length=2000)]
Long = Annotated[str, Field(max_length=4000)]
Language = Annotated[str, Field(min_length=2, max_length=35)]
Movements = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=70)]], Field(max_length=99)
]

LONGEST_ANSWER = 100_000
"""Characters of an answer in words (our choice): some 30 printed pages."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Person(_Part):
    name: Annotated[str, Field(min_length=1, max_length=300)]
    role: Annotated[str, Field(max_length=3)] = ""
    id: Annotated[str, Field(max_length=35)] = ""
    country: Annotated[str, Field(max_length=2)] = ""
    address: Annotated[str, Field(max_length=512)] = ""


class _Communication(_Part):
    type: Annotated[str, Field(max_length=3)]
    number: Annotated[str, Field(max_length=50)]


class _Document(_Part):
    type_code: Annotated[str, Field(max_length=3)]
    reference: Annotated[str, Field(max_length=70)]


Persons = Annotated[list[_Person], Field(max_length=99)]
Documents = Annotated[list[_Document], Field(max_length=99)]


class _Office(_Part):
    office: Annotated[str, Field(max_length=17)] = ""
    communications: Annotated[list[_Communication], Field(max_length=9)] = []


class RequestDraft(_Office):
    """A request for assistance (MA-010), as an officer writes it."""

    language: Language
    urgent: bool = False
    administration: Annotated[str, Field(max_length=256)] = ""
    matter: Matter | None = None
    measure: Text = ""
    reason: Text = ""
    purpose: Text = ""
    facts: Long = ""
    persons: Persons = []
    declarations: Movements = []
    checks: Text = ""
    documents: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=512)]], Field(max_length=99)
    ] = []
    own_law: Text = ""
    reciprocity: bool | None = None
    reciprocity_note: Annotated[str, Field(max_length=512)] = ""
    confirms: Annotated[str, Field(max_length=70)] = ""
    on_paper: bool = False


class ReplyDraft(_Office):
    """What is said to a request (MA-011 to MA-014)."""

    language: Language
    ground: Annotated[str, Field(max_length=17)] = ""
    until: AwareDatetime | None = None
    text: Annotated[str, Field(max_length=LONGEST_ANSWER)] = ""
    unverified: bool = True
    persons: Persons = []
    declarations: Movements = []
    documents: Documents = []


class InformationDraft(_Office):
    """What is told unasked (MA-020)."""

    language: Language
    matter: Matter
    facts: Annotated[str, Field(min_length=1, max_length=4000)]
    urgent: bool = False
    unverified: bool = True
    persons: Persons = []
    declarations: Movements = []
    documents: Documents = []
    related: Annotated[str, Field(max_length=70)] = ""


class OralDraft(_Part):
    """A request made by word of mouth, as a desk writes it down."""

    given_by: Annotated[str, Field(min_length=1, max_length=300)]
    taken_by: Annotated[str, Field(min_length=1, max_length=300)]
    at: AwareDatetime
    summary: Annotated[str, Field(min_length=1, max_length=4000)]
    matter: Matter | None = None
    urgent: bool = True
    reference: Annotated[str, Field(max_length=70)] = ""


_Draft = TypeVar("_Draft", bound=_Part)


def request_from(
    plain: Mapping[str, object], *, requester: str, administration: str, number: str, at: datetime
) -> AssistanceRequest:
    """Return the request that a draft makes; this administration's own name need not be written.

    Raises:
        InvalidRequestError: a key is missing, unknown or unusable; every one of them is named.
    """
    draft = _read(RequestDraft, plain, "request")
    form = Form.WRITTEN if draft.on_paper else Form.ELECTRONIC
    return AssistanceRequest(
        request_id=number,
        requester=requester,
        issued_at=at,
        language=draft.language,
        form=Form.ORAL if draft.confirms else form,
        urgent=draft.urgent,
        administration=draft.administration or administration,
        contact=_contact(draft),
        matter=draft.matter,
        measure=draft.measure,
        reason=draft.reason,
        purpose=draft.purpose,
        facts=draft.facts,
        persons=_persons(draft.persons),
        declarations=tuple(draft.declarations),
        checks=draft.checks,
        documents=tuple(draft.documents),
        own_law=draft.own_law,
        could_reciprocate=draft.reciprocity,
        reciprocity_note=draft.reciprocity_note,
        oral_request=draft.confirms,
    )


def reply_from(
    plain: Mapping[str, object],
    act: Act,
    *,
    issuer: str,
    requester: str,
    request_id: str,
    number: str,
    at: datetime,
) -> Reply:
    """Return the reply that a draft makes.

    Raises:
        InvalidRequestError: a key is missing, unknown or unusable; every one of them is named.
    """
    draft = _read(ReplyDraft, plain, "reply")
    if draft.ground and draft.ground not in GROUNDS:
        known = ", ".join(GROUNDS)
        raise InvalidRequestError(what="reply", why=f"ground: want one of {known}")
    return Reply(
        reply_id=number,
        request_id=request_id,
        requester=requester,
        issuer=issuer,
        issued_at=at,
        act=act,
        language=draft.language,
        contact=_contact(draft),
        ground=GROUNDS[draft.ground] if draft.ground else None,
        until=draft.until.replace(microsecond=0) if draft.until else None,
        text=draft.text,
        persons=_persons(draft.persons),
        declarations=tuple(draft.declarations),
        documents=_documents(draft.documents),
        unverified=draft.unverified,
    )


def information_from(
    plain: Mapping[str, object], *, issuer: str, number: str, at: datetime
) -> Information:
    """Return the information that a draft makes.

    Raises:
        InvalidRequestError: a key is missing, unknown or unusable; every one of them is named.
    """
    draft = _read(InformationDraft, plain, "information")
    return Information(
        information_id=number,
        issuer=issuer,
        issued_at=at,
        language=draft.language,
        matter=draft.matter,
        facts=draft.facts,
        urgent=draft.urgent,
        unverified=draft.unverified,
        contact=_contact(draft),
        persons=_persons(draft.persons),
        declarations=tuple(draft.declarations),
        documents=_documents(draft.documents),
        related=draft.related,
    )


def oral_from(plain: Mapping[str, object], *, requester: str, number: str) -> OralRequest:
    """Return what a desk wrote down; `number` is its own where the desks agreed on none.

    Raises:
        InvalidRequestError: a key is missing, unknown or unusable; every one of them is named.
    """
    draft = _read(OralDraft, plain, "oral request")
    return OralRequest(
        oral_id=draft.reference or number,
        requester=requester,
        asked_at=draft.at,
        given_by=draft.given_by,
        taken_by=draft.taken_by,
        summary=draft.summary,
        matter=draft.matter,
        urgent=draft.urgent,
    )


def _read(model: type[_Draft], plain: Mapping[str, object], what: str) -> _Draft:
    try:
        return model.model_validate(plain)
    except ValidationError as err:
        why = "; ".join(
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in err.errors()
        )
        raise InvalidRequestError(what=what, why=why) from None


def _contact(draft: _Office) -> Contact:
    if not draft.office and not draft.communications:
        return NO_CONTACT
    return Contact(
        office=draft.office,
        communications=tuple((one.type, one.number) for one in draft.communications),
    )


def _persons(drafts: list[_Person]) -> tuple[Person, ...]:
    return tuple(
        Person(
            name=one.name,
            role=one.role,
            person_id=one.id,
            country=one.country,
            address=one.address,
        )
        for one in drafts
    )


def _documents(drafts: list[_Document]) -> tuple[SupportingDocument, ...]:
    return tuple(SupportingDocument(**one.model_dump()) for one in drafts)


def as_draft(values: Mapping[str, Any]) -> dict[str, object]:
    """Return the keys that were given, as a draft has them: what is empty was not."""
    return {name: value for name, value in values.items() if value not in ("", None)}
