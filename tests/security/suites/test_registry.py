from __future__ import annotations

import pytest

from exchange_node.security.certificates import Purpose
from exchange_node.security.suites import (
    EDELIVERY_1_15,
    EDELIVERY_2_0,
    EDELIVERY_2_0_ECC,
    SIGN_ONLY,
    SUITES,
    Suite,
    Token,
    suite_for,
)
from tests.security.ring import Ring


def test_a_suite_is_found_by_its_name() -> None:
    assert list(SUITES) == ["edelivery-1.15", "edelivery-2.0", "edelivery-2.0-ecc", "sign-only"]
    assert all(SUITES[name].name == name for name in SUITES)


def test_sign_only_alone_does_not_encrypt_and_names_the_path() -> None:
    assert [name for name, one in SUITES.items() if not one.encrypts] == ["sign-only"]
    assert [name for name, one in SUITES.items() if one.token is Token.PATH] == ["sign-only"]


@pytest.mark.parametrize(
    ("signing", "encryption", "suite"),
    [
        (["rsa"], ["rsa"], EDELIVERY_1_15),
        (["ed"], ["x25519"], EDELIVERY_2_0),
        (["ec"], ["secp384r1"], EDELIVERY_2_0_ECC),
        (["secp521r1"], ["brainpoolP256r1"], EDELIVERY_2_0_ECC),
        (["ed", "rsa"], ["x25519", "rsa"], EDELIVERY_1_15),
        (["ed", "rsa"], ["x25519"], EDELIVERY_2_0),
        (["ed"], ["rsa"], EDELIVERY_1_15),
        ([], [], EDELIVERY_1_15),
    ],
)
def test_certificates_ask_for_the_suite_of_their_keys(
    ring: Ring, signing: list[str], encryption: list[str], suite: Suite
) -> None:
    signers = [ring.certificate(ring.signing_key(one), Purpose.SIGNING) for one in signing]
    openers = [ring.encryption_certificate(ring.key(one)) for one in encryption]

    assert suite_for(signers, openers) is suite


@pytest.mark.parametrize(
    ("suite", "signing", "encryption"),
    [
        (EDELIVERY_1_15, {"rsa"}, {"rsa"}),
        (EDELIVERY_2_0, {"ed"}, {"x25519"}),
        (
            EDELIVERY_2_0_ECC,
            {"ec", "secp384r1", "secp521r1"},
            {"ec", "secp384r1", "secp521r1", "brainpoolP256r1"},
        ),
        (SIGN_ONLY, {"rsa"}, set()),
    ],
)
def test_a_suite_knows_its_kinds_of_keys(
    ring: Ring, suite: Suite, signing: set[str], encryption: set[str]
) -> None:
    kinds = ("rsa", "ed", "ec", "secp384r1", "secp521r1", "brainpoolP256r1", "x25519")
    made = {one: ring.encryption_certificate(ring.key(one)) for one in kinds}

    assert {one for one in kinds if suite.signs_with(made[one])} == signing
    assert {one for one in kinds if suite.encrypts_for(made[one])} == encryption
