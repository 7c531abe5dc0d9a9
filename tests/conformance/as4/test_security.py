from __future__ import annotations

from dataclasses import replace

from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.packaging.compression import deflate
from exchange_node.ebms.wss.tokens import key_identifier
from exchange_node.security import algorithms as alg
from exchange_node.security.certificates import der_of
from exchange_node.security.signature import reference_to
from tests.conformance.as4.peer import Peer, Post
from tests.ebms.answers import receipt, receipt_of
from tests.ebms.meddling import WSU_ID, Draft, refusal
from tests.ebms.parties import CONTENT, World
from tests.world import Pair


def algorithms_of(draft: Draft, name: str) -> set[str]:
    signature = draft.find("ds:Signature")
    return {str(one.get("Algorithm")) for one in signature.iter(f"{{{alg.DS}}}{name}")}


def test_ta12_a_message_is_signed_with_the_senders_certificate(
    both: Pair, legs: tuple[Post, ...]
) -> None:
    for post in legs:
        own = both.kz if post.caller == "customs.kz" else both.uz
        draft = post.draft
        assert algorithms_of(draft, "SignatureMethod") == {
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
        }
        assert algorithms_of(draft, "DigestMethod") == {"http://www.w3.org/2001/04/xmlenc#sha256"}
        token = draft.find("wsse:BinarySecurityToken")
        assert alg.decode64(token.text) == der_of(own.alerting.packing.keys.signer.certificate)


def test_ta12_header_body_and_every_part_are_signed(legs: tuple[Post, ...]) -> None:
    for post in legs:
        draft = post.draft
        signed = {one.get("URI") for one in draft.find("ds:SignedInfo").iter("{*}Reference")}
        assert signed == {
            f"#{draft.find('eb:Messaging').get(WSU_ID)}",
            f"#{draft.find('env:Body').get(WSU_ID)}",
            *(f"cid:{part.content_id}" for part in draft.parts),
        }
        assert len(draft.parts) == 1


def test_ta13_payloads_are_encrypted_for_the_receiver(both: Pair, legs: tuple[Post, ...]) -> None:
    for post in legs:
        other = both.uz if post.caller == "customs.kz" else both.kz
        draft = post.draft
        (data,) = draft.security.iter(f"{{{alg.XENC}}}EncryptedData")
        method = data.find(f"{{{alg.XENC}}}EncryptionMethod")
        assert method is not None
        assert method.get("Algorithm") == "http://www.w3.org/2009/xmlenc11#aes128-gcm"
        named = next(draft.find("xenc:EncryptedKey").iter("{*}KeyIdentifier")).text
        own = [key_identifier(one.certificate) for one in other.alerting.packing.keys.decrypters]
        assert alg.decode64(named) in own
        assert not whole(draft.parts[0].content).startswith(b"\x1f\x8b")  # gzip, in the clear


def test_ta34_what_is_compressed_then_signed_is_receipted(world: World) -> None:
    packed = world.signed_only.pack()

    found = receipt(world, receipt_of(world.signed_only, packed))

    assert set(found.references) == set(packed.references)


def test_ta35_what_is_signed_then_compressed_is_refused(world: World) -> None:
    draft = Draft.of(world.signed_only.pack())
    signed_plain = [
        *draft.references()[:2],
        reference_to(f"cid:{draft.parts[0].content_id}", CONTENT),
    ]

    error = refusal(world.signed_only, draft.sign(world.kz.own.signer, signed_plain).close())

    assert error.ebms_code == "EBMS:0101"


def test_ta36_what_is_compressed_then_encrypted_is_receipted(peer: Peer) -> None:
    packed = peer.pack(peer.message())

    assert peer.receipt(packed).references
    assert len(peer.delivered()) == 1


def test_ta37_what_is_encrypted_then_compressed_is_refused(peer: Peer) -> None:
    draft = Draft.of(peer.pack(peer.message()))
    draft.parts = [replace(one, content=deflate(one.content)) for one in draft.parts]

    error = peer.error(draft.close())

    assert (error.ebms_code, error.short) == ("EBMS:0102", "FailedDecryption")


def test_ta38_what_is_compressed_signed_and_encrypted_is_receipted(peer: Peer) -> None:
    draft = Draft.of(packed := peer.pack(peer.message()))
    assert draft.find("eb:Property[@name='CompressionType']").text == "application/gzip"
    assert draft.find("ds:Signature") is not None
    assert draft.find("xenc:EncryptedData") is not None

    assert peer.receipt(packed).references
