"""A node in test → one that a rehearsal's director plays: what arrives is shown to it first.

The director may refuse what the node would take, keep a business answer back or swallow it, and
lose receipts; everything else the node does as ever. A node in production is never played.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from exchange_node.domain.errors import (
    InputError,
    InvalidDocumentError,
    RehearsalError,
)
from exchange_node.domain.finding import Finding
from exchange_node.domain.message import BUSINESS_ANSWER
from exchange_node.domain.transmission import Held
from exchange_node.domain.transmission.content import Content
from exchange_node.ebms.unpack import peek
from exchange_node.node.building.node import Node
from exchange_node.services.reception import Reception
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.arrival.taking import Taker
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.traffic.settling import settle
from exchange_node.services.stations.vocabulary import exchange_in
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store import inbox, outbox, payloads
from exchange_node.store.database import reading
from exchange_node.transport.line import Answer
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.manifest_view import read_manifest

PLAYED = "the script"
"""Who keeps back what a director keeps back."""

_ANSWERS = ("Acknowledgement", "AlertFeedback")
"""What says something of an alert."""

NO_ANSWER = Answer(status=504, content_type="text/plain", body=b"")
"""As a proxy answers whose server said nothing: the sender has no receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A message that arrived.

    Attributes:
        document_id: of what it carries: a movement's number, an alert's.
        alert_id: of the alert that it is, or is about; empty where it is about none.
        movement: the official number; empty where it is about none.
        offices: every one that it names.
    """

    code: str
    sender: str
    message_id: str
    document_id: str = ""
    alert_id: str = ""
    movement: str = ""
    offices: tuple[str, ...] = ()


class Director(Protocol):
    """Says what is to become of what arrives."""

    def objections(self, met: Met) -> Sequence[Finding]:
        """Return why a message is refused; nothing where the node decides."""
        ...

    def taken(self, met: Met) -> None:
        """Note that a message was recorded; told again of one it is the same."""
        ...

    def is_unanswered(self, message_id: str) -> bool:
        """Whether no business answer to a message is to leave, ever."""
        ...

    def keeps_back(self, message_id: str, answer_id: str) -> bool:
        """Whether the answer to a message waits for the director to let it go."""
        ...

    def loses_receipt(self, met: Met) -> bool:
        """Whether the receipt that a message gets now is lost."""
        ...


def play(node: Node, director: Director) -> None:
    """Let a director have its say in what a node does with what arrives.

    Raises:
        RehearsalError: the node is in production.
    """
    own = node.settings.administration
    if not own.test:
        why = f"{own.party} is in production, not in test"
        raise RehearsalError(step="playing a partner", why=why)
    packing = _PlayedPacking(**_values(node.filing.packing), director=director)
    takers: Mapping[str, Taker] = {
        code: _PlayedTaker(taker, director) for code, taker in node.filing.takers.items()
    }
    node.filing = replace(node.filing, packing=packing, takers=takers)
    node.reception = _PlayedReception(**_values(node.reception), director=director)


def post_again(node: Node, message_id: str) -> None:
    """Post the same bytes once more under the same id, whatever became of them before.

    Raises:
        UnknownRecordError: no such message left this node.
        TransmissionError: the partner cannot be reached.
    """
    with reading(node.engine) as conn:
        sent = outbox.get(conn, message_id)
    packed = payloads.fetch_content(
        node.engine, sent.payload_id, node.keyring.vault, node.new_spool
    )
    node.line.post(sent.transmission.partner, sent.content_type, packed)


@dataclass(frozen=True, slots=True)
class _PlayedTaker:
    """Takes what the director lets be taken."""

    taker: Taker
    director: Director

    def take(self, conn: Connection, opened: Opened, now: datetime) -> tuple[Finding, ...] | None:
        """As the taker behind it.

        Raises:
            InvalidDocumentError: the director refuses it; or as the taker behind it.
        """
        met = _met(opened)
        if objections := self.director.objections(met):
            raise InvalidDocumentError(tuple(objections))
        findings = self.taker.take(conn, opened, now)
        self.director.taken(met)
        return findings


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlayedPacking(Packing):
    """Queues business answers as the director wants them."""

    director: Director

    def queue(self, conn: Connection, prepared: Prepared) -> None:
        """Queue a message, and hold it where the director keeps it back."""
        answered = prepared.ref_to_message_id
        is_answer = prepared.exchange.code == BUSINESS_ANSWER
        if is_answer and self.director.is_unanswered(answered):
            return
        Packing.queue(self, conn, prepared)
        if is_answer and self.director.keeps_back(answered, prepared.message_id):
            outgoing = outbox.get(conn, prepared.message_id, lock=True)
            retry = self.modes[prepared.exchange.recipient].retry
            held = Held(prepared.at, "it comes later", by=PLAYED)
            settle(conn, outgoing, held, retry, prepared.at, actor=PLAYED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlayedReception(Reception):
    """Gives receipts that may be lost."""

    director: Director

    def receive(
        self,
        tls_certificate: bytes,
        content_type: str,
        body: Content,
        above: Sequence[bytes] = (),
    ) -> Answer:
        """Return the answer to one request, or none that is of use; all is kept as ever."""
        answer = Reception.receive(self, tls_certificate, content_type, body, above)
        message_id = peek(content_type, body) or ""
        with reading(self.taking.engine) as conn:
            found = inbox.search(conn, message_id=message_id, limit=1) if message_id else []
        for one in found:
            met = Met(
                code=exchange_in(one).code,
                sender=one.sender,
                message_id=message_id,
                movement=one.header.get("conversation", "").split("/", 2)[-1],
            )
            if self.director.loses_receipt(met):
                return NO_ANSWER
        return answer


def _values(one: Packing | Reception) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}


def _met(opened: Opened) -> Met:
    document = opened.document
    movement, offices = _about(document)
    return Met(
        code=opened.exchange.code,
        sender=opened.exchange.sender,
        message_id=opened.incoming.message_id,
        document_id=document.value(f"{document.root_name}/ID"),
        alert_id=_alert(document),
        movement=movement,
        offices=offices,
    )


def _alert(document: Document) -> str:
    """Return the alert that a document is about: what answers one names it, else it is one."""
    named = (document.value(f"InterGov/ext:{one}/ext:AlertID") for one in _ANSWERS)
    is_one = document.kind is Kind.RISK_ALERT
    return next((one for one in named if one), document.value("InterGov/ID") if is_one else "")


def _about(document: Document) -> tuple[str, tuple[str, ...]]:
    """Return the movement that a document is about, and the offices that it names."""
    if document.root_name == "Declaration":
        try:
            manifest = read_manifest(document)
        except InputError:  # the taker says what is wrong with it
            return document.value("Declaration/ID"), ()
        destinations = [one.office_of_destination for one in manifest.consignments]
        named = dict.fromkeys((*manifest.offices, *destinations))
        return document.value("Declaration/ID"), tuple(one for one in named if one)
    office = document.value("InterGov/Declaration/PresentationOffice/ID")
    return document.value("InterGov/Declaration/ID"), (office,) if office else ()
