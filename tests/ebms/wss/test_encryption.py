from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest
from cryptography import x509
from lxml import etree

from exchange_node.domain.errors import (
    AuthenticationError,
    DecryptionError,
    InvalidSettingError,
    MimeInconsistencyError,
    ProtocolError,
    SecurityPolicyError,
)
from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.message import OwnKeys
from exchange_node.ebms.pack import pack
from exchange_node.ebms.packaging import mime
from exchange_node.ebms.unpack import unpack
from exchange_node.ebms.wss import tokens
from exchange_node.security import algorithms as alg
from exchange_node.security.certificates import Purpose
from exchange_node.security.keys import (
    Oaep,
    PemDecrypter,
    PemSigner,
    new_ec_key,
    new_rsa_key,
    wrap_oaep,
)
from exchange_node.security.suites import ContentKey, Rsa, TransportedKey
from tests.ebms.meddling import (
    Draft,
    Meddling,
    change_signature_value,
    meddled,
    refusal,
    removed,
    set_to,
)
from tests.ebms.parties import AT, CONTENT, KZ, World, certificate


def test_an_altered_cipher_text_does_not_open_and_the_cause_is_not_told(world: World) -> None:
    def bit(draft: Draft, _: World) -> None:
        content = bytearray(whole(draft.parts[0].content))
        content[-1] ^= 1
        draft.parts[0] = replace(draft.parts[0], content=bytes(content))

    def cut(draft: Draft, _: World) -> None:
        draft.parts[0] = replace(draft.parts[0], content=whole(draft.parts[0].content)[:20])

    def key(draft: Draft, _: World) -> None:
        draft.find("xenc:CipherValue").text = alg.encode64(bytes(256))

    def label(draft: Draft, _: World) -> None:
        params = etree.SubElement(
            draft.find("xenc:EncryptedKey/xenc:EncryptionMethod"), f"{{{alg.XENC}}}OAEPparams"
        )
        params.text = "eHl6"

    def digest(draft: Draft, _: World) -> None:
        draft.find("xenc:EncryptedKey//ds:DigestMethod").set("Algorithm", alg.SHA512)

    errors = [meddled(world, one) for one in (bit, cut, key, label, digest, swap_to_foreign_key)]

    assert {str(one) for one in errors} == {str(DecryptionError())}


def swap_to_foreign_key(draft: Draft, world: World) -> None:
    identifier = draft.find("xenc:EncryptedKey//wsse:KeyIdentifier")
    foreign = tokens.key_identifier(world.tj.own.decrypters[0].certificate)
    identifier.text = alg.encode64(foreign)


def test_an_unencrypted_payload_is_refused_where_encryption_is_agreed(world: World) -> None:
    error = refusal(world, world.signed_only.pack())

    assert isinstance(error, SecurityPolicyError)
    assert "payload-1@kz.example' is not encrypted" in str(error)


def test_one_unencrypted_payload_among_encrypted_ones_is_refused(world: World) -> None:
    def meddle(draft: Draft, _: World) -> None:
        draft.security.remove(draft.find("xenc:EncryptedData[2]"))

    assert "is not encrypted" in str(meddled(world, meddle))


def test_keys_and_vectors_are_fresh_for_every_message_and_part(world: World) -> None:
    drafts = [Draft.of(world.pack(world.message(CONTENT, CONTENT))) for _ in range(2)]

    vectors = {whole(part.content)[:12] for draft in drafts for part in draft.parts}
    keys = {draft.find("xenc:CipherValue").text for draft in drafts}

    assert (len(vectors), len(keys)) == (4, 2)
    assert {part.content_type for draft in drafts for part in draft.parts} == {mime.OCTETS}


def test_an_encrypted_message_may_come_where_none_is_agreed(world: World) -> None:
    sender = world.signed_only.partner(world.kz)

    assert world.unpack(world.pack(), sender=sender).message == world.message(CONTENT)


def test_after_a_roll_over_the_former_key_still_opens(world: World) -> None:
    key = new_rsa_key(2048)
    new = PemDecrypter(key, certificate(key, "customs.uz", Purpose.ENCRYPTION))
    own = OwnKeys(
        party="customs.uz",
        signers=world.uz.own.signers,
        decrypters=(new, *world.uz.own.decrypters),
    )
    packed = world.pack()

    received = unpack(
        packed.content_type,
        packed.body,
        own=own,
        partners={KZ: world.partner(world.kz)},
        pmodes=world.pmodes,
        at=AT,
    )

    assert received.message == world.message(CONTENT)


def test_the_recipients_certificate_may_be_carried(world: World) -> None:
    draft = Draft.of(world.pack())
    recipient = world.uz.own.decrypters[0].certificate
    key = draft.find("xenc:EncryptedKey")
    key.replace(
        draft.find("xenc:EncryptedKey/ds:KeyInfo"),
        tokens.new_reference("#recipient", tokens.X509_V3),
    )
    draft.security.insert(0, tokens.new_binary_token(recipient, "recipient"))

    assert world.unpack(draft.close()).message == world.message(CONTENT)


def test_a_data_reference_finds_the_key_where_the_data_name_none(world: World) -> None:
    draft = Draft.of(world.pack())
    data = draft.find("xenc:EncryptedData")
    data.remove(draft.find("xenc:EncryptedData/ds:KeyInfo"))

    assert world.unpack(draft.close()).sender == KZ

    draft.find("xenc:DataReference").set("URI", "#other")
    assert isinstance(refusal(world, draft.close()), DecryptionError)


@pytest.mark.parametrize(
    ("meddle", "expected"),
    [
        (set_to("xenc:EncryptedData", "Type", "urn:complete"), SecurityPolicyError),
        (removed("xenc:CipherReference"), SecurityPolicyError),
        (set_to("xenc:CipherReference", "URI", "#body"), SecurityPolicyError),
        (set_to("xenc:CipherReference", "URI", "cid:other@kz"), SecurityPolicyError),
        (set_to("xenc:CipherReference//ds:Transform", "Algorithm", "urn:x"), SecurityPolicyError),
        (
            set_to(
                "xenc:EncryptedData/xenc:EncryptionMethod", "Algorithm", f"{alg.XENC}aes128-cbc"
            ),
            SecurityPolicyError,
        ),
        (removed("xenc:EncryptedData/xenc:EncryptionMethod"), SecurityPolicyError),
        (
            set_to("xenc:EncryptedKey/xenc:EncryptionMethod", "Algorithm", f"{alg.XENC}rsa-1_5"),
            SecurityPolicyError,
        ),
        (set_to("xenc:EncryptedData//wsse:Reference", "URI", "#other"), DecryptionError),
        (removed("xenc:EncryptedKey"), DecryptionError),
        (removed("xenc:EncryptedKey/xenc:EncryptionMethod"), DecryptionError),
        (removed("xenc:CipherValue"), DecryptionError),
        (removed("xenc:EncryptedKey/ds:KeyInfo"), SecurityPolicyError),
    ],
)
def test_encryption_that_is_not_as_agreed_is_refused(
    world: World, meddle: Meddling, expected: type[ProtocolError]
) -> None:
    assert isinstance(meddled(world, meddle), expected)


def test_encrypted_data_for_no_part_or_for_one_twice_is_refused(world: World) -> None:
    def none(draft: Draft, _: World) -> None:
        more = deepcopy(draft.find("xenc:EncryptedData"))
        more.set("Id", "more")
        next(more.iter(f"{{{alg.XENC}}}CipherReference")).set("URI", "cid:other@kz.example")
        draft.security.append(more)

    def twice(draft: Draft, _: World) -> None:
        more = deepcopy(draft.find("xenc:EncryptedData"))
        more.set("Id", "more")
        draft.security.append(more)

    def no_label(draft: Draft, _: World) -> None:
        method = draft.find("xenc:EncryptedKey/xenc:EncryptionMethod")
        etree.SubElement(method, f"{{{alg.XENC}}}OAEPparams").text = "?"

    assert isinstance(meddled(world, none), MimeInconsistencyError)
    assert isinstance(meddled(world, twice), SecurityPolicyError)
    assert isinstance(meddled(world, no_label), DecryptionError)


def test_nobody_makes_us_use_a_decryption_key_without_a_known_signature(world: World) -> None:
    class Watched:
        certificate = world.uz.own.decrypters[0].certificate
        used = False

        def decrypt(self, *_: object) -> bytes | None:
            self.used = True
            return None

        agree = decrypt

    watched = Watched()
    own = replace(world.uz.own, decrypters=(watched,))
    draft = Draft.of(world.pack())
    change_signature_value(draft, world)
    packed = draft.close()

    with pytest.raises(AuthenticationError):
        unpack(
            packed.content_type,
            packed.body,
            own=own,
            partners={KZ: world.partner(world.kz)},
            pmodes=world.pmodes,
            at=AT,
        )
    assert not watched.used


class Legacy(Rsa):
    """A partner that wraps keys as XML Encryption 1.0 did, with SHA-1 and nothing declared."""

    def encrypt_key(
        self,
        certificate: x509.Certificate,
        key: ContentKey,
        random_bytes: Callable[[int], bytes],
    ) -> TransportedKey:
        del random_bytes
        value = wrap_oaep(certificate, key.octets, Oaep(digest="sha1", mask="sha1"))
        return TransportedKey(algorithm=alg.RSA_OAEP_MGF1P, cipher_value=value)


def test_a_key_wrapped_with_the_defaults_of_the_standard_is_opened(world: World) -> None:
    partner = world.partner(world.uz, suite=Legacy())
    packed = pack(
        world.message(CONTENT), keys=world.kz.own, partner=partner, random_bytes=world.random_bytes
    )

    assert world.unpack(packed).message == world.message(CONTENT)


def test_keys_that_the_suite_does_not_use_are_a_matter_of_configuration(world: World) -> None:
    key = new_ec_key()
    signer = PemSigner(key, certificate(key, KZ, Purpose.SIGNING))
    for keys, partner in (
        (replace(world.kz.own, signers=(signer,)), world.partner(world.uz)),
        (world.kz.own, world.partner(world.uz, encryption=(signer.certificate,))),
        (world.kz.own, world.partner(world.uz, encryption=())),
    ):
        with pytest.raises(InvalidSettingError):
            pack(world.message(CONTENT), keys=keys, partner=partner, random_bytes=bytes)
