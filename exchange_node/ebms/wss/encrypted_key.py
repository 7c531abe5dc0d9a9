"""Content key ⇄ xenc:EncryptedKey: how the key of the payloads travels to its one reader.

W3C XML Encryption 1.1, sections 3.5 and 5.5; OASIS WSS X.509 Token Profile 1.1.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cryptography import x509
from lxml import etree

from exchange_node.domain.errors import DecryptionError
from exchange_node.ebms.wss import tokens
from exchange_node.security.algorithms import XENC, XENC11, decode64, encode64
from exchange_node.security.keys import Decrypter
from exchange_node.security.signature import ds
from exchange_node.security.suites import ContentKey, EncryptedKey, Suite, TransportedKey


def new_encrypted_key(
    key: EncryptedKey, certificate: x509.Certificate, token: str
) -> etree._Element:
    """Return the element; its ReferenceList is the caller's."""
    assert isinstance(key, TransportedKey)  # noqa: S101
    element = etree.Element(_xenc("EncryptedKey"), Id=f"key-{token}", nsmap={"xenc": XENC})
    method = etree.SubElement(element, _xenc("EncryptionMethod"), Algorithm=key.algorithm)
    if key.digest:
        etree.SubElement(method, ds("DigestMethod"), Algorithm=key.digest)
    if key.mask:
        etree.SubElement(method, f"{{{XENC11}}}MGF", Algorithm=key.mask)
    element.append(tokens.new_key_identifier(certificate))
    cipher = etree.SubElement(element, _xenc("CipherData"))
    etree.SubElement(cipher, _xenc("CipherValue")).text = encode64(key.cipher_value)
    return element


def open_key(
    element: etree._Element,
    decrypters: Sequence[Decrypter],
    suite: Suite,
    ids: Mapping[str, etree._Element],
) -> ContentKey:
    """Return the content key: the decrypter is the one that the message names, never a guess."""
    known = [one.certificate for one in decrypters]
    certificate = tokens.find(element.find(ds("KeyInfo")), known, ids)
    method = element.find(_xenc("EncryptionMethod"))
    cipher_value = decode64(element.findtext(f"{_xenc('CipherData')}/{_xenc('CipherValue')}"))
    if certificate is None or method is None or not cipher_value:
        raise DecryptionError
    digest, mask = method.find(ds("DigestMethod")), method.find(f"{{{XENC11}}}MGF")
    label = decode64(method.findtext(_xenc("OAEPparams")))
    if label is None:
        raise DecryptionError
    encrypted = TransportedKey(
        algorithm=method.get("Algorithm", ""),
        cipher_value=cipher_value,
        digest="" if digest is None else digest.get("Algorithm", ""),
        mask="" if mask is None else mask.get("Algorithm", ""),
        label=label,
    )
    return suite.decrypt_key(decrypters[known.index(certificate)], encrypted)


def _xenc(name: str) -> str:
    return f"{{{XENC}}}{name}"
