"""One exchange in three notations: sealed in the document ↔ in the header ↔ kept in the inbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from exchange_node.domain.errors import ValueInconsistentError
from exchange_node.domain.message import Exchange
from exchange_node.ebms.message import Payload, Received, UserMessage
from exchange_node.ebms.pmodes.derivation import EXCHANGE_PROPERTIES
from exchange_node.ebms.pmodes.names import (
    FINAL_RECIPIENT,
    ORIGINAL_SENDER,
    TRACKING_IDENTIFIER,
)
from exchange_node.ebms.pmodes.pmode import PMode
from exchange_node.store.incoming import Incoming
from exchange_node.store.records.attachments import Attachment

LONGEST_CONVERSATION = 255
"""Characters; an index of the database takes no text of any length (our choice)."""

FOUR_CORNERS = (ORIGINAL_SENDER, FINAL_RECIPIENT, TRACKING_IDENTIFIER)
"""Properties that are kept for whoever reads the message, where the header has them."""

_BOOLEANS = {"true": True, "false": False}


def header_of(
    exchange: Exchange,
    pmode: PMode,
    *,
    message_id: str,
    at: datetime,
    conversation_id: str,
    document: bytes,
    ref_to_message_id: str | None = None,
    attached: Iterable[Payload] = (),
) -> UserMessage:
    """Return the user message that carries a sealed document, with the header of its P-Mode."""
    message = addressed(pmode, message_id=message_id, at=at, conversation_id=conversation_id)
    return replace(
        message,
        ref_to_message_id=ref_to_message_id,
        properties={
            **message.properties,
            "agreementVersion": str(exchange.agreement_version),
            "agreementDigest": exchange.agreement_digest,
            "grant": exchange.grant,
            "purpose": exchange.purpose,
            "handling": exchange.handling,
            "test": "true" if exchange.test else "false",
        },
        payloads=(Payload(content=document, content_id=f"document.{message_id}"), *attached),
    )


def addressed(pmode: PMode, *, message_id: str, at: datetime, conversation_id: str) -> UserMessage:
    """Return a message with the header that its P-Mode says, and nothing in it yet.

    In a four-corner exchange the administrations stand at the outer corners too: they are who
    seals and who files.
    """
    corners = {
        ORIGINAL_SENDER: pmode.sender.party,
        FINAL_RECIPIENT: pmode.recipient.party,
        TRACKING_IDENTIFIER: conversation_id,
    }
    types = {ORIGINAL_SENDER: pmode.sender.type, FINAL_RECIPIENT: pmode.recipient.type}
    if not pmode.mode.four_corner:
        corners, types = {}, {}
    return UserMessage(
        message_id=message_id,
        timestamp=at,
        from_party=pmode.sender.party,
        from_type=pmode.sender.type,
        from_role=pmode.sender.role,
        to_party=pmode.recipient.party,
        to_type=pmode.recipient.type,
        to_role=pmode.recipient.role,
        agreement_ref=pmode.agreement_ref,
        agreement_type=pmode.agreement_type,
        service=pmode.service,
        service_type=pmode.service_type,
        action=pmode.action,
        mpc=pmode.mpc,
        conversation_id=conversation_id,
        properties={name: value for name, value in corners.items() if value},
        property_types={name: kind for name, kind in types.items() if kind},
    )


def exchange_of(received: Received) -> Exchange:
    """Return the exchange that a header names; its P-Mode says what code and agreement it means.

    Raises:
        ValueInconsistentError: a property is missing or unusable, or there is no payload.
    """
    message, pmode = received.message, received.pmode
    values = {name: message.properties.get(name, "") for name in EXCHANGE_PROPERTIES}
    for name, value in values.items():
        if not value:
            raise ValueInconsistentError(field=name, value=value, why="want a message property")
    version = values["agreementVersion"]
    if not (version.isascii() and version.isdigit() and len(version) <= 6):
        raise ValueInconsistentError(field="agreementVersion", value=version, why="want a number")
    test = _BOOLEANS.get(values["test"])
    if test is None:
        raise ValueInconsistentError(field="test", value=values["test"], why="want true or false")
    if len(message.conversation_id) > LONGEST_CONVERSATION:
        why = f"want at most {LONGEST_CONVERSATION} characters"
        raise ValueInconsistentError(
            field="ConversationId", value=message.conversation_id[:80], why=why
        )
    if not message.payloads:
        raise ValueInconsistentError(field="PayloadInfo", value="0", why="want a document")
    return Exchange(
        sender=message.from_party,
        recipient=message.to_party,
        code=pmode.code,
        agreement_id=pmode.agreement_id,
        agreement_version=int(version),
        agreement_digest=values["agreementDigest"],
        grant=values["grant"],
        purpose=values["purpose"],
        handling=values["handling"],
        test=test,
    )


def kept_header(exchange: Exchange, message: UserMessage) -> dict[str, str]:
    """Return what is kept of a header in the inbox; `exchange_in` reads it."""
    return {
        "code": exchange.code,
        "recipient": exchange.recipient,
        "agreement": exchange.agreement_id,
        "agreementVersion": str(exchange.agreement_version),
        "agreementDigest": exchange.agreement_digest,
        "grant": exchange.grant,
        "purpose": exchange.purpose,
        "handling": exchange.handling,
        "test": "true" if exchange.test else "false",
        "conversation": message.conversation_id,
        "refTo": message.ref_to_message_id or "",
        **{name: message.properties[name] for name in FOUR_CORNERS if name in message.properties},
    }


def attachments_in(message: UserMessage) -> list[Attachment]:
    """Return what came with the document, as the inbox keeps it; the first payload leads."""
    return [
        Attachment(content_id=one.content_id, mime_type=one.mime_type, content=one.content)
        for one in message.payloads[1:]
    ]


def exchange_in(incoming: Incoming) -> Exchange:
    """Return the exchange that reception kept beside a message."""
    header = incoming.header
    return Exchange(
        sender=incoming.sender,
        recipient=header["recipient"],
        code=header["code"],
        agreement_id=header["agreement"],
        agreement_version=int(header["agreementVersion"]),
        agreement_digest=header["agreementDigest"],
        grant=header["grant"],
        purpose=header["purpose"],
        handling=header["handling"],
        test=header["test"] == "true",
    )
