"""Received message → signed receipt, error → error signal, and a partner's answer → either.

OASIS ebMS 3.0 Core, sections 5.2.3 and 6; AS4 Profile 1.0, section 5.1.8: a receipt echoes every
reference of the signature that was verified. It is made from scratch, and compared by value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from lxml import etree

from exchange_node.domain.errors import (
    InvalidHeaderError,
    InvalidReceiptError,
    NodeError,
    ProtocolError,
)
from exchange_node.ebms.codes import CODES, OTHER
from exchange_node.ebms.envelope import (
    ENVELOPE_TYPE,
    Children,
    Envelope,
    add,
    eb,
    new_envelope,
    printable,
    read_envelope,
    to_bytes,
)
from exchange_node.ebms.header import MessageInfo, read_message_info, write_message_info
from exchange_node.ebms.message import (
    ErrorSignal,
    Limits,
    OwnKeys,
    Packed,
    PartnerKeys,
    Receipt,
    Received,
)
from exchange_node.ebms.packaging.mime import content_id_key, split
from exchange_node.ebms.wss.signing import Signed, check_contents, open_signature, sign
from exchange_node.security.signature import Reference, ds, read_reference, write_reference

EBBP = "http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TOKEN_BYTES = 16
_MAX_DETAIL = 2_000
_LIMITS = Limits()


def receipt_for(
    received: Received,
    *,
    message_id: str,
    at: datetime,
    keys: OwnKeys,
    random_bytes: Callable[[int], bytes],
) -> Packed:
    """Return a signed non-repudiation receipt; `message_id` is the receipt's own.

    Raises:
        ValueInconsistentError: the message id is no msg-id.
        InvalidSettingError: no key of ours signs in the sender's suite.
    """
    info = MessageInfo(
        timestamp=at, message_id=message_id, ref_to_message_id=received.message.message_id
    )
    token = random_bytes(_TOKEN_BYTES).hex()
    envelope, signal = _new_signal(info, token)
    receipt = add(signal, "Receipt")
    proof = etree.SubElement(receipt, _ebbp("NonRepudiationInformation"), nsmap={"ebbpsig": EBBP})
    for reference in received.references:
        part = etree.SubElement(proof, _ebbp("MessagePartNRInformation"))
        part.append(write_reference(reference))
    return _signed(envelope, keys, received.partner, at, token)


def error_for(
    error: NodeError,
    *,
    ref_to: str | None,
    message_id: str,
    at: datetime,
    random_bytes: Callable[[int], bytes],
    keys: OwnKeys,
    partner: PartnerKeys | None,
    explains: bool = False,
) -> Packed:
    """Return an error signal, signed where it is known for whom.

    `ref_to` is the id of the message in error, None where it could not be read. `explains` adds
    the sentence and what to do about it: for authenticated partners alone. Anybody else learns the
    code and nothing more.

    Raises:
        ValueInconsistentError: a message id is no msg-id.
        InvalidSettingError: no key of ours signs in the partner's suite.
    """
    code = CODES.get(error.ebms_code, OTHER)
    token = random_bytes(_TOKEN_BYTES).hex()
    info = MessageInfo(timestamp=at, message_id=message_id, ref_to_message_id=ref_to)
    envelope, signal = _new_signal(info, token, is_secured=partner is not None)
    attributes = {
        "category": code.category,
        "errorCode": code.ebms_code,
        "origin": code.origin,
        "refToMessageInError": ref_to or "",
        "severity": code.severity,
        "shortDescription": code.short,
    }
    element = add(signal, "Error", attributes=attributes)
    if explains:
        description = add(element, "Description", printable(str(error))[:_MAX_DETAIL])
        description.set(_XML_LANG, "en")
        detail = f"{error.code}: {error.mend_text}"
        add(element, "ErrorDetail", printable(detail)[:_MAX_DETAIL])
    if partner is not None:
        return _signed(envelope, keys, partner, at, token)
    return Packed(content_type=ENVELOPE_TYPE, body=to_bytes(envelope), references=())


def _new_signal(
    info: MessageInfo, token: str, *, is_secured: bool = True
) -> tuple[Envelope, etree._Element]:
    envelope = new_envelope(token, is_secured=is_secured)
    signal = add(envelope.messaging, "SignalMessage")
    write_message_info(signal, info)
    return envelope, signal


def _signed(
    envelope: Envelope, keys: OwnKeys, partner: PartnerKeys, at: datetime, token: str
) -> Packed:
    references = sign(envelope, {}, keys=keys, partner=partner, at=at, token=token)
    return Packed(content_type=ENVELOPE_TYPE, body=to_bytes(envelope), references=references)


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
    return _read_error(errors, info, is_authenticated=_is_authentic(envelope, partner, at))


def _open(envelope: Envelope, partner: PartnerKeys, at: datetime) -> Signed:
    signed = open_signature(envelope, partner, at)
    check_contents(signed, envelope, (), partner.suite)
    return signed


def _is_authentic(envelope: Envelope, partner: PartnerKeys, at: datetime) -> bool:
    try:
        _open(envelope, partner, at)
    except ProtocolError:
        return False
    return True


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
        references = tuple(_proofs(element))
    except ProtocolError as err:
        raise InvalidReceiptError(message_id=about, why=str(err)) from err
    return Receipt(
        message_id=info.message_id,
        ref_to_message_id=info.ref_to_message_id,
        timestamp=info.timestamp,
        references=references,
        signer=signed.certificate,
    )


def _proofs(receipt: etree._Element) -> list[Reference]:
    children = Children(receipt)
    proof = Children(children.one(_ebbp("NonRepudiationInformation")))
    children.end()
    parts = proof.many(_ebbp("MessagePartNRInformation"))
    proof.end()
    found: list[Reference] = []
    for part in parts:
        inside = Children(part)
        found.append(read_reference(inside.one(ds("Reference"))))
        inside.end()
    return found


def _read_error(
    errors: list[etree._Element], info: MessageInfo, *, is_authenticated: bool
) -> ErrorSignal:
    """Return the gravest of the errors; what is missing in it is left empty."""
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
        is_authenticated=is_authenticated,
    )


def check_receipt(receipt: Receipt, *, message_id: str, references: Collection[Reference]) -> None:
    """Return when the receipt proves that the partner holds exactly what we signed.

    Raises:
        InvalidReceiptError: it is for another message, or a reference lacks, differs or is added.
    """
    if receipt.ref_to_message_id != message_id:
        why = f"it is for {receipt.ref_to_message_id}"
        raise InvalidReceiptError(message_id=message_id, why=why)
    sent = {_compared(one) for one in references}
    echoed = {_compared(one) for one in receipt.references}
    for one in sorted(sent - echoed, key=lambda it: it.uri):
        raise InvalidReceiptError(message_id=message_id, why=f"it does not prove {one.uri}")
    for one in sorted(echoed - sent, key=lambda it: it.uri):
        why = f"it proves {one.uri[:200]}, which was not sent"
        raise InvalidReceiptError(message_id=message_id, why=why)


def _compared(reference: Reference) -> Reference:
    """Return the reference as compared: a Content-ID may be percent-encoded or not (RFC 2392)."""
    if not reference.uri.startswith("cid:"):
        return reference
    return replace(reference, uri=content_id_key(reference.uri))


def _ebbp(name: str) -> str:
    return f"{{{EBBP}}}{name}"
