"""A new node's folder: settings, encrypted keys, certificates and requests, samples.

What is there already is never written over: a second `init` in the same folder is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exchange_node.domain.errors import InvalidSettingError, NodeExistsError
from exchange_node.domain.identifiers import PartyId
from exchange_node.security.certificates import Purpose, Subject
from exchange_node.security.vault import create_storage_key
from exchange_node.services.commissioning.pairs import (
    Making,
    kind_for,
    new_pair,
    write_private,
)

FOLDER = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What a new node is to be.

    Attributes:
        settings: the text of `node.toml`.
        samples: more files, path below the folder → text.
        suites: what partners are spoken to in; each has its own keys to sign and to open with.
        rsa_bits: of the signing and the encryption key of the suite of 1.15.
    """

    party: PartyId
    administration: str
    hosts: tuple[str, ...]
    passphrase: str
    settings: str
    samples: Mapping[str, str]
    suites: tuple[str, ...] = ("edelivery-1.15",)
    rsa_bits: int = 3072


def found(
    folder: Path, foundation: Foundation, *, at: datetime, random_bytes: Callable[[int], bytes]
) -> list[Path]:
    """Write a new node's folder and return what was written.

    Raises:
        NodeExistsError: a node is there already.
        InvalidSettingError: the folder cannot be written, or no keys are made for a suite.
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
            write_private(path, content, is_new=False)
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
    for number, suite in enumerate(foundation.suites):
        for purpose in Purpose:
            if number and purpose in (Purpose.TLS, Purpose.SEAL):
                continue  # the same with every suite
            making = Making(
                subject=subject,
                passphrase=foundation.passphrase,
                files=files,
                at=at,
                now=at,
                rsa_bits=foundation.rsa_bits,
                random_bytes=random_bytes,
            )
            stem = f"{purpose.value}-{kind_for(purpose, suite)}" if number else purpose.value
            files |= new_pair(stem, purpose, suite, making)
    return files
