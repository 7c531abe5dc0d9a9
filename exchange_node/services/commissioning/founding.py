"""A new node's folder: settings, encrypted keys, certificates and requests, samples.

What is there already is never written over: a second `init` in the same folder is refused.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from exchange_node.domain.errors import InvalidSettingError, NodeExistsError
from exchange_node.domain.identifiers import PartyId
from exchange_node.security.certificates import (
    Purpose,
    Subject,
    request,
    self_signed,
    write_pem,
)
from exchange_node.security.keys import (
    SigningKey,
    encrypt_private_key,
    new_ec_key,
    new_rsa_key,
)
from exchange_node.security.vault import create_storage_key

LIFETIME = timedelta(days=730)
"""Of a self-signed certificate (our choice: two years; roll over with both side by side)."""

PRIVATE = 0o600
FOLDER = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What a new node is to be.

    Attributes:
        settings: the text of `node.toml`.
        samples: more files, path below the folder → text.
        rsa_bits: of the signing and the encryption key (eDelivery AS4: RSA until suite 2.0).
    """

    party: PartyId
    administration: str
    hosts: tuple[str, ...]
    passphrase: str
    settings: str
    samples: Mapping[str, str]
    rsa_bits: int = 3072


def found(
    folder: Path, foundation: Foundation, *, at: datetime, random_bytes: Callable[[int], bytes]
) -> list[Path]:
    """Write a new node's folder and return what was written.

    Raises:
        NodeExistsError: a node is there already.
        InvalidSettingError: the folder cannot be written.
        PassphraseError: the passphrase is empty.
    """
    if (folder / "node.toml").exists():
        raise NodeExistsError(folder=folder)
    files = {
        **{
            f"keys/{name}": content for name, content in _keys(foundation, at, random_bytes).items()
        },
        **{name: text.encode() for name, text in foundation.samples.items()},
        # The settings go last: a folder without them is no node, so a broken init can be repeated.
        "node.toml": foundation.settings.encode(),
    }
    written = []
    try:
        for place in ("", "keys", "partners", "agreements", "national", "codelists", "var"):
            (folder / place).mkdir(mode=FOLDER, parents=True, exist_ok=True)
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(mode=FOLDER, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            written.append(path)
    except OSError as err:
        raise InvalidSettingError(where=str(folder), why=err.strerror or str(err)) from None
    return written


def _keys(
    foundation: Foundation, at: datetime, random_bytes: Callable[[int], bytes]
) -> dict[str, bytes]:
    subject = Subject(
        party=str(foundation.party),
        country=foundation.party.country,
        administration=foundation.administration[:64],  # X.520: an organisation has at most 64
        hosts=foundation.hosts,
    )
    files = {
        "storage.key.json": create_storage_key(foundation.passphrase, random_bytes),
    }
    for purpose in Purpose:
        key = _new_key(purpose, foundation.rsa_bits)
        certificate = self_signed(
            key, subject, purpose, at=at, lifetime=LIFETIME, random_bytes=random_bytes
        )
        files[f"{purpose.value}.key.pem"] = encrypt_private_key(key, foundation.passphrase)
        files[f"{purpose.value}.cert.pem"] = write_pem(certificate)
        files[f"{purpose.value}.csr.pem"] = request(key, subject, purpose).public_bytes(
            serialization.Encoding.PEM
        )
    return files


def _new_key(purpose: Purpose, rsa_bits: int) -> SigningKey:
    match purpose:
        case Purpose.TLS | Purpose.SEAL:
            return new_ec_key()
        case Purpose.SIGNING | Purpose.ENCRYPTION:
            return new_rsa_key(rsa_bits)
