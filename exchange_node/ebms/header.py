"""eb:Messaging from outside: header elements → user message, every value checked as it is read.

OASIS ebMS 3.0 Core, section 5.2 and its schema: children in the schema's order. eDelivery AS4 1.15
narrows: one PartyId on each side, payloads only as MIME parts. `pack` writes what is read here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from exchange_node.domain.errors import (
    ExternalPayloadError,
    InvalidHeaderError,
    MimeInconsistencyError,
    ValueInconsistentError,
)
from exchange_node.domain.message import AGREEMENT_TYPE
from exchange_node.ebms.envelope import BLANKS, Children, add, check_attributes, eb, text_of
from exchange_node.ebms.message import UserMessage
from exchange_node.ebms.pmodes.names import DEFAULT_MPC, is_uri

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MESSAGE_ID = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+")  # RFC 2822 msg-id without angle brackets
_MAX_MESSAGE_ID = 255
_DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,12}))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_ENCODING_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
OWN_PROPERTIES = frozenset({"MimeType", "CharacterSet", "CompressionType"})
"""Part properties that are the message service's: no producer sets them, no consumer sees them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageInfo:
    """What every message says of itself."""

    timestamp: datetime
    message_id: str
    ref_to_message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartInfo:
    """What the header says of one payload; `content_id` as in the `cid:` URI."""

    content_id: str
    properties: Mapping[str, str]
    property_types: Mapping[str, str]


def write_message_info(parent: etree._Element, info: MessageInfo) -> None:
    """Append MessageInfo.

    Raises:
        ValueInconsistentError: a message id is no msg-id, or the timestamp has no zone.
    """
    if info.timestamp.tzinfo is None:
        raise ValueInconsistentError(field="Timestamp", value=info.timestamp, why="without zone")
    moment = info.timestamp.astimezone(UTC).isoformat(timespec="milliseconds")
    element = add(parent, "MessageInfo")
    add(element, "Timestamp", moment.removesuffix("+00:00") + "Z")
    add(element, "MessageId", _message_id("MessageId", info.message_id))
    if info.ref_to_message_id is not None:
        add(element, "RefToMessageId", _message_id("RefToMessageId", info.ref_to_message_id))


def uri_or_typed(field: str, value: str, kind: str) -> str:
    """Return the value: without a type it must be a URI (ebMS 3.0 Core, 5.2.2.4, 5.2.2.6).

    Raises:
        ValueInconsistentError: it is none.
    """
    if not kind and not is_uri(value):
        raise ValueInconsistentError(
            field=field, value=value[:200], why="which has no type and is no URI"
        )
    return value


def is_message_id(value: str) -> bool:
    """Whether this is a msg-id of at most 255 characters, without angle brackets."""
    return len(value) <= _MAX_MESSAGE_ID and _MESSAGE_ID.fullmatch(value) is not None


def _message_id(field: str, value: str) -> str:
    if not is_message_id(value):
        raise ValueInconsistentError(
            field=field,
            value=value[:_MAX_MESSAGE_ID],
            why="want left@right, at most 255 characters",
        )
    return value


def read_message_info(element: etree._Element) -> MessageInfo:
    """Read MessageInfo.

    Raises:
        InvalidHeaderError: it is not built as the schema says.
        ValueInconsistentError: an id is no msg-id.
    """
    children = Children(element)
    timestamp = _moment(text_of(children.one(eb("Timestamp"))))
    message_id = text_of(children.one(eb("MessageId")))
    ref = children.maybe(eb("RefToMessageId"))
    children.end()
    return MessageInfo(
        timestamp=timestamp,
        message_id=_message_id("MessageId", message_id),
        ref_to_message_id=None if ref is None else _message_id("RefToMessageId", text_of(ref)),
    )


def _moment(text: str) -> datetime:
    """Return an xs:dateTime; one without zone is UTC (ebMS 3.0 Core, 5.2.2.1)."""
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        raise InvalidHeaderError(why="Timestamp is no xs:dateTime")
    zone = "+00:00" if found[3] in (None, "Z") else found[3]
    try:
        moment = datetime.fromisoformat(f"{found[1]}.{(found[2] or '0')[:6]:0<6}{zone}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidHeaderError(why="Timestamp is no moment of the calendar") from None


def read_user_message(element: etree._Element) -> tuple[UserMessage, tuple[PartInfo, ...]]:
    """Read a UserMessage; its payloads are still to be filled in.

    Raises:
        InvalidHeaderError: it is not built as the schema says.
        ValueInconsistentError: a value breaks a rule of the standard.
        MimeInconsistencyError: a PartInfo names no part.
        ExternalPayloadError: a PartInfo points outside the message.
    """
    check_attributes(element, ("mpc", "id"))
    children = Children(element)
    info = read_message_info(children.one(eb("MessageInfo")))
    parties = Children(children.one(eb("PartyInfo")))
    from_party, from_type, from_role = _read_party(parties.one(eb("From")))
    to_party, to_type, to_role = _read_party(parties.one(eb("To")))
    parties.end()
    collaboration = Children(children.one(eb("CollaborationInfo")))
    agreement = collaboration.maybe(eb("AgreementRef"))
    agreement_ref, agreement_type = (
        ("", AGREEMENT_TYPE) if agreement is None else _read_typed(agreement, ("pmode",))
    )
    service, service_type = _read_typed(collaboration.one(eb("Service")))
    action = text_of(collaboration.one(eb("Action")))
    conversation_id = text_of(collaboration.one(eb("ConversationId")), required=False)
    collaboration.end()
    properties, types = _read_properties(children.maybe(eb("MessageProperties")))
    payloads = children.maybe(eb("PayloadInfo"))
    children.end(foreign=True)
    message = UserMessage(
        message_id=info.message_id,
        timestamp=info.timestamp,
        ref_to_message_id=info.ref_to_message_id,
        from_party=from_party,
        from_type=from_type,
        from_role=from_role,
        to_party=to_party,
        to_type=to_type,
        to_role=to_role,
        agreement_ref=agreement_ref,
        agreement_type=agreement_type,
        service=service,
        service_type=service_type,
        action=action,
        conversation_id=conversation_id,
        properties=properties,
        property_types=types,
        mpc=element.get("mpc") or DEFAULT_MPC,
        pmode="" if agreement is None else agreement.get("pmode", ""),
    )
    return message, () if payloads is None else _read_payload_info(payloads)


def _read_party(element: etree._Element) -> tuple[str, str, str]:
    children = Children(element)
    identities = children.many(eb("PartyId"))
    if len(identities) != 1:  # eDelivery AS4 1.15, Common Profile
        side = etree.QName(element).localname
        raise ValueInconsistentError(
            field=f"{side}/PartyId", value=len(identities), why="want exactly one"
        )
    role = text_of(children.one(eb("Role")))
    children.end()
    return *_read_typed(identities[0]), role


def _read_typed(element: etree._Element, others: tuple[str, ...] = ()) -> tuple[str, str]:
    check_attributes(element, ("type", *others))
    kind = element.get("type", "")
    return uri_or_typed(etree.QName(element).localname, text_of(element), kind), kind


def _read_properties(
    element: etree._Element | None,
) -> tuple[dict[str, str], dict[str, str]]:
    """Return values and types by property name."""
    values: dict[str, str] = {}
    types: dict[str, str] = {}
    if element is None:
        return values, types
    children = Children(element)
    for one in [children.one(eb("Property")), *children.many(eb("Property"))]:
        check_attributes(one, ("name", "type"), ("name",))
        name = one.get("name", "")
        if name in values:
            raise ValueInconsistentError(field="Property", value=name[:80], why="there twice")
        text_of(one, required=False)
        values[name] = one.text or ""  # a string: its blanks are the producer's
        if kind := one.get("type"):
            types[name] = kind
    children.end()
    return values, types


def _read_payload_info(element: etree._Element) -> tuple[PartInfo, ...]:
    children = Children(element)
    parts = [children.one(eb("PartInfo")), *children.many(eb("PartInfo"))]
    children.end()
    return tuple(_read_part_info(part) for part in parts)


def _read_part_info(element: etree._Element) -> PartInfo:
    check_attributes(element, ("href", "id"))
    children = Children(element)
    schema = children.maybe(eb("Schema"))
    if schema is not None:
        check_attributes(schema, ("location", "version", "namespace"), ("location",))
    description = children.maybe(eb("Description"))
    if description is not None:
        check_attributes(description, (), (_XML_LANG,))
    values, types = _read_properties(children.maybe(eb("PartProperties")))
    children.end()
    character_set = values.get("CharacterSet", "utf-8").strip(BLANKS)
    if not _ENCODING_NAME.fullmatch(character_set):  # AS4 Profile 1.0, 3.1; XML 1.0, 4.3.3
        raise ValueInconsistentError(
            field="CharacterSet", value=character_set[:80], why="which is no name of an encoding"
        )
    href = element.get("href", "")
    if not href:
        raise MimeInconsistencyError(why="a PartInfo without href means the Body, which is empty")
    if href.startswith("#"):
        raise MimeInconsistencyError(why="a PartInfo points into the envelope, not to a MIME part")
    if not href.startswith("cid:") or href == "cid:":
        raise ExternalPayloadError(href=href[:200])
    return PartInfo(content_id=href.removeprefix("cid:"), properties=values, property_types=types)
