from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.transmission.content import (
    SMALL_BYTES,
    Content,
    InMemory,
    Joined,
    chunks_of,
    collect,
    find_in,
    handy,
    part_of,
    pieces_of,
    size_of,
    whole,
)
from tests.pieces import Pieces

BYTES = st.binary(max_size=40)
PIECES = st.builds(Pieces, BYTES, st.integers(1, 7))
CONTENT: st.SearchStrategy[Content] = st.one_of(
    BYTES, PIECES, st.lists(st.one_of(BYTES, PIECES), max_size=4).map(Joined)
)


@given(CONTENT)
def test_laws_of_the_whole(content: Content) -> None:
    octets = whole(content)

    assert size_of(content) == len(octets)
    assert b"".join(chunks_of(content)) == octets
    assert whole(content) == octets


@given(CONTENT, st.integers(0, 50), st.integers(0, 50))
def test_laws_of_a_part(content: Content, start: int, more: int) -> None:
    end = min(start + more, size_of(content))

    assert whole(part_of(content, start, end)) == whole(content)[start:end]


@given(
    st.lists(st.sampled_from([b"a", b"b"]), max_size=30).map(b"".join),
    st.integers(1, 7),
    st.lists(st.sampled_from([b"a", b"b"]), min_size=1, max_size=5).map(b"".join),
    st.integers(0, 30),
)
def test_laws_of_what_is_found(octets: bytes, length: int, needle: bytes, start: int) -> None:
    at = min(start, len(octets))

    assert find_in(Pieces(octets, length), needle, at) == octets.find(needle, at)
    assert find_in(octets, needle, at) == octets.find(needle, at)


@given(CONTENT, st.integers(1, 9))
def test_laws_of_pieces_of_one_size(content: Content, size: int) -> None:
    pieces = list(pieces_of(content, size))

    assert b"".join(pieces) == whole(content)
    assert {len(one) for one in pieces[:-1]} <= {size}
    assert all(0 < len(one) <= size for one in pieces[-1:])


def test_what_is_small_is_taken_into_memory_and_what_is_large_stays_where_it_lies() -> None:
    large = Pieces(bytes(SMALL_BYTES + 1), SMALL_BYTES)

    assert handy(Pieces(b"abc")) == b"abc"
    assert handy(large) is large


def test_joined_pieces_are_not_copied_for_a_part() -> None:
    (part,) = Joined([b"ab", Pieces(b"cdef")]).part(2, 5).chunks()

    assert part == b"cde"


def test_chunks_are_collected_in_a_spool_of_the_caller() -> None:
    assert collect(iter([b"a", b"", b"bc"]), InMemory) == b"abc"
