"""Bytes from a partner → receipt, error or pull request, and whether the partner signed it.

A signal comes as the answer to what we posted (`read_answer`), or as a request of its own: a pull
request, or the receipt or error for a message that was pulled (`read_signal`). Whose it has to be
follows from what it says, so a request is read first and authenticated then.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import (
    InvalidHeaderError,
    InvalidReceiptError,
    ProtocolError,
    UnknownRevocationError,
)
from exchange_node.domain.transmission.content import Content, size_of, whole
from exchange_node.ebms.codes import OTHER
from exchange_node.ebms.envelope import (
    Children,
    Envelope,
    check_attributes,
    eb,
    read_envelope,
)
from exchange_node.ebms.header import MessageInfo, read_message_info
from exchange_node.ebms.message import (
    ErrorSignal,
    Limits,
    PartnerKeys,
    PullRequest,
    Receipt,
)
from exchange_node.ebms.packaging.mime import split
from exchange_node.ebms.pmodes.names import DEFAULT_MPC
from exchange_node.ebms.signals.receipts import read_proofs
from exchange_node.ebms.wss.signing import Signed, check_contents, open_signature

MOST_SIGNAL_BYTES = safe_xml.ENVELOPE.max_bytes + 64 * 1024
"""A signal is an envelope and, in a MIME package, what stands around it (our choice)."""

_MAX_DETAIL = 2_000
_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A signal as it was read: what it claims, and nothing of it proven.

    Attributes:
        mpc: the channel that a pull request asks for; empty for anything else.
        ref: the message of ours that a receipt or error speaks of; empty for none.
    """

    message_id: str
    timestamp: datetime
    mpc: str
    ref: str
    signal: etree._Element = field(repr=False)
    envelope: Envelope = field(repr=False)

    @property
    def is_pull_request(self) -> bool:
        """Whether it asks for a message."""
        return self.signal.find(eb("PullRequest")) is not None

    @property
    def is_receipt(self) -> bool:
        """Whether it says that a message of ours arrived."""
        return self.signal.find(eb("Receipt")) is not None


def read_signal(content_type: str, content: Content, limits: Limits = _LIMITS) -> Arrived | None:
    """Return the signal that came as a request; None where this is none, a user message for one.

    Raises:
        MimeInconsistencyError: the package is broken.
        InvalidHeaderError: it is not built as the schema says, or there is more than one signal.
        ValueInconsistentError: an id is no msg-id.
        SecurityPolicyError, AuthenticationError: the envelope is not to be believed.
    """
    if size_of(content) > MOST_SIGNAL_BYTES:
        return None
    # An envelope is UTF-8: unless its part is encoded, the names of its elements are there to see.
    body = whole(content)
    if b"UserMessage" in body and b"SignalMessage" not in body:
        return None
    root, *attachments = split(content_type, body, limits.mime)
    envelope = read_envelope(root)
    children = Children(envelope.messaging)
    signals = children.many(eb("SignalMessage"))
    if not signals or children.many(eb("UserMessage")):
        return None
    children.end(foreign=True)
    if attachments:
        raise InvalidHeaderError(why="a signal has no payloads")
    if len(signals) > 1:
        raise InvalidHeaderError(why=f"{len(signals)} signals in one request, want one")
    return _arrived(signals[0], envelope)


def _arrived(signal: etree._Element, envelope: Envelope) -> Arrived:
    children = Children(signal)
    info = read_message_info(children.one(eb("MessageInfo")))
    request = children.maybe(eb("PullRequest"))
    receipt = children.maybe(eb("Receipt"))
    errors = children.many(eb("Error"))
    children.end(foreign=True)
    if [request is not None, receipt is not None, bool(errors)].count(True) != 1:
        raise InvalidHeaderError(why="a signal is one of pull request, receipt and error")
    mpc = ""
    if request is not None:
        check_attributes(request, ("mpc",))
        mpc = request.get("mpc") or DEFAULT_MPC
    named = [one.get("refToMessageInError", "") for one in errors]
    return Arrived(
        message_id=info.message_id,
        timestamp=info.timestamp,
        mpc=mpc,
        ref=info.ref_to_message_id or next(filter(None, named), ""),
        signal=signal,
        envelope=envelope,
    )


def authenticated(
    arrived: Arrived, partner: PartnerKeys, at: datetime
) -> PullRequest | Receipt | ErrorSignal:
    """Return the signal as the partner's; an error says itself whether it is.

    Raises:
        SecurityPolicyError: a pull request is not signed as agreed.
        AuthenticationError: a pull request is not by a certificate of the partner, or altered.
        InvalidReceiptError: a receipt is not signed by the partner, or proves nothing.
        UnknownRevocationError: nobody says whether a receipt's certificate still holds.
    """
    if not arrived.is_pull_request:
        return _read_signal(arrived.signal, arrived.envelope, partner, at)
    signed = _open(arrived.envelope, partner, at)
    return PullRequest(
        message_id=arrived.message_id,
        timestamp=arrived.timestamp,
        mpc=arrived.mpc,
        signer=signed.certificate,
        above=signed.path[-2::-1],
    )


def read_answer(
    content_type: str,
    body: bytes,
    *,
    partner: PartnerKeys,
    at: datetime,
    limits: Limits = _LIMITS,
) -> Receipt | ErrorSignal | None:
    """Return what a partner answered to a push, whatever the HTTP status; None for no answer.

    Raises:
        InvalidReceiptError: a receipt that is not signed by the partner, or proves nothing.
        UnknownRevocationError: nobody says whether a receipt's certificate still holds.
        ProtocolError: no ebMS answer at all (a proxy's page, a bare SOAP Fault).
    """
    if not body.strip():
        return None
    root, *attachments = split(content_type, body, limits.mime)
    if attachments:
        raise InvalidHeaderError(why="a signal has no payloads")
    envelope = read_envelope(root)
    children = Children(envelope.messaging)
    signals = [children.one(eb("SignalMessage")), *children.many(eb("SignalMessage"))]
    children.end(foreign=True)
    read = [_read_signal(one, envelope, partner, at) for one in signals]
    receipt = next((one for one in read if isinstance(one, Receipt)), None)
    return receipt or read[0]


def _read_signal(
    signal: etree._Element, envelope: Envelope, partner: PartnerKeys, at: datetime
) -> Receipt | ErrorSignal:
    children = Children(signal)
    info = read_message_info(children.one(eb("MessageInfo")))
    receipt = children.maybe(eb("Receipt"))
    errors = children.many(eb("Error"))
    children.end(foreign=True)
    if receipt is not None:
        return _read_receipt(receipt, info, envelope, partner, at)
    if not errors:
        raise InvalidHeaderError(why="a signal with neither receipt nor error")
    error = _read_error(errors, info)
    try:
        _open(envelope, partner, at)
    except UnknownRevocationError as err:  # it may be the partner's: nobody could be asked
        return replace(error, unsure=f"{err.code}: {err}")
    except ProtocolError:
        return error
    return replace(error, is_authenticated=True)


def _open(envelope: Envelope, partner: PartnerKeys, at: datetime) -> Signed:
    signed = open_signature(envelope, partner, at)
    check_contents(signed, envelope, (), partner.suite)
    return signed


def _read_receipt(
    element: etree._Element,
    info: MessageInfo,
    envelope: Envelope,
    partner: PartnerKeys,
    at: datetime,
) -> Receipt:
    about = info.ref_to_message_id or "an unnamed message"
    if info.ref_to_message_id is None:
        raise InvalidReceiptError(message_id=about, why="it names no message")
    try:
        signed = _open(envelope, partner, at)
        references = read_proofs(element)
    except UnknownRevocationError:  # the receipt may be good: nobody could be asked
        raise
    except ProtocolError as err:
        raise InvalidReceiptError(message_id=about, why=str(err)) from err
    return Receipt(
        message_id=info.message_id,
        ref_to_message_id=info.ref_to_message_id,
        timestamp=info.timestamp,
        references=references,
        signer=signed.certificate,
        above=signed.path[-2::-1],
    )


def _read_error(errors: list[etree._Element], info: MessageInfo) -> ErrorSignal:
    """Return the gravest of the errors, not believed yet; what is missing in it is left empty."""
    element = next((one for one in errors if one.get("severity") != "warning"), errors[0])
    texts = (
        " ".join("".join(one.itertext()).split())
        for name in ("Description", "ErrorDetail")
        for one in element.iterchildren(eb(name))
    )
    return ErrorSignal(
        ebms_code=element.get("errorCode", OTHER.ebms_code)[:80],
        short=element.get("shortDescription", "")[:200],
        severity=element.get("severity", "failure")[:80],
        detail=" / ".join(text for text in texts if text)[:_MAX_DETAIL],
        ref=element.get("refToMessageInError") or info.ref_to_message_id or "",
        is_authenticated=False,
    )
