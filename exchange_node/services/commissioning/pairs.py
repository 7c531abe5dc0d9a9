"""A purpose and a suite → a new key, its certificate, and a request for an authority.

A key that only agrees (X25519) can sign neither its own certificate nor a request: its certificate
is issued by a small authority of the node's own, which issues nothing else. Nobody has to trust
that authority: partners pin what is in the card, and need the authority's word for nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.security.certificates import (
    Issuer,
    Purpose,
    Subject,
    authority,
    issued,
    load_certificates,
    request,
    self_signed,
    write_pem,
)
from exchange_node.security.keys import (
    PrivateKey,
    SigningKey,
    encrypt_private_key,
    load_private_key,
    new_ec_key,
    new_ed25519_key,
    new_rsa_key,
    new_x25519_key,
)

LIFETIME = timedelta(days=730)
"""Of a self-signed certificate (our choice: two years; roll over with both side by side)."""
AUTHORITY_LIFETIME = timedelta(days=3650)
"""Of the node's own authority (our choice): it outlives the certificates that it issues."""

PRIVATE = 0o600
AUTHORITY_KEY = "authority.key.pem"
AUTHORITY_CERTIFICATE = "authority.cert.pem"

_NEW_KEYS: Mapping[tuple[Purpose, str], tuple[str, Callable[[int], PrivateKey]]] = {
    (Purpose.SIGNING, "edelivery-1.15"): ("rsa", new_rsa_key),
    (Purpose.SIGNING, "edelivery-2.0"): ("ed25519", lambda _: new_ed25519_key()),
    (Purpose.SIGNING, "edelivery-2.0-ecc"): ("ec", lambda _: new_ec_key()),
    (Purpose.ENCRYPTION, "edelivery-1.15"): ("rsa", new_rsa_key),
    (Purpose.ENCRYPTION, "edelivery-2.0"): ("x25519", lambda _: new_x25519_key()),
    (Purpose.ENCRYPTION, "edelivery-2.0-ecc"): ("ec", lambda _: new_ec_key()),
}
SUITES_WITH_KEYS = ("edelivery-1.15", "edelivery-2.0", "edelivery-2.0-ecc")
"""Suites that keys are made for; sign-only signs with the key of edelivery-1.15."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What new pairs have in common.

    Attributes:
        files: what there is already, name → content; the node's own authority is looked for there.
        at: from when certificates are valid.
        now: from when an authority is, if one has to be made.
        rsa_bits: of RSA keys.
    """

    subject: Subject
    passphrase: str = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)
    at: datetime
    now: datetime
    lifetime: timedelta = LIFETIME
    rsa_bits: int = 3072
    random_bytes: Callable[[int], bytes]


def kind_for(purpose: Purpose, suite: str) -> str:
    """Return the kind of key, as it stands in a file's name.

    Raises:
        InvalidSettingError: no keys are made for the suite.
    """
    return _new_key(purpose, suite)[0]


def new_pair(stem: str, purpose: Purpose, suite: str, making: Making) -> dict[str, bytes]:
    """Return the files of a new pair, name → content, the certificate last.

    `suite` says which kind of key signs or opens; TLS and the seal take the same with all.

    Raises:
        InvalidSettingError: no keys are made for the suite, or the node's authority is unusable.
        PassphraseError: the passphrase is empty, or does not open the authority's key.
    """
    _, make = _new_key(purpose, suite)
    key = make(making.rsa_bits)
    files = {f"{stem}.key.pem": encrypt_private_key(key, making.passphrase)}
    if isinstance(key, SigningKey):
        certificates = [
            self_signed(
                key,
                making.subject,
                purpose,
                at=making.at,
                lifetime=making.lifetime,
                random_bytes=making.random_bytes,
            )
        ]
        files[f"{stem}.csr.pem"] = request(key, making.subject, purpose).public_bytes(
            serialization.Encoding.PEM
        )
    else:
        above, above_key, made = _authority(making)
        files |= made
        certificates = [
            issued(
                key.public_key(),
                making.subject,
                purpose,
                issuer=Issuer.of(above, above_key),
                at=making.at,
                lifetime=making.lifetime,
                random_bytes=making.random_bytes,
            ),
            above,
        ]
    return {**files, f"{stem}.cert.pem": write_pem(*certificates)}


def write_private(path: Path, content: bytes, *, is_new: bool) -> None:
    """Write a file that its owner alone may read; with `is_new` it must not be there yet.

    Raises:
        OSError: it cannot be written.
    """
    anew = os.O_EXCL if is_new else os.O_TRUNC
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | anew, PRIVATE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _new_key(purpose: Purpose, suite: str) -> tuple[str, Callable[[int], PrivateKey]]:
    if purpose in (Purpose.TLS, Purpose.SEAL):
        return "ec", lambda _: new_ec_key()
    found = _NEW_KEYS.get((purpose, suite))
    if found is None:
        known = ", ".join(SUITES_WITH_KEYS)
        raise InvalidSettingError(where=f"suite {suite!r}", why=f"keys are made for {known}")
    return found


def _authority(making: Making) -> tuple[x509.Certificate, SigningKey, dict[str, bytes]]:
    """Return the node's own authority; with its files where it had to be made.

    What it issues does not outlive it: software that checks the path would refuse that.
    """
    if AUTHORITY_KEY not in making.files:
        key = new_ec_key()
        certificate = authority(
            key,
            making.subject,
            at=making.now,
            lifetime=AUTHORITY_LIFETIME,
            random_bytes=making.random_bytes,
        )
        made = {
            AUTHORITY_KEY: encrypt_private_key(key, making.passphrase),
            AUTHORITY_CERTIFICATE: write_pem(certificate),
        }
        return certificate, key, made
    held = load_private_key(making.files[AUTHORITY_KEY], making.passphrase, which=AUTHORITY_KEY)
    pem = making.files.get(AUTHORITY_CERTIFICATE, b"")
    certificate = load_certificates(pem, which=AUTHORITY_CERTIFICATE)[0]
    if not isinstance(held, SigningKey):
        raise InvalidSettingError(where=AUTHORITY_KEY, why="want a key that signs")
    if making.at + making.lifetime > certificate.not_valid_after_utc:
        end = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
        raise InvalidSettingError(
            where=AUTHORITY_CERTIFICATE,
            why=f"it ends on {end}, before what it would issue: move authority.*.pem away, and a "
            "new one is made",
        )
    return certificate, held, {}
