from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import BrokenSealError, UnreadableCodeError
from exchange_node.security.carried import (
    PREFIX,
    Code,
    Outcome,
    code_in,
    make_code,
    read_code,
    verify_code,
)
from exchange_node.security.certificates import Purpose, Subject, self_signed
from exchange_node.security.keys import PemSigner, SigningKey

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
MRN = "26KZ0000000000001A"
DIGEST = "ab" * 32


def signer_of(key: SigningKey) -> PemSigner:
    certificate = self_signed(
        key,
        Subject(party="customs.kz", country="KZ", administration="Customs of Kazakhstan"),
        Purpose.SEAL,
        at=AT - timedelta(days=10),
        lifetime=timedelta(days=60),
        random_bytes=os.urandom,
    )
    return PemSigner(key, certificate)


EC = signer_of(ec.generate_private_key(ec.SECP256R1()))
OTHER = signer_of(ec.generate_private_key(ec.SECP256R1()))
KEYS = {
    "EC": EC,
    "Ed25519": signer_of(Ed25519PrivateKey.generate()),
    "RSA": signer_of(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
}
TRUSTED = {"customs.kz": [EC.certificate]}


def made(signer: PemSigner = EC, **changes: Any) -> str:  # noqa: ANN401 - whatever `make_code` takes
    plain: dict[str, Any] = {
        "issuer": "customs.kz",
        "movement": MRN,
        "documents": {"customs.uz": DIGEST, "customs.tm": "0" * 64},
        "made_at": AT,
        "valid_until": AT + timedelta(days=5),
        "test": True,
    }
    return make_code(signer, **(plain | changes))


def outcome(code: Code, at: datetime = AT) -> Outcome:
    return verify_code(code, TRUSTED, at=at, tolerance=HOUR).outcome


@pytest.mark.parametrize("kind", KEYS)
def test_a_code_is_read_and_verified_with_every_kind_of_seal_key(kind: str) -> None:
    signer = KEYS[kind]

    code = read_code(made(signer))
    verified = verify_code(
        code, {"customs.kz": [OTHER.certificate, signer.certificate]}, at=AT, tolerance=HOUR
    )

    assert verified.outcome is Outcome.GENUINE
    assert (code.issuer, code.movement, code.test) == ("customs.kz", MRN, True)
    assert code.documents == {"customs.uz": DIGEST, "customs.tm": "0" * 64}
    assert (code.made_at, code.valid_until) == (AT, AT + timedelta(days=5))


def test_a_code_of_an_elliptic_key_fits_into_a_small_square() -> None:
    text = made(documents={"customs.uz": DIGEST})

    assert len(text) <= 262  # version 9-M of a QR code, 53 by 53 modules
    assert text.isalnum()
    assert text.isupper()


@given(place=st.integers(min_value=0), by=st.integers(1, 31))
def test_laws_no_letter_of_a_code_may_be_another(place: int, by: int) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    text = made()
    at = len(PREFIX) + place % (len(text) - len(PREFIX))
    other = letters[(letters.index(text[at]) + by) % 32]
    changed = text[:at] + other + text[at + 1 :]

    try:
        code = read_code(changed)
    except UnreadableCodeError:
        return

    # The last letter may carry bits that stand for nothing.
    assert outcome(code) is not Outcome.GENUINE or at == len(text) - 1


@given(st.text(max_size=300))
def test_laws_what_is_no_code_is_refused_and_nothing_else(text: str) -> None:
    for attempt in (text, PREFIX + text, PREFIX + "A" * 40 + text):
        with suppress(UnreadableCodeError):
            read_code(attempt)


@pytest.mark.parametrize("length", [3, 20, 80, 150])
def test_a_part_of_a_code_is_not_taken_for_one(length: int) -> None:
    with pytest.raises(UnreadableCodeError):
        read_code(made()[:length])


def test_a_code_with_its_end_cut_off_was_altered() -> None:
    assert outcome(read_code(made()[:-24])) is Outcome.ALTERED


def test_a_code_of_a_newer_kind_is_named() -> None:
    with pytest.raises(UnreadableCodeError, match="CX2"):
        read_code("CX2" + made()[3:])


def test_a_key_that_is_not_trusted_is_unknown_whoever_it_claims_to_be() -> None:
    assert outcome(read_code(made(OTHER))) is Outcome.UNKNOWN_SIGNER


def test_the_key_of_one_administration_does_not_speak_for_another() -> None:
    code = read_code(made(issuer="customs.uz"))

    assert outcome(code) is Outcome.UNKNOWN_SIGNER


def test_a_signature_that_belongs_to_another_code_is_none() -> None:
    one, other = read_code(made()), read_code(made(movement="26KZ0000000000002B"))

    assert outcome(replace(one, signature=other.signature)) is Outcome.ALTERED


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, Outcome.GENUINE),
        (-0.04, Outcome.GENUINE),
        (-0.05, Outcome.NOT_YET),
        (5.04, Outcome.GENUINE),
        (5.05, Outcome.TOO_OLD),
        (51, Outcome.CERTIFICATE_ENDED),
        (-11, Outcome.CERTIFICATE_NOT_YET),
    ],
)
def test_the_time_decides_an_hour_is_tolerated(days: float, expected: Outcome) -> None:
    assert outcome(read_code(made()), AT + timedelta(days=days)) is expected


def test_nothing_is_signed_with_a_certificate_that_has_ended() -> None:
    with pytest.raises(BrokenSealError, match="not valid"):
        made(made_at=AT + timedelta(days=90))


@pytest.mark.parametrize(
    "changes",
    [{"movement": "МРН"}, {"documents": {}}, {"documents": {"customs.uz": "short"}}],
)
def test_what_does_not_fit_into_a_code_is_not_made(changes: dict[str, Any]) -> None:
    with pytest.raises(BrokenSealError):
        made(**changes)


def test_a_code_is_found_in_what_stands_around_it() -> None:
    text = made()

    assert code_in(f"%PDF-1.4 /Keywords ({text}) endobj") == text
    assert code_in(" ".join(text[i : i + 5] for i in range(0, len(text), 5)).lower()) == text
    with pytest.raises(UnreadableCodeError):
        code_in("a delivery note")
