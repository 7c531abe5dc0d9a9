"""Received message → signed receipt, error → error signal, channel → pull request.

OASIS ebMS 3.0 Core, sections 5.2.3 and 6: every signal is made from scratch.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from lxml import etree

from exchange_node.domain.errors import NodeError
from exchange_node.ebms.codes import CODES, OTHER
from exchange_node.ebms.envelope import (
    ENVELOPE_TYPE,
    Envelope,
    add,
    new_envelope,
    printable,
    to_bytes,
)
from exchange_node.ebms.header import MessageInfo, write_message_info
from exchange_node.ebms.message import OwnKeys, Packed, PartnerKeys, Received
from exchange_node.ebms.signals.receipts import write_proofs
from exchange_node.ebms.wss.signing import sign

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TOKEN_BYTES = 16
_MAX_DETAIL = 2_000


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
    write_proofs(signal, received.references)
    return _signed(envelope, keys, received.partner, at, token)


def pull_request(
    mpc: str,
    *,
    message_id: str,
    at: datetime,
    keys: OwnKeys,
    partner: PartnerKeys,
    random_bytes: Callable[[int], bytes],
) -> Packed:
    """Return a signed request for a message of the channel; the signature is the authorisation.

    eDelivery AS4 1.15, Pull feature: no second Security header, no UsernameToken.

    Raises:
        ValueInconsistentError: the message id is no msg-id, or the channel cannot be written.
        InvalidSettingError: no key of ours signs in the partner's suite.
    """
    token = random_bytes(_TOKEN_BYTES).hex()
    envelope, signal = _new_signal(MessageInfo(timestamp=at, message_id=message_id), token)
    add(signal, "PullRequest", attributes={"mpc": mpc})
    return _signed(envelope, keys, partner, at, token)


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
