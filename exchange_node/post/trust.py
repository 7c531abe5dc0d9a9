"""Whom the post believes: certificates of administrations, as its node has stated them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography import x509

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.security.certificates import load_certificates, write_pem

Trusted = Mapping[str, Sequence[x509.Certificate]]
"""By party id, the seal certificates of its administration."""


def trusted_in(plain: Mapping[str, Any]) -> Trusted:
    """Return the certificates in a note; one that cannot be read speaks for nobody.

    `plain` has, by party id, a list of PEM texts.
    """
    found: dict[str, tuple[x509.Certificate, ...]] = {}
    for party, pems in plain.items():
        try:
            found[str(party)] = tuple(
                one for pem in pems for one in load_certificates(str(pem).encode(), which=party)
            )
        except (InvalidSettingError, TypeError):
            continue
    return found


def pems(certificates: Sequence[x509.Certificate]) -> list[str]:
    """Return certificates as they stand in a note."""
    return [write_pem(one).decode() for one in certificates]


def digest_of(plain: Mapping[str, Any]) -> str:
    """Return what tells one state of the trusted certificates from another."""
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
