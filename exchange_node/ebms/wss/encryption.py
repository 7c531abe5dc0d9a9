"""Encryption of payloads: parts → cipher text and keys in the Security header, and back.

OASIS WSS SwA Profile 1.1, section 5.5 (content only) with W3C XML Encryption 1.1: one fresh key
for each message, wrapped for the recipient, and a fresh vector for each part. Header and Body are
never encrypted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from cryptography import x509
from lxml import etree

from exchange_node.domain.errors import (
    DecryptionError,
    MimeInconsistencyError,
    SecurityPolicyError,
)
from exchange_node.domain.transmission.content import (
    Content,
    InMemory,
    NewSpool,
    chunks_of,
)
from exchange_node.ebms.envelope import WSSE, Envelope
from exchange_node.ebms.packaging.mime import OCTETS, Part, cid, content_id_key
from exchange_node.ebms.wss import tokens
from exchange_node.ebms.wss.encrypted_key import new_encrypted_key, open_key
from exchange_node.ebms.wss.signing import security_of
from exchange_node.security.algorithms import XENC
from exchange_node.security.keys import Decrypter
from exchange_node.security.signature import ds
from exchange_node.security.suites import (
    ContentDecryption,
    ContentEncryption,
    ContentKey,
    Suite,
)

_SWA = "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1"
CONTENT_ONLY = f"{_SWA}#Attachment-Content-Only"
CIPHERTEXT = f"{_SWA}#Attachment-Ciphertext-Transform"
ENCRYPTED_KEY_TYPE = (
    "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKey"
)
_MAX_ID = 200


def encrypt(
    envelope: Envelope,
    parts: Sequence[Part],
    *,
    certificate: x509.Certificate,
    suite: Suite,
    random_bytes: Callable[[int], bytes],
    token: str,
    new_spool: NewSpool = InMemory,
) -> tuple[Part, ...]:
    """Return the parts encrypted for the holder of the certificate; the header tells how.

    Raises:
        StoreFullError: the spool finds no room.
        InvalidSettingError: the certificate's key is of a kind that the suite does not encrypt for.
    """
    content_key = suite.new_content_key(random_bytes)
    key = new_encrypted_key(
        suite.encrypt_key(certificate, content_key, random_bytes), certificate, token
    )
    names = [f"data-{number}-{token}" for number in range(1, len(parts) + 1)]
    listed = etree.SubElement(key, _xenc("ReferenceList"))
    for name in names:
        etree.SubElement(listed, _xenc("DataReference"), URI=f"#{name}")
    # What was applied last stands first (OASIS WSS 1.1.1, section 5): before token and signature.
    data = [
        _new_encrypted_data(part, name, suite, token)
        for part, name in zip(parts, names, strict=True)
    ]
    security_of(envelope)[:0] = [key, *data]
    return tuple(
        replace(
            part,
            content=_encrypted(
                part.content, suite.encrypting(content_key, random_bytes), new_spool
            ),
            content_type=OCTETS,
        )
        for part in parts
    )


def _new_encrypted_data(part: Part, name: str, suite: Suite, token: str) -> etree._Element:
    element = etree.Element(_xenc("EncryptedData"), Id=name, nsmap={"xenc": XENC})
    element.set("MimeType", part.content_type)
    element.set("Type", CONTENT_ONLY)
    etree.SubElement(element, _xenc("EncryptionMethod"), Algorithm=suite.content_cipher)
    key_info = tokens.new_reference(f"#key-{token}")
    key_info[0].set(f"{{{tokens.WSSE11}}}TokenType", ENCRYPTED_KEY_TYPE)
    element.append(key_info)
    cipher = etree.SubElement(element, _xenc("CipherData"))
    reference = etree.SubElement(cipher, _xenc("CipherReference"), URI=cid(part.content_id))
    transforms = etree.SubElement(reference, _xenc("Transforms"))
    etree.SubElement(transforms, ds("Transform"), Algorithm=CIPHERTEXT)
    return element


def require_encryption(envelope: Envelope, parts: Sequence[Part]) -> None:
    """Return when every part is announced as encrypted.

    Raises:
        SecurityPolicyError: one is not.
    """
    announced = {_part_key(one) for one in security_of(envelope).findall(_xenc("EncryptedData"))}
    for part in parts:
        if content_id_key(part.content_id) not in announced:
            raise SecurityPolicyError(why=f"payload {part.content_id[:_MAX_ID]!r} is not encrypted")


def decrypt(
    envelope: Envelope,
    parts: Sequence[Part],
    *,
    decrypters: Sequence[Decrypter],
    suite: Suite,
    new_spool: NewSpool = InMemory,
) -> tuple[Part, ...]:
    """Return the parts with those decrypted that the header announces; the rest as they are.

    Nothing of a part is handed on before its tag holds.

    Raises:
        StoreFullError: the spool finds no room.
        SecurityPolicyError: something else than payload content is encrypted, or outside the suite.
        MimeInconsistencyError: an encrypted part is not there.
        DecryptionError: for whatever does not open, without saying which.
    """
    security = security_of(envelope)
    opened: dict[etree._Element, ContentKey] = {}
    plain = {content_id_key(part.content_id): part for part in parts}
    done: set[str] = set()
    for data in security.findall(_xenc("EncryptedData")):
        part_key = _part_key(data)
        if part_key in done:
            raise SecurityPolicyError(why="a payload is announced as encrypted twice")
        part = plain.get(part_key)
        if part is None:
            raise MimeInconsistencyError(
                why=f"encrypted payload {part_key[:_MAX_ID]!r} is not there"
            )
        element = _key_of(data, envelope)
        if element not in opened:
            opened[element] = open_key(element, decrypters, suite, envelope.ids)
        method = data.find(_xenc("EncryptionMethod"))
        algorithm = "" if method is None else method.get("Algorithm", "")
        plain[part_key] = replace(
            part,
            content=_decrypted(
                part.content, suite.decrypting(opened[element], algorithm), new_spool
            ),
            content_type=data.get("MimeType", part.content_type),
        )
        done.add(part_key)
    return tuple(plain.values())


def _part_key(data: etree._Element) -> str:
    """Return which part an EncryptedData speaks of.

    Raises:
        SecurityPolicyError: it is not the content of a MIME part.
    """
    reference = data.find(f"{_xenc('CipherData')}/{_xenc('CipherReference')}")
    uri = "" if reference is None else reference.get("URI", "")
    if data.get("Type") != CONTENT_ONLY or reference is None or not uri.startswith("cid:"):
        raise SecurityPolicyError(why="something else than the content of a payload is encrypted")
    transforms = [one.get("Algorithm") for one in reference.iter(ds("Transform"))]
    if transforms != [CIPHERTEXT]:
        raise SecurityPolicyError(why="an encrypted payload has a transform that is not allowed")
    return content_id_key(uri.removeprefix("cid:"))


def _key_of(data: etree._Element, envelope: Envelope) -> etree._Element:
    """Return the EncryptedKey that opens an EncryptedData: the one it names, or that lists it."""
    key_info = data.find(ds("KeyInfo"))
    if key_info is not None:
        token = tokens.token_in(key_info)
        key = envelope.ids.get(token.get("URI", "").removeprefix("#"))
        if (
            token.tag == f"{{{WSSE}}}Reference"
            and key is not None
            and key.tag == _xenc("EncryptedKey")
        ):
            return key
        raise DecryptionError
    uri = f"#{data.get('Id')}"
    for key in security_of(envelope).findall(_xenc("EncryptedKey")):
        if any(one.get("URI") == uri for one in key.iter(_xenc("DataReference"))):
            return key
    raise DecryptionError


def _encrypted(content: Content, encryption: ContentEncryption, new_spool: NewSpool) -> Content:
    if isinstance(content, bytes):
        return encryption.update(content) + encryption.finish()
    spool = new_spool()
    for chunk in chunks_of(content):
        spool.write(encryption.update(chunk))
    spool.write(encryption.finish())
    return spool.finish()


def _decrypted(content: Content, decryption: ContentDecryption, new_spool: NewSpool) -> Content:
    if isinstance(content, bytes):
        plain = decryption.update(content)
        decryption.finish()
        return plain
    spool = new_spool()
    for chunk in chunks_of(content):
        spool.write(decryption.update(chunk))
    decryption.finish()
    return spool.finish()


def _xenc(name: str) -> str:
    return f"{{{XENC}}}{name}"
