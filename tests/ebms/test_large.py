"""Payloads that lie outside memory: packed, unpacked, and nothing believed too early."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from exchange_node.domain.errors import (
    AuthenticationError,
    DecompressionError,
    DecryptionError,
    MimeInconsistencyError,
    ProtocolError,
    SecurityPolicyError,
)
from exchange_node.domain.transmission.content import (
    SMALL_BYTES,
    Content,
    InMemory,
    Joined,
    NewSpool,
    whole,
)
from exchange_node.ebms.message import Limits, Packed, Received
from exchange_node.ebms.pack import pack
from exchange_node.ebms.packaging.mime import MimeLimits
from exchange_node.ebms.unpack import peek, unpack
from exchange_node.ebms.wss import signing
from tests.ebms.meddling import Draft
from tests.ebms.parties import AT, CONTENT, DRAW, KZ, World
from tests.pieces import Pieces

LARGE = DRAW(SMALL_BYTES + 300_000)


class Spools:
    """Remembers what its spools were given and whether they were finished."""

    def __init__(self) -> None:
        self.finished: list[bytes] = []

    def __call__(self) -> Spools._One:
        return Spools._One(self)

    class _One:
        def __init__(self, spools: Spools) -> None:
            self._spools = spools
            self._octets = bytearray()

        def write(self, chunk: bytes) -> None:
            self._octets += chunk

        def finish(self) -> Content:
            self._spools.finished.append(bytes(self._octets))
            return Pieces(bytes(self._octets), 70_001)


def packed_in(
    world: World, *contents: Content, compresses: bool = True, new_spool: NewSpool = InMemory
) -> Packed:
    return pack(
        world.message(*cast("tuple[bytes, ...]", contents)),
        keys=world.kz.own,
        partner=world.partner(world.uz),
        random_bytes=DRAW,
        new_spool=new_spool,
        compresses=compresses,
    )


def unpacked(
    world: World,
    packed: Packed,
    *,
    limits: Limits | None = None,
    new_spool: NewSpool = InMemory,
) -> Received:
    return unpack(
        packed.content_type,
        packed.body,
        own=world.uz.own,
        partners={KZ: world.partner(world.kz)},
        pmodes=world.pmodes,
        at=AT,
        limits=limits or Limits(),
        new_spool=new_spool,
    )


@pytest.mark.parametrize("compresses", [True, False])
@pytest.mark.parametrize("encrypts", [True, False])
def test_a_large_attachment_crosses_without_ever_being_in_one_piece(
    world: World, *, compresses: bool, encrypts: bool
) -> None:
    world = replace(world, encrypts=encrypts)
    large = Pieces(LARGE, 70_001)

    packed = packed_in(world, CONTENT, large, compresses=compresses, new_spool=Spools())
    received = unpacked(world, packed, new_spool=Spools())

    document, attachment = received.message.payloads
    assert isinstance(packed.body, Joined)
    assert document.content == CONTENT
    assert not isinstance(attachment.content, bytes)
    assert whole(attachment.content) == LARGE
    assert received.references == packed.references


@pytest.mark.parametrize("compresses", [True, False])
def test_payloads_leave_as_gzip_or_as_they_are(world: World, *, compresses: bool) -> None:
    packed = packed_in(world.signed_only, CONTENT, compresses=compresses)

    (part,) = Draft.of(packed).parts
    assert (part.content == CONTENT) is not compresses
    assert (b"CompressionType" in packed.octets) is compresses
    assert part.content_type == ("application/gzip" if compresses else "application/octet-stream")
    (payload,) = unpacked(world.signed_only, packed).message.payloads
    assert (payload.content, payload.mime_type) == (CONTENT, "application/xml")


def test_a_message_without_payloads_crosses(world: World) -> None:
    packed = packed_in(world)

    assert packed.content_type.startswith("application/soap+xml")
    assert unpacked(world, packed).message.payloads == ()


def altered(packed: Packed, at: int) -> Packed:
    body = bytearray(packed.octets)
    body[at] ^= 1
    return replace(packed, body=Pieces(bytes(body), 65_537))


def test_nothing_of_a_large_part_is_finished_before_its_tag_holds(world: World) -> None:
    packed = packed_in(world, CONTENT, Pieces(LARGE, 70_001))
    spools = Spools()

    with pytest.raises(DecryptionError):
        unpacked(world, altered(packed, len(packed.octets) // 2), new_spool=spools)

    assert spools.finished == []


def test_nothing_of_a_large_part_is_inflated_before_its_digest_holds(world: World) -> None:
    packed = packed_in(world.signed_only, CONTENT, Pieces(LARGE, 70_001))
    spools = Spools()

    with pytest.raises(AuthenticationError, match="digest"):
        unpacked(world.signed_only, altered(packed, len(packed.octets) // 2), new_spool=spools)

    assert spools.finished == []


@pytest.mark.parametrize(
    ("limits", "error", "why"),
    [
        (Limits(max_document_bytes=80), DecompressionError, "beyond 80 bytes"),
        (Limits(max_attachment_bytes=1_200_000), DecompressionError, "beyond 1200000 bytes"),
        (Limits(max_total_bytes=1_200_000), DecompressionError, "beyond"),
        (Limits(mime=MimeLimits(max_bytes=900_000)), MimeInconsistencyError, "at most 900000"),
        (Limits(mime=MimeLimits(max_parts=2)), MimeInconsistencyError, "more than 2 parts"),
        (Limits(mime=MimeLimits(max_header_bytes=50)), MimeInconsistencyError, "within 50 bytes"),
        (Limits(max_ratio=0), DecompressionError, "beyond 1000000 bytes"),
    ],
)
def test_each_bound_has_its_error(
    world: World, limits: Limits, error: type[ProtocolError], why: str
) -> None:
    packed = packed_in(world, bytes(81), Pieces(LARGE, 70_001))

    with pytest.raises(error, match=why):
        unpacked(world, packed, limits=limits)


@pytest.mark.parametrize("compresses", [True, False])
def test_an_attachment_may_be_larger_than_a_document(world: World, *, compresses: bool) -> None:
    limits = Limits(max_document_bytes=100, max_attachment_bytes=101)
    packed = packed_in(world, bytes(100), bytes(101), compresses=compresses)

    assert len(unpacked(world, packed, limits=limits).message.payloads) == 2
    packed = packed_in(world, bytes(101), bytes(100), compresses=compresses)
    with pytest.raises((DecompressionError, MimeInconsistencyError), match="100"):
        unpacked(world, packed, limits=limits)


def test_an_envelope_of_megabytes_is_refused_unread(world: World) -> None:
    huge = b"<env:Envelope>" + b" " * 2_000_000

    with pytest.raises(ProtocolError, match="the envelope has 2000014 bytes"):
        unpacked(
            world,
            Packed(content_type="application/soap+xml", body=Pieces(huge, 9_999), references=()),
        )
    assert peek("application/soap+xml", Pieces(huge, 9_999)) is None


def test_the_id_of_a_large_message_is_read_without_the_rest(world: World) -> None:
    packed = packed_in(world, CONTENT, Pieces(LARGE, 70_001))

    assert peek(packed.content_type, packed.body) == "7d0c-1@kz.example"


def test_what_is_too_large_for_a_canonical_form_must_be_signed_as_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = Draft.of(packed_in(world.signed_only, CONTENT, compresses=False))
    references = draft.references()
    draft.parts = [replace(draft.parts[0], content=b"<a />", content_type="text/xml")]
    draft.sign(world.kz.own.signer, references)
    monkeypatch.setattr(signing, "MAX_CANONICAL", 4)

    with pytest.raises(SecurityPolicyError, match="send it compressed"):
        unpacked(world.signed_only, draft.close())
