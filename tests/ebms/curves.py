"""Worlds of partners that speak another suite than that of 1.15."""

from __future__ import annotations

import functools

from cryptography.hazmat.primitives.asymmetric import ec

from exchange_node.security.keys import (
    OpeningKey,
    SigningKey,
    new_ec_key,
    new_ed25519_key,
    new_rsa_key,
    new_x25519_key,
)
from exchange_node.security.suites import SUITES
from tests.ebms.parties import KZ, UZ, Side, World

CURVES: dict[str, ec.EllipticCurve] = {
    one.name: one for one in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.BrainpoolP256R1())
}
SPOKEN = [
    ("edelivery-1.15", "rsa", "rsa"),
    ("edelivery-2.0", "ed25519", "x25519"),
    ("edelivery-2.0-ecc", "secp256r1", "secp256r1"),
    ("edelivery-2.0-ecc", "secp384r1", "secp384r1"),
    ("edelivery-2.0-ecc", "secp521r1", "secp521r1"),
    ("edelivery-2.0-ecc", "secp256r1", "brainpoolP256r1"),
    ("sign-only", "rsa", "rsa"),
]
"""Suite, kind of the signing keys, kind of the encryption keys."""


@functools.cache
def world_of(suite: str, signing: str, encryption: str) -> World:
    kz, uz, tj = (
        Side.new(party, _signing(signing), _opening(encryption), SUITES[suite])
        for party in (KZ, UZ, "customs.tj")
    )
    return World(kz=kz, uz=uz, tj=tj, encrypts=SUITES[suite].encrypts)


def _signing(kind: str) -> SigningKey:
    match kind:
        case "rsa":
            return new_rsa_key(2048)
        case "ed25519":
            return new_ed25519_key()
        case _:
            return new_ec_key(CURVES[kind])


def _opening(kind: str) -> OpeningKey:
    match kind:
        case "rsa":
            return new_rsa_key(2048)
        case "x25519":
            return new_x25519_key()
        case _:
            return new_ec_key(CURVES[kind])
