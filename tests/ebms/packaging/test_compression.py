from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import DecompressionError
from exchange_node.domain.transmission.content import Content, whole
from exchange_node.ebms.packaging.compression import deflate, inflate
from tests.pieces import Pieces, PieceSpool

MEGABYTE = 1_000_000


def opened(content: bytes, max_bytes: int = 20 * MEGABYTE, max_ratio: int = 200) -> bytes:
    return whole(inflate(content, max_bytes=max_bytes, max_ratio=max_ratio))


def test_equal_contents_give_equal_bytes_that_any_gzip_reads() -> None:
    assert deflate(b"abc" * 99) == deflate(b"abc" * 99)
    assert gzip.decompress(deflate(b"abc" * 99)) == b"abc" * 99


def test_a_small_document_of_blanks_is_no_bomb() -> None:
    assert len(opened(deflate(bytes(MEGABYTE)))) == MEGABYTE


def test_a_zip_bomb_is_refused_by_its_ratio() -> None:
    with pytest.raises(DecompressionError, match="grows beyond"):
        opened(gzip.compress(bytes(19 * MEGABYTE)))


def test_a_document_beyond_its_size_is_refused() -> None:
    content = deflate(b"x" * 101)

    assert len(opened(content, max_bytes=101)) == 101
    with pytest.raises(DecompressionError, match="grows beyond 100 bytes"):
        opened(content, max_bytes=100)


@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", deflate(b"abc")[:-1], deflate(b"abc")[:-5], deflate(b"abc")[:4]],
)
def test_what_is_no_whole_gzip_is_refused(content: bytes) -> None:
    with pytest.raises(DecompressionError):
        opened(content)


def test_what_follows_the_content_is_refused() -> None:
    for more in (b"\x00", deflate(b"another member")):
        with pytest.raises(DecompressionError, match="something follows"):
            opened(deflate(b"abc") + more)


def test_a_checksum_that_does_not_fit_is_refused() -> None:
    content = bytearray(deflate(b"abc"))
    content[-8] ^= 1

    with pytest.raises(DecompressionError, match="damaged"):
        opened(bytes(content))


@given(st.binary(max_size=2000))
def test_laws_of_the_way_there_and_back(content: bytes) -> None:
    assert opened(deflate(content)) == content


@given(st.binary(max_size=200))
def test_laws_of_junk(content: bytes) -> None:
    with pytest.raises(DecompressionError):
        opened(content)


def outcome(content: Content, max_bytes: int) -> bytes | str:
    try:
        return whole(inflate(content, max_bytes=max_bytes, max_ratio=200, new_spool=PieceSpool))
    except DecompressionError as err:
        return str(err)


@given(st.binary(max_size=300), st.integers(1, 9), st.integers(0, 400), st.integers(0, 20))
def test_laws_of_where_the_content_lies(
    content: bytes, length: int, max_bytes: int, cut: int
) -> None:
    for packed in (deflate(content), deflate(content)[: -1 - cut], deflate(content) + b"x"):
        assert outcome(Pieces(packed, length), max_bytes) == outcome(packed, max_bytes)


def test_what_grows_beyond_what_is_small_goes_into_a_spool_within_its_bounds() -> None:
    content = bytes(range(256)) * 8_000

    made = inflate(deflate(content), max_bytes=len(content), max_ratio=1_000, new_spool=PieceSpool)

    assert isinstance(made, Pieces)
    assert made.octets == content
    with pytest.raises(DecompressionError, match="grows beyond 2047999 bytes"):
        inflate(deflate(content), max_bytes=len(content) - 1, max_ratio=1_000)
    with pytest.raises(DecompressionError, match="cut off"):
        inflate(deflate(content)[:-1], max_bytes=len(content), max_ratio=1_000)
    with pytest.raises(DecompressionError, match="something follows"):
        inflate(deflate(content) + b"x", max_bytes=len(content), max_ratio=1_000)


def test_large_content_is_deflated_piece_by_piece() -> None:
    made = deflate(Pieces(b"abc" * 99), PieceSpool)

    assert isinstance(made, Pieces)
    assert gzip.decompress(made.octets) == b"abc" * 99
