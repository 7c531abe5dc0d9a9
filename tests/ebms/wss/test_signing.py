from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from exchange_node.domain.errors import (
    AuthenticationError,
    MimeInconsistencyError,
    SecurityPolicyError,
)
from exchange_node.ebms.packaging import mime
from exchange_node.security import algorithms as alg
from exchange_node.security.certificates import Purpose
from exchange_node.security.keys import PemSigner
from exchange_node.security.signature import reference_to
from tests.ebms.meddling import (
    Draft,
    Meddling,
    change_signature_value,
    meddled,
    own_fault,
    refusal,
)
from tests.ebms.parties import AT, KZ, World, certificate


def test_an_unsigned_message_is_refused(world: World) -> None:
    def meddle(draft: Draft, _: World) -> None:
        draft.find("env:Header").remove(draft.security)

    error = own_fault(world, meddle)

    assert isinstance(error, SecurityPolicyError)
    assert "not signed" in str(error)


def test_an_empty_security_header_is_refused(world: World) -> None:
    def meddle(draft: Draft, _: World) -> None:
        draft.security[:] = []

    assert isinstance(own_fault(world, meddle), SecurityPolicyError)


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        (0, "the Messaging is not signed"),
        (1, "the Body is not signed"),
        (3, "payload-2@kz.example"),
    ],
)
def test_whatever_is_not_covered_is_named(world: World, left_out: int, named: str) -> None:
    def meddle(draft: Draft, world: World) -> None:
        references = draft.references()
        del references[left_out]
        draft.sign(world.kz.own.signer, references)

    error = own_fault(world, meddle)

    assert isinstance(error, SecurityPolicyError)
    assert named in str(error)


def test_a_signature_over_what_is_no_part_of_the_message_is_refused(world: World) -> None:
    def meddle(draft: Draft, world: World) -> None:
        inside = draft.find("eb:UserMessage")
        inside.set("id", "inside")
        draft.sign(world.kz.own.signer, [*draft.references(), reference_to("#inside", inside)])

    assert isinstance(own_fault(world, meddle), AuthenticationError)


def test_a_part_added_on_the_way_is_not_covered(world: World) -> None:
    def meddle(draft: Draft, _: World) -> None:
        draft.parts.append(mime.Part(content=b"more", content_id="more@kz.example"))

    assert isinstance(meddled(world, meddle), SecurityPolicyError)
    assert isinstance(own_fault(world, meddle), SecurityPolicyError)


def test_a_signed_payload_that_is_not_there_is_a_mime_inconsistency(world: World) -> None:
    def meddle(draft: Draft, world: World) -> None:
        draft.sign(world.kz.own.signer)
        draft.parts.pop()

    assert isinstance(own_fault(world, meddle), MimeInconsistencyError)


def change_digest(draft: Draft, _: World) -> None:
    value = draft.find("ds:DigestValue")
    value.text = alg.encode64(bytes(32))


def change_header(draft: Draft, _: World) -> None:
    draft.find("eb:Action").text = "TM-011"


def change_body(draft: Draft, _: World) -> None:
    draft.find("env:Body").text = " "


def swap_payloads(draft: Draft, _: World) -> None:
    first, second = draft.parts
    draft.parts = [
        replace(first, content=second.content),
        replace(second, content=first.content),
    ]


@pytest.mark.parametrize(
    "meddle", [change_digest, change_header, change_body, change_signature_value, swap_payloads]
)
def test_whatever_is_altered_breaks_the_signature(world: World, meddle: Meddling) -> None:
    error = own_fault(world, meddle)

    assert isinstance(error, AuthenticationError)
    assert error.ebms_code == "EBMS:0101"


def test_another_partners_signature_is_not_this_partners(world: World) -> None:
    def meddle(draft: Draft, world: World) -> None:
        draft.sign(world.tj.own.signer)

    error = own_fault(world, meddle)

    assert isinstance(error, AuthenticationError)
    assert KZ in str(error)


def test_a_foreign_certificate_is_not_known(world: World) -> None:
    made = certificate(world.kz.signing_key, KZ, Purpose.SIGNING)

    def meddle(draft: Draft, world: World) -> None:
        draft.sign(PemSigner(world.kz.signing_key, made))

    assert isinstance(own_fault(world, meddle), AuthenticationError)


@pytest.mark.parametrize("days", [-1, 366])
def test_a_certificate_outside_its_dates_authenticates_nobody(world: World, days: int) -> None:
    error = refusal(world, world.pack(), at=AT + timedelta(days=days))

    assert isinstance(error, AuthenticationError)
    assert "certificate" in str(error)


def test_a_certificate_for_encryption_signs_nothing(world: World) -> None:
    made = certificate(world.kz.signing_key, KZ, Purpose.ENCRYPTION)
    draft = Draft.of(world.signed_only.pack()).sign(PemSigner(world.kz.signing_key, made))

    error = refusal(
        world.signed_only,
        draft.close(),
        sender=world.signed_only.partner(world.kz, signing=(made,)),
    )

    assert "digitalSignature" in str(error)


def test_during_a_roll_over_both_certificates_hold(world: World) -> None:
    made = certificate(world.kz.signing_key, KZ, Purpose.SIGNING)
    both = world.partner(world.kz, signing=(made, *world.kz.known.signing))
    draft = Draft.of(world.signed_only.pack()).sign(PemSigner(world.kz.signing_key, made))
    sender = world.signed_only.partner(world.kz, signing=both.signing)

    assert world.unpack(world.pack(), sender=both).signer == world.kz.known.signing[0]
    assert world.signed_only.unpack(draft.close(), sender=sender).signer == made


def test_a_certificate_that_ends_soon_still_signs(world: World) -> None:
    assert world.unpack(world.pack(), at=AT + timedelta(days=364)).sender == KZ
