"""The plain keys of an operation, as an officer or a system gives them → an operation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from exchange_node.domain.alerting.operation import (
    LONGEST_NAME,
    MAX_PERIOD,
    MOST_PARTNERS,
    Operation,
    country_in,
    is_reference,
)
from exchange_node.domain.errors import InvalidOperationError, MalformedIdentifierError
from exchange_node.domain.identifiers import PartyId

Party = Annotated[str, Field(max_length=70)]


class OperationDraft(BaseModel):
    """What an officer says of an operation that is opened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    lead: Party = ""
    partners: Annotated[list[Party], Field(min_length=1, max_length=MOST_PARTNERS)]
    begins: AwareDatetime | None = None
    ends: AwareDatetime
    purpose: Annotated[str, Field(min_length=1, max_length=40)] = "RISK_ANALYSIS"
    reference: Annotated[str, Field(max_length=15)] = ""


def operation_from(plain: Mapping[str, object], own: PartyId, at: datetime) -> Operation:
    """Return the operation that an officer describes; one that we lead has no reference yet.

    Raises:
        InvalidOperationError: a key is missing, unknown or unusable, the period has no room, we
            take no part, or the reference is not that of who leads.
    """
    try:
        draft = OperationDraft.model_validate(plain)
    except ValidationError as err:
        why = "; ".join(
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in err.errors()
        )
        raise InvalidOperationError(why=why) from None
    lead = _party(draft.lead or str(own))
    partners = dict.fromkeys(_party(one) for one in draft.partners)
    partners.pop(lead, None)
    begins = draft.begins or at
    _require_period(begins, draft.ends, at)
    _require_reference(draft.reference, lead, own)
    if own not in (lead, *partners):
        why = f"{own} takes no part in it: it neither leads nor is a partner"
        raise InvalidOperationError(why=why)
    if not partners:
        raise InvalidOperationError(why="nobody takes part but who leads it")
    return Operation(
        reference=draft.reference,
        name=draft.name,
        lead=str(lead),
        partners=tuple(str(one) for one in partners),
        begins=begins,
        ends=draft.ends,
        purpose=draft.purpose,
    )


def _party(text: str) -> PartyId:
    try:
        return PartyId.parse(text)
    except MalformedIdentifierError:
        raise InvalidOperationError(why=f"{text[:70]!r} is no party id") from None


def _require_period(begins: datetime, ends: datetime, at: datetime) -> None:
    if ends <= max(begins, at):
        why = f"it ends on {ends.isoformat()}, before it begins or before now"
        raise InvalidOperationError(why=why)
    if ends - begins > MAX_PERIOD:
        raise InvalidOperationError(why=f"it lasts longer than {MAX_PERIOD.days} days")


def _require_reference(reference: str, lead: PartyId, own: PartyId) -> None:
    if lead == own:
        if reference:
            raise InvalidOperationError(why="who leads an operation is given its reference")
        return
    if not is_reference(reference) or country_in(reference) != lead.country:
        why = f"{lead} leads it and has given it a reference, such as JO-{lead.country}-2026-0001"
        raise InvalidOperationError(why=f"{why}: say which")
