"""Authenticated parts → payloads: each held against its PartInfo, then inflated within bounds.

Nothing comes here that was not signed by the sender; what is inflated is bounded all the same, one
by one and together (OASIS AS4 Profile 1.0, section 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cryptography import x509

from exchange_node.domain.errors import DecompressionError, MimeInconsistencyError
from exchange_node.domain.transmission.content import InMemory, NewSpool, size_of
from exchange_node.ebms.header import PartInfo
from exchange_node.ebms.message import Limits, PartnerKeys, Payload, Received, UserMessage
from exchange_node.ebms.packaging.compression import GZIP, inflate
from exchange_node.ebms.packaging.mime import Part, content_id_key, read_media_type
from exchange_node.ebms.pmodes.pmode import PMode
from exchange_node.security.signature import Reference

LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticated:
    """A message whose sender is known and whose every part is what the sender signed.

    Attributes:
        message: as the header says, its payloads still missing.
        pmode: the agreed exchange that the header belongs to.
        parts: decrypted, not yet compared with the header nor decompressed.
    """

    message: UserMessage
    pmode: PMode
    part_infos: tuple[PartInfo, ...]
    parts: tuple[Part, ...]
    sender: str
    partner: PartnerKeys
    signer: x509.Certificate
    references: tuple[Reference, ...]
    digest: str
    above: tuple[x509.Certificate, ...] = ()


def open_payloads(
    authenticated: Authenticated, limits: Limits = LIMITS, new_spool: NewSpool = InMemory
) -> Received:
    """Return the message with its payloads, in the order of the header; the first leads.

    Raises:
        MimeInconsistencyError: parts and header do not match, or a payload is too large.
        DecompressionError: a compressed payload cannot be inflated within the bounds.
    """
    parts = {content_id_key(part.content_id): part for part in authenticated.parts}
    payloads: list[Payload] = []
    left = limits.max_total_bytes
    allowed = limits.max_document_bytes
    for info in authenticated.part_infos:
        part = parts.pop(content_id_key(info.content_id), None)
        if part is None:
            raise MimeInconsistencyError(
                why=f"payload {info.content_id[:200]!r} is not there, or is named twice"
            )
        payload = _payload(info, part, min(left, allowed), limits.max_ratio, new_spool)
        left -= size_of(payload.content)
        allowed = limits.max_attachment_bytes
        payloads.append(payload)
    if parts:
        raise MimeInconsistencyError(why=f"no PartInfo names part {min(parts)[:200]!r}")
    return Received(
        message=replace(authenticated.message, payloads=tuple(payloads)),
        pmode=authenticated.pmode,
        sender=authenticated.sender,
        partner=authenticated.partner,
        signer=authenticated.signer,
        references=authenticated.references,
        digest=authenticated.digest,
        above=authenticated.above,
    )


def _payload(
    info: PartInfo, part: Part, max_bytes: int, max_ratio: int, new_spool: NewSpool
) -> Payload:
    properties = dict(info.properties)
    mime_type = properties.pop("MimeType", "").strip()
    character_set = properties.pop("CharacterSet", None)
    compression = properties.pop("CompressionType", None)
    content = part.content
    if compression is not None:
        if compression != GZIP:
            raise DecompressionError(why=f"CompressionType is {compression[:80]!r}, want {GZIP}")
        if not mime_type:  # OASIS AS4 Profile 1.0, section 3.1
            raise DecompressionError(why="the property MimeType is missing")
        content = inflate(content, max_bytes=max_bytes, max_ratio=max_ratio, new_spool=new_spool)
    elif size_of(content) > max_bytes:
        raise MimeInconsistencyError(
            why=f"a payload of {size_of(content)} bytes, at most {max_bytes} are let in"
        )
    types = {name: kind for name, kind in info.property_types.items() if name in properties}
    return Payload(
        content=content,
        content_id=part.content_id,
        mime_type=mime_type or read_media_type(part.content_type).name,
        character_set=character_set,
        properties=properties,
        property_types=types,
    )
