from __future__ import annotations

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import MimeInconsistencyError
from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.packaging.transfer import decoded
from tests.pieces import Pieces, PieceSpool

LETTERS = st.sampled_from([b"Q", b"U", b"J", b"=", b"\r\n", b" ", b"?", b"=3D", b"a", b"=\r\n"])
JUNK = st.lists(LETTERS, max_size=20).map(b"".join)


@given(st.binary(max_size=100), st.integers(1, 9))
def test_laws_of_the_way_back_from_either_encoding(octets: bytes, length: int) -> None:
    for encoding, text in (
        ("base64", base64.encodebytes(octets).replace(b"\n", b"\r\n")),
        ("quoted-printable", quopri.encodestring(octets, quotetabs=True)),
        ("binary", octets),
    ):
        assert whole(decoded(Pieces(text, length), encoding, PieceSpool)) == octets
        assert decoded(text, encoding) == octets


def outcome(content: bytes | Pieces, encoding: str) -> bytes | None:
    try:
        return whole(decoded(content, encoding, PieceSpool))
    except MimeInconsistencyError:
        return None


@given(JUNK, st.integers(1, 9))
def test_laws_of_where_the_content_lies(text: bytes, length: int) -> None:
    for encoding in ("base64", "quoted-printable"):
        assert outcome(Pieces(text, length), encoding) == outcome(text, encoding)


@pytest.mark.parametrize("text", [b"QQ==QUJD", b"QQ=", b"?", b"QQ===", b"Q"])
def test_what_is_no_base64_is_refused_wherever_it_lies(text: bytes) -> None:
    for content in (text, Pieces(text), Pieces(text, 1)):
        with pytest.raises(MimeInconsistencyError, match="no base64"):
            decoded(content, "base64", PieceSpool)


def test_a_line_of_a_large_part_is_bounded() -> None:
    with pytest.raises(MimeInconsistencyError, match="a line of a part"):
        decoded(Pieces(b"x" * 300_000, 100_000), "quoted-printable", PieceSpool)


def test_an_encoding_that_nobody_knows_is_refused() -> None:
    with pytest.raises(MimeInconsistencyError, match="unknown"):
        decoded(b"", "x-uuencode")
