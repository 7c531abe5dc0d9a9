"""User message → bytes for the line: header · gzip · sign · encrypt · MIME.

The order is eDelivery AS4 1.15's: what is signed are the compressed octets, what is encrypted are
the signed ones. The bytes are final: every try sends them as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from lxml import etree

from exchange_node.domain.errors import ValueInconsistentError
from exchange_node.domain.transmission.content import InMemory, NewSpool
from exchange_node.ebms.envelope import ENVELOPE_TYPE, add, new_envelope, to_bytes
from exchange_node.ebms.header import (
    OWN_PROPERTIES,
    MessageInfo,
    uri_or_typed,
    write_message_info,
)
from exchange_node.ebms.message import (
    OwnKeys,
    Packed,
    PartnerKeys,
    Payload,
    UserMessage,
)
from exchange_node.ebms.packaging.compression import GZIP, deflate
from exchange_node.ebms.packaging.mime import OCTETS, Part, cid, content_id_key, join
from exchange_node.ebms.pmodes.names import DEFAULT_MPC
from exchange_node.ebms.wss.encryption import encrypt
from exchange_node.ebms.wss.signing import sign
from exchange_node.security.signature import MAX_REFERENCES

MAX_PAYLOADS = MAX_REFERENCES - 2
"""Messaging and Body are signed too; a receiver refuses more than 32 references."""
_TOKEN_BYTES = 16


def pack(
    message: UserMessage,
    *,
    keys: OwnKeys,
    partner: PartnerKeys,
    random_bytes: Callable[[int], bytes],
    at: datetime | None = None,
    new_spool: NewSpool = InMemory,
    compresses: bool = True,
) -> Packed:
    """Return a message signed by us and encrypted for the partner, and what its receipt must echo.

    Keys are those of the moment `at`, by default the one at which the message was made.
    `compresses` says whether payloads leave as gzip.

    Raises:
        StoreFullError: the spool finds no room for a large payload.
        ValueInconsistentError: a value cannot stand in a header, the parties are not these two, or
            there are too many payloads or two of one Content-ID.
        InvalidSettingError: no key of ours signs in the suite, or no valid one of the partner is
            encrypted for.
        MimeInconsistencyError: the boundary drawn occurs in a payload.
    """
    _check_parties(message, keys, partner)
    _check_payloads(message)
    token = random_bytes(_TOKEN_BYTES).hex()
    envelope = new_envelope(token)
    _write_user_message(envelope.messaging, message, compresses=compresses)
    parts = tuple(
        _part(one, compresses=compresses, new_spool=new_spool) for one in message.payloads
    )
    octets = {cid(part.content_id): part.content for part in parts}
    at = at or message.timestamp
    references = sign(envelope, octets, keys=keys, partner=partner, at=at, token=token)
    if not parts:
        return Packed(content_type=ENVELOPE_TYPE, body=to_bytes(envelope), references=references)
    if partner.encrypts:
        parts = encrypt(
            envelope,
            parts,
            certificate=partner.encryption_for(at),
            suite=partner.suite,
            random_bytes=random_bytes,
            token=token,
            new_spool=new_spool,
        )
    root = Part(
        content=to_bytes(envelope),
        content_type=ENVELOPE_TYPE,
        content_id=f"root-{token}@{message.message_id.partition('@')[2]}",
    )
    content_type, body = join(root, parts, boundary=f"part-{random_bytes(_TOKEN_BYTES).hex()}")
    return Packed(content_type=content_type, body=body, references=references)


def _part(payload: Payload, *, compresses: bool, new_spool: NewSpool) -> Part:
    """Return the octets that are signed.

    What goes uncompressed goes as octets: by the type of XML or text WSS4J would digest something
    else than the octets. The part property MimeType says what it is.
    """
    content = deflate(payload.content, new_spool) if compresses else payload.content
    return Part(
        content=content,
        content_type=GZIP if compresses else OCTETS,
        content_id=payload.content_id,
    )


def _check_parties(message: UserMessage, keys: OwnKeys, partner: PartnerKeys) -> None:
    for field, value, want in (
        ("From", message.from_party, keys.party),
        ("To", message.to_party, partner.party),
    ):
        if value != want:
            raise ValueInconsistentError(field=field, value=value, why=f"want {want}")


def _check_payloads(message: UserMessage) -> None:
    if len(message.payloads) > MAX_PAYLOADS:
        raise ValueInconsistentError(
            field="number of payloads", value=len(message.payloads), why=f"at most {MAX_PAYLOADS}"
        )
    keys = [content_id_key(one.content_id) for one in message.payloads]
    if len(set(keys)) != len(keys):
        raise ValueInconsistentError(field="Content-ID", value=keys, why="one is there twice")


def _write_user_message(
    messaging: etree._Element, message: UserMessage, *, compresses: bool
) -> None:
    """Append the UserMessage.

    Raises:
        ValueInconsistentError: a value cannot stand in a header, or an untyped one is no URI.
    """
    mpc = "" if message.mpc == DEFAULT_MPC else message.mpc
    element = add(messaging, "UserMessage", attributes={"mpc": mpc})
    info = MessageInfo(
        timestamp=message.timestamp,
        message_id=message.message_id,
        ref_to_message_id=message.ref_to_message_id,
    )
    write_message_info(element, info)
    parties = add(element, "PartyInfo")
    for side, party, kind, role in (
        ("From", message.from_party, message.from_type, message.from_role),
        ("To", message.to_party, message.to_type, message.to_role),
    ):
        one = add(parties, side)
        _add_typed(one, "PartyId", party, kind)
        add(one, "Role", _filled("Role", role))
    collaboration = add(element, "CollaborationInfo")
    if message.agreement_ref:
        kind = message.agreement_type
        _add_typed(collaboration, "AgreementRef", message.agreement_ref, kind, message.pmode)
    _add_typed(collaboration, "Service", message.service, message.service_type)
    add(collaboration, "Action", _filled("Action", message.action))
    add(collaboration, "ConversationId", message.conversation_id)
    if message.properties:
        properties = add(element, "MessageProperties")
        _add_properties(properties, message.properties, message.property_types)
    if message.payloads:
        info_element = add(element, "PayloadInfo")
        for payload in message.payloads:
            _write_part_info(info_element, payload, compresses=compresses)


def _write_part_info(parent: etree._Element, payload: Payload, *, compresses: bool) -> None:
    taken = OWN_PROPERTIES & payload.properties.keys()
    if taken:
        raise ValueInconsistentError(
            field="part property", value=min(taken), why="which the message service sets itself"
        )
    part = add(parent, "PartInfo", attributes={"href": cid(payload.content_id)})
    own = {"MimeType": _filled("MimeType", payload.mime_type)}
    if payload.character_set is not None:
        own["CharacterSet"] = payload.character_set
    if compresses:
        own["CompressionType"] = GZIP
    _add_properties(
        add(part, "PartProperties"), {**own, **payload.properties}, payload.property_types
    )


def _add_typed(parent: etree._Element, name: str, value: str, kind: str, pmode: str = "") -> None:
    attributes = {"type": kind, "pmode": pmode}
    add(parent, name, uri_or_typed(name, _filled(name, value), kind), attributes)


def _add_properties(
    parent: etree._Element, properties: Mapping[str, str], types: Mapping[str, str]
) -> None:
    for name, value in properties.items():
        attributes = {"name": _filled("property name", name), "type": types.get(name, "")}
        add(parent, "Property", value, attributes)


def _filled(field: str, value: str) -> str:
    if not value.strip():
        raise ValueInconsistentError(field=field, value=value, why="which must not be empty")
    return value
