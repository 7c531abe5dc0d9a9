"""MA-030, MA-031: what a partner asks or tells of our records, and what it answers of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.errors import InvalidDocumentError, UnknownRecordError
from exchange_node.domain.finding import Finding
from exchange_node.domain.movement import MANIFEST_CODES
from exchange_node.domain.onward.asking import ASKED, LONGEST_TEXT, Asking, OnwardRequest
from exchange_node.domain.onward.course import course_at
from exchange_node.domain.orders.order import Which
from exchange_node.domain.retention import Kept
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.arrival.taking import NODE
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.onward.faults import (
    INCOMPLETE,
    NOT_ASKED,
    NOT_SENT,
    OTHER_REQUEST,
    PLACE_TAKEN,
)
from exchange_node.store import outbox
from exchange_node.store.onward import requests
from exchange_node.store.onward.kept import KeptAnswer, KeptRequest
from exchange_node.store.orders import copies
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing import letters
from exchange_node.wco.onward_codec import decode_onward_answer, decode_request

_CODES = {Kept.MANIFEST: MANIFEST_CODES, Kept.ALERT: frozenset({"RA-010"})}
_USE = "InterGov/ext:OnwardUse"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnwardRequests:
    """Takes what a partner asks or tells of a record that this node sent it."""

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Enter a request into the register and leave word for the desk.

        Raises:
            InvalidDocumentError: it cannot be read, is not whole, is about what was not sent to
                the partner, or its number stands for another request.
        """
        request = decode_request(opened.document)
        sender = opened.incoming.sender
        if missing := tuple(_missing(request)):
            raise InvalidDocumentError(missing)
        sent = _sent(conn, request, sender, test=opened.exchange.test)
        assert opened.incoming.payload_id is not None  # noqa: S101 - kept messages have theirs
        is_new = requests.add(
            conn,
            KeptRequest(
                direction=Direction.RECEIVED,
                partner=sender,
                request=request,
                message_id=opened.incoming.message_id,
                document_id=opened.incoming.payload_id,
                recorded_at=now,
                recorded_by=NODE,
                delete_after=now + _kept_for(conn, sent, opened),
            ),
        )
        if not is_new:
            _require_same(conn, request, sender)
            return
        wanted = request.wanted
        facts = {
            "partner": sender,
            "request": request.request_id,
            "subject": wanted.record.subject,
            "recipient": wanted.recipient,
            "use": wanted.use.value,
        }
        key = f"{sender}.{request.request_id}"
        if request.asking is Asking.NOTICE:
            leave_notice(conn, "onward.told", key, now, **facts)
        else:
            due = request.due_at.isoformat() if request.due_at else "-"
            leave_notice(conn, "onward.asked", key, now, **facts, due=due)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnwardAnswers:
    """Takes what a supplier answers to a request of ours; it counts from now on."""

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Enter an answer into the register and leave word for the desk.

        Raises:
            InvalidDocumentError: it cannot be read, answers nothing that was asked, or its place
                among the answers is taken.
        """
        answer = decode_onward_answer(opened.document)
        incoming = opened.incoming
        try:
            asked = requests.get(
                conn, answer.request_id, direction=Direction.SENT, partner=incoming.sender
            )
        except UnknownRecordError:
            asked = None
        if (
            asked is None
            or asked.kept.request.asking is Asking.NOTICE
            # Sent anew, a request has several messages: the partner may have taken an earlier one.
            or not letters.carried(
                conn, incoming.header.get("refTo", ""), ASKED, answer.request_id, incoming.sender
            )
        ):
            raise InvalidDocumentError(
                (NOT_ASKED.found(pointer=f"{_USE}/ext:RequestID", value=answer.request_id),)
            )
        assert incoming.payload_id is not None  # noqa: S101 - kept messages have theirs
        taken = KeptAnswer(
            request=asked.kept.number,
            answer=answer,
            message_id=incoming.message_id,
            document_id=incoming.payload_id,
            recorded_at=now,
            recorded_by=NODE,
        )
        if not requests.add_answer(conn, taken):
            if all(one.answer.answer_id != answer.answer_id for one in asked.answers):
                found = PLACE_TAKEN.found(
                    pointer=f"{_USE}/ext:OrdinalNumeric",
                    value=str(answer.ordinal),
                    request=answer.request_id,
                )
                raise InvalidDocumentError((found,))
            return
        leave_notice(
            conn,
            "onward.answered",
            f"{incoming.sender}.{answer.answer_id}",
            now,
            partner=incoming.sender,
            request=answer.request_id,
            state=course_at(asked.kept.request, (*asked.taken, taken.taken), now).value,
        )


def _missing(request: OnwardRequest) -> Iterator[Finding]:
    """Yield what the form of a request wants and this one lacks (TFA 12.4, 12.5)."""
    wanted = request.wanted
    said = {
        "RecordID": (wanted.record.subject, "which record it is about"),
        "RecordMessageID": (wanted.record.message_id, "which message brought the record"),
        "RecipientID": (wanted.recipient, "who gets the record"),
        "PurposeCode": (wanted.purpose, "for which purpose"),
    }
    for name, (value, what) in said.items():
        if not value:
            yield INCOMPLETE.found(pointer=f"{_USE}/ext:{name}", value=what)
    if not 0 < len(request.why.strip()) <= LONGEST_TEXT:
        at = "InterGov/AdditionalInformation"
        yield INCOMPLETE.found(pointer=at, value=f"why, in 1 to {LONGEST_TEXT} characters")
    if request.asking is Asking.CONSENT and request.due_at is None:
        yield INCOMPLETE.found(pointer=f"{_USE}/ext:ReplyDueDateTime", value="when silence is a no")


def _sent(conn: Connection, request: OnwardRequest, sender: str, *, test: bool) -> Outgoing:
    """Return the message of ours that brought the record, by that name, to whoever asks.

    Raises:
        InvalidDocumentError: there is none.
    """
    record = request.wanted.record
    try:
        sent = outbox.get(conn, record.message_id)
    except UnknownRecordError:
        sent = None
    if (
        sent is None
        or sent.transmission.partner != sender
        or sent.exchange.code not in _CODES[record.kind]
        or sent.exchange.test != test
        # What is decided on is what the desk reads: the name must be that of the document.
        or not copies.sent(
            conn, Which(kind=record.kind, subject=record.subject, message_id=record.message_id)
        )
    ):
        raise InvalidDocumentError(
            (NOT_SENT.found(pointer=f"{_USE}/ext:RecordMessageID", value=record.message_id),)
        )
    return sent


def _kept_for(conn: Connection, sent: Outgoing, opened: Opened) -> timedelta:
    """Return how long what was asked in words is kept: as long as the partner keeps the record."""
    under = sent.exchange
    for one in held_agreements(conn):
        grant = one.agreement.grant(under.grant)
        if one.agreement.digest == under.agreement_digest and grant is not None:
            return timedelta(days=grant.retention_days)
    return timedelta(days=opened.grant.retention_days)


def _require_same(conn: Connection, request: OnwardRequest, sender: str) -> None:
    """Return where a request that came again asks what it asked before.

    Raises:
        InvalidDocumentError: it asks for something else.
    """
    known = requests.get(
        conn, request.request_id, direction=Direction.RECEIVED, partner=sender
    ).kept.request
    if (known.wanted, known.asking, known.until) != (
        request.wanted, request.asking, request.until,
    ):  # fmt: skip
        raise InvalidDocumentError(
            (OTHER_REQUEST.found(pointer=f"{_USE}/ext:RequestID", value=request.request_id),)
        )
