"""What two administrations write to each other in one matter: request, reply, information.

Which parts of a request have to be there is not said here: the agreement says it
(`domain.agreement.clauses.assistance.RequestPart`), and `policy.requests` holds a request to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from exchange_node.domain.agreement.clauses.assistance import (
    Form,
    Postponement,
    Refusal,
    RequestPart,
)
from exchange_node.domain.agreement.clauses.basis import Matter
from exchange_node.domain.alert import Contact, SupportingDocument
from exchange_node.domain.assistance.life import Act

REQUEST = "MA-010"
INFORMATION = "MA-020"

MESSAGES: Mapping[Act, str] = MappingProxyType(
    {
        Act.ACKNOWLEDGED: "MA-011",
        Act.REFUSED: "MA-012",
        Act.POSTPONED: "MA-012",
        Act.INTERIM: "MA-013",
        Act.COMPLETE: "MA-014",
        Act.PARTIAL: "MA-014",
        Act.REMAINDER_REFUSED: "MA-014",
        Act.NOTHING_FOUND: "MA-014",
    }
)
"""The message that carries each act of a reply."""

NO_CONTACT = Contact(office="")

Ground = Refusal | Postponement

GROUNDS: Mapping[str, Ground] = MappingProxyType(
    {one.value: one for known in (Refusal, Postponement) for one in known}
)
"""Every ground that an agreement may list, by its code; no code stands for two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, natural or legal, whom a matter concerns.

    Attributes:
        role: WCO class id of the role (30A consignor, 27A consignee, …); empty where unknown.
        country: ISO 3166 alpha-2.
    """

    name: str
    role: str = ""
    person_id: str = ""
    country: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceRequest:
    """MA-010: one administration asks another for help (JC 3; TFA 12.4); empty is not said.

    Attributes:
        request_id: `<party>-<year>-<sequence>`, the requester's for life.
        requester: party id.
        form: how it was first made; oral where this confirms what was asked orally.
        language: of its texts (BCP 47).
        administration: the name of the administration that asks.
        contact: the office that the request comes from.
        measure: what is asked for.
        purpose: what the answer is wanted for, in words; the coded purpose is the exchange's.
        checks: what the requester has already done itself.
        documents: what is sought.
        own_law: the requester's law on protection, retention and disposal.
        could_reciprocate: whether it could do the same (TFA 12.8); None where it does not say.
        oral_request: the oral request that this confirms; empty for none.
    """

    request_id: str
    requester: str
    issued_at: datetime
    language: str
    form: Form = Form.ELECTRONIC
    urgent: bool = False
    administration: str = ""
    contact: Contact = NO_CONTACT
    matter: Matter | None = None
    measure: str = ""
    reason: str = ""
    purpose: str = ""
    facts: str = ""
    persons: tuple[Person, ...] = ()
    declarations: tuple[str, ...] = ()
    checks: str = ""
    documents: tuple[str, ...] = ()
    own_law: str = ""
    could_reciprocate: bool | None = None
    reciprocity_note: str = ""
    oral_request: str = ""

    def says(self, part: RequestPart) -> bool:
        """Whether a part is there."""
        match part:
            case RequestPart.OFFICE:
                return bool(self.contact.office.strip())
            case RequestPart.DECLARATION:
                return any(one.strip() for one in self.declarations)
            case RequestPart.DOCUMENTS:
                return any(one.strip() for one in self.documents)
            case RequestPart.PERSONS:
                return any(one.name.strip() for one in self.persons)
            case RequestPart.RECIPROCITY:
                return self.could_reciprocate is not None
            case _:  # the others are texts of their own name; a test holds every part
                return bool((getattr(self, part.value) or "").strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """MA-011 to MA-014: what the requested administration says to a request.

    Attributes:
        reply_id: the replying side's own number; the same reply told twice is one.
        act: one of `MESSAGES`.
        ground: why it is refused, in whole or in part, or postponed; listed by the agreement.
        until: in a postponement when it ends, in an interim notice when an answer is expected.
        text: the answer itself, or whatever is to be said beside the codes.
        unverified: true marks information that must not be the sole ground of a measure.
    """

    reply_id: str
    request_id: str
    requester: str
    issuer: str
    issued_at: datetime
    act: Act
    language: str
    contact: Contact = NO_CONTACT
    ground: Ground | None = None
    until: datetime | None = None
    text: str = ""
    persons: tuple[Person, ...] = ()
    declarations: tuple[str, ...] = ()
    documents: tuple[SupportingDocument, ...] = ()
    unverified: bool = True

    @property
    def code(self) -> str:
        """The message that carries it."""
        return MESSAGES[self.act]


@dataclass(frozen=True, slots=True, kw_only=True)
class Information:
    """MA-020: what an administration tells another unasked (JC 4).

    Attributes:
        information_id: `<party>-<year>-<sequence>`, the issuer's for life.
        related: the alert, request or record that it is about; empty for none.
    """

    information_id: str
    issuer: str
    issued_at: datetime
    language: str
    matter: Matter
    facts: str
    urgent: bool = False
    unverified: bool = True
    contact: Contact = NO_CONTACT
    persons: tuple[Person, ...] = ()
    declarations: tuple[str, ...] = ()
    documents: tuple[SupportingDocument, ...] = ()
    related: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OralRequest:
    """A request made by word of mouth, as a desk wrote it down by hand.

    Attributes:
        oral_id: what the MA-010 that confirms it names; the two desks agree on it.
        requester: party id of who asks.
        asked_at: when it was said.
        given_by, taken_by: who asked and who took it, by name or office.
        summary: what was asked.
    """

    oral_id: str
    requester: str
    asked_at: datetime
    given_by: str
    taken_by: str
    summary: str
    matter: Matter | None = None
    urgent: bool = True
