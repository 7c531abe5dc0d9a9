"""Names of algorithms → what they do: namespaces, algorithm URIs, digests, base64.

Source: W3C XML Signature 1.1, W3C XML Encryption 1.1, RFC 9231, OASIS WSS SwA Profile 1.1.
"""

from __future__ import annotations

import binascii
import hashlib

from exchange_node.domain.errors import SecurityPolicyError
from exchange_node.domain.transmission.content import Content, chunks_of

DS = "http://www.w3.org/2000/09/xmldsig#"
EC = "http://www.w3.org/2001/10/xml-exc-c14n#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
DSIG11 = "http://www.w3.org/2009/xmldsig11#"
DSIG_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
DSIG_MORE_2021 = "http://www.w3.org/2021/04/xmldsig-more#"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"

EXCLUSIVE_C14N = EC
ENVELOPED = f"{DS}enveloped-signature"
SWA_CONTENT = (
    "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform"
)

SHA256 = f"{XENC}sha256"
SHA384 = f"{DSIG_MORE}sha384"
SHA512 = f"{XENC}sha512"
SHA1 = f"{DS}sha1"

RSA_SHA256 = f"{DSIG_MORE}rsa-sha256"
RSA_SHA384 = f"{DSIG_MORE}rsa-sha384"
RSA_SHA512 = f"{DSIG_MORE}rsa-sha512"
ECDSA_SHA256 = f"{DSIG_MORE}ecdsa-sha256"
ED25519 = f"{DSIG_MORE_2021}eddsa-ed25519"

RSA_OAEP = f"{XENC11}rsa-oaep"
RSA_OAEP_MGF1P = f"{XENC}rsa-oaep-mgf1p"
MGF1_SHA1 = f"{XENC11}mgf1sha1"
MGF1_SHA256 = f"{XENC11}mgf1sha256"
MGF1_SHA384 = f"{XENC11}mgf1sha384"
MGF1_SHA512 = f"{XENC11}mgf1sha512"
AES128_GCM = f"{XENC11}aes128-gcm"

X25519 = f"{DSIG_MORE_2021}x25519"
ECDH_ES = f"{XENC11}ECDH-ES"
HKDF = f"{DSIG_MORE_2021}hkdf"
HMAC_SHA256 = f"{DSIG_MORE}hmac-sha256"
KW_AES128 = f"{XENC}kw-aes128"

_DIGESTS = {SHA256: hashlib.sha256, SHA384: hashlib.sha384, SHA512: hashlib.sha512}
_BLANKS = bytes.maketrans(b"", b""), b" \t\r\n"


def digest(algorithm: str, octets: Content) -> bytes:
    """Return the digest that an algorithm URI names.

    Raises:
        SecurityPolicyError: the URI is not SHA-256, SHA-384 or SHA-512.
    """
    hash_of = _DIGESTS.get(algorithm)
    if hash_of is None:
        raise SecurityPolicyError(why=f"digest algorithm {algorithm[:120]!r} is not allowed")
    made = hash_of()
    for chunk in chunks_of(octets):
        made.update(chunk)
    return made.digest()


def encode64(octets: bytes) -> str:
    """Return base64 in one line."""
    return binascii.b2a_base64(octets, newline=False).decode("ascii")


def decode64(text: str | None) -> bytes | None:
    """Return the octets of an xsd:base64Binary, or None where it is none; blanks are tolerated."""
    try:
        packed = (text or "").encode("ascii").translate(*_BLANKS)
        return binascii.a2b_base64(packed, strict_mode=True) if packed else b""
    except (UnicodeEncodeError, binascii.Error):
        return None
