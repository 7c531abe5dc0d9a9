"""The one vocabulary of messages: codes, services, header values.

A message code is the ebMS Action. `CODES` says for each which WCO base message it carries and
with which TypeCode and FunctionCode (UNCL 1225).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from exchange_node.domain.finding import Finding
from exchange_node.domain.transmission.content import Content

PARTY_TYPE = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:carec-node"
ROLE = "urn:carec:role:customs"
AGREEMENT_TYPE = "urn:carec:agreement"
BUSINESS_ANSWER = "SY-002"
ACCOUNT = "SY-095"
EXPECTED = "SY-060"


class Service(StrEnum):
    """What a message is for."""

    TRANSIT = "urn:carec:service:transit"
    RISK = "urn:carec:service:risk"
    ASSISTANCE = "urn:carec:service:assistance"
    SYSTEM = "urn:carec:service:system"


class Root(StrEnum):
    """The WCO base message inside MetaData."""

    DECLARATION = "Declaration"
    INTERGOV = "InterGov"
    RESPONSE = "Response"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCode:
    """One kind of message.

    Attributes:
        type_code: WCO TypeCode of the document, `/` between several; empty where the document's
            own decides.
        function: UNCL 1225 FunctionCode.
    """

    code: str
    name: str
    service: Service
    root: Root
    type_code: str
    function: str

    @property
    def type_codes(self) -> tuple[str, ...]:
        """Each TypeCode that its document may have; none where the document's own decides."""
        return tuple(self.type_code.split("/")) if self.type_code else ()

    @property
    def is_answered(self) -> bool:
        """Whether it gets a business answer: TM, RA and MA do, SY never does."""
        return self.service is not Service.SYSTEM


def _table() -> Mapping[str, MessageCode]:
    rows = (
        ("TM-010", "transit manifest", Service.TRANSIT, Root.DECLARATION, "", "9"),
        ("TM-011", "manifest amended", Service.TRANSIT, Root.DECLARATION, "", "4"),
        ("TM-012", "cancellation", Service.TRANSIT, Root.INTERGOV, "REL", "1"),
        ("TM-013", "manifest asked for", Service.TRANSIT, Root.INTERGOV, "REQ", "9"),
        ("TM-014", "manifest given", Service.TRANSIT, Root.DECLARATION, "", "7"),
        ("TM-020", "border crossing", Service.TRANSIT, Root.INTERGOV, "EXT/ENT", "9"),
        ("TM-021", "refusal at a border", Service.TRANSIT, Root.INTERGOV, "REF", "9"),
        ("TM-030", "incident, its end; diversion", Service.TRANSIT, Root.INTERGOV, "INC/DIV", "9"),
        ("TM-040", "arrival", Service.TRANSIT, Root.INTERGOV, "ARR", "9"),
        ("TM-041", "control results", Service.TRANSIT, Root.INTERGOV, "CTR", "9"),
        ("TM-042", "discrepancies solved", Service.TRANSIT, Root.INTERGOV, "CTR", "4"),
        ("TM-043", "discharge", Service.TRANSIT, Root.INTERGOV, "DIS", "9"),
        ("TM-050", "where a movement stands, asked", Service.TRANSIT, Root.INTERGOV, "STQ", "9"),
        ("TM-051", "where a movement stands", Service.TRANSIT, Root.INTERGOV, "STR", "9"),
        ("TM-052", "enquiry", Service.TRANSIT, Root.INTERGOV, "ENQ", "9"),
        ("TM-053", "reply to an enquiry", Service.TRANSIT, Root.INTERGOV, "RPL", "9"),
        ("TM-054", "on an enquiry; its end", Service.TRANSIT, Root.INTERGOV, "ENI", "9"),
        ("TM-060", "recovery requested", Service.TRANSIT, Root.INTERGOV, "RCQ", "9"),
        ("TM-061", "recovery answered, closed", Service.TRANSIT, Root.INTERGOV, "RCA", "9"),
        ("TM-070", "exit and entry compared", Service.TRANSIT, Root.INTERGOV, "CMP", "9"),
        ("RA-010", "risk alert", Service.RISK, Root.INTERGOV, "WRN", "9"),
        ("RA-011", "alert corrected", Service.RISK, Root.INTERGOV, "WRN", "4"),
        ("RA-012", "alert withdrawn", Service.RISK, Root.INTERGOV, "CAN", "1"),
        ("RA-020", "alert acknowledged", Service.RISK, Root.INTERGOV, "ACK", "9"),
        ("RA-021", "feedback on an alert", Service.RISK, Root.INTERGOV, "FBK/SZR", "9"),
        ("MA-010", "request for assistance", Service.ASSISTANCE, Root.INTERGOV, "M10", "9"),
        ("MA-011", "request acknowledged", Service.ASSISTANCE, Root.INTERGOV, "M11", "9"),
        ("MA-012", "request refused, postponed", Service.ASSISTANCE, Root.INTERGOV, "M12", "9"),
        ("MA-013", "interim notice", Service.ASSISTANCE, Root.INTERGOV, "M13", "9"),
        ("MA-014", "answer to a request", Service.ASSISTANCE, Root.INTERGOV, "M14", "9"),
        ("MA-020", "spontaneous information", Service.ASSISTANCE, Root.INTERGOV, "M20", "9"),
        (
            "MA-030",
            "consent to further use asked, told",
            Service.ASSISTANCE,
            Root.INTERGOV,
            "M30",
            "9",
        ),
        (
            "MA-031",
            "consent to further use answered",
            Service.ASSISTANCE,
            Root.INTERGOV,
            "M31",
            "9",
        ),
        ("MA-040", "notice of unauthorised use", Service.ASSISTANCE, Root.INTERGOV, "M40", "9"),
        ("MA-041", "order to correct or delete", Service.ASSISTANCE, Root.INTERGOV, "M41", "9"),
        ("MA-042", "certificate of an order", Service.ASSISTANCE, Root.INTERGOV, "M42", "9"),
        (BUSINESS_ANSWER, "business answer", Service.SYSTEM, Root.RESPONSE, "", "9"),
        (EXPECTED, "what an office expects", Service.SYSTEM, Root.INTERGOV, "S60", "9"),
        ("SY-070", "outage announced, withdrawn", Service.SYSTEM, Root.INTERGOV, "S70", "9"),
        ("SY-071", "schedule of outages", Service.SYSTEM, Root.INTERGOV, "S71", "9"),
        ("SY-074", "are you there", Service.SYSTEM, Root.INTERGOV, "S74", "9"),
        ("SY-075", "yes, and so I stand", Service.SYSTEM, Root.INTERGOV, "S75", "9"),
        ("SY-080", "agreement offered", Service.SYSTEM, Root.INTERGOV, "S80", "9"),
        ("SY-081", "agreement countersigned", Service.SYSTEM, Root.INTERGOV, "S81", "9"),
        ("SY-082", "agreement refused", Service.SYSTEM, Root.INTERGOV, "S82", "9"),
        ("SY-083", "agreement suspended, resumed", Service.SYSTEM, Root.INTERGOV, "S83", "9"),
        ("SY-084", "agreement terminated", Service.SYSTEM, Root.INTERGOV, "S84", "9"),
        ("SY-085", "countersignature confirmed", Service.SYSTEM, Root.INTERGOV, "S85", "9"),
        (ACCOUNT, "account of what was exchanged", Service.SYSTEM, Root.INTERGOV, "S95", "9"),
    )
    return {
        code: MessageCode(
            code=code, name=name, service=service, root=root, type_code=type_code, function=fn
        )
        for code, name, service, root, type_code, fn in rows
    }


CODES = _table()
"""The codes this node speaks, by code."""

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "RA-020": ("RA-010", "RA-011"),
    "RA-021": ("RA-010", "RA-011"),
    **dict.fromkeys(("MA-011", "MA-012", "MA-013", "MA-014"), ("MA-010",)),
    "MA-031": ("MA-030",),
    "MA-042": ("MA-041",),
    BUSINESS_ANSWER: tuple(code for code, one in CODES.items() if one.is_answered),
}
"""What answers what: a message of such a code refers to one of those that it answers."""

OUTLIVING = frozenset({"MA-040", "MA-041", "MA-042", "RA-012"})
"""Codes about what was handed over already: the duty outlives the agreement it was given under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What must not be separable from a document: it stands sealed in `ext:Exchange`.

    Attributes:
        sender, recipient: party ids.
        code: the message code.
        agreement_digest: SHA-256 of the agreement's canonical JSON, lower-case hex.
        grant: the grant's id within the agreement.
    """

    sender: str
    recipient: str
    code: str
    agreement_id: str
    agreement_version: int
    agreement_digest: str
    grant: str
    purpose: str
    handling: str
    test: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a document, as the sealed document names it.

    Attributes:
        content_id: of its MIME part.
        size: in bytes.
        digest: its SHA-256, lower-case hex.
        name: of the file; empty where the sender gives none.
    """

    content_id: str
    mime_type: str
    size: int
    digest: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file that goes with a document, as somebody hands it over or takes it out."""

    name: str
    mime_type: str
    content: Content = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessAnswer:
    """What the receiver says of one message (SY-002): exactly one per message, when it is filed.

    Attributes:
        reference: the answering side's own number of this answer.
        message_id: the ebMS MessageId of what is answered.
        document_reference: FunctionalReferenceID of what is answered; empty if it was unreadable.
        document_id: its official number (MRN, alert id); empty if it was unreadable.
        findings: why it was rejected, or what was remarked although it was accepted. On the wire a
            finding keeps code, severity, pointer, value and its English sentence.
    """

    reference: str
    issuer: str
    issued_at: datetime
    message_id: str
    document_reference: str
    document_id: str
    accepted: bool
    findings: tuple[Finding, ...] = ()
