from __future__ import annotations

import zlib

import pytest

from exchange_node.domain.errors import BrokenSealError
from exchange_node.security.carried import read_statement, write_statement
from exchange_node.security.carried import statement as statements
from tests.security.carried.test_code import EC, KEYS, OTHER

PLAIN = {"office": "UZ1701", "arrivals": [{"means": "Ўзбек 01 A"}], "at": "2026-03-02"}


@pytest.mark.parametrize("kind", KEYS)
def test_what_was_stated_is_read_again(kind: str) -> None:
    signer = KEYS[kind]

    read = read_statement(
        write_statement("entries", PLAIN, signer), "entries", [signer.certificate]
    )

    assert read.content == PLAIN
    assert read.signer == signer.certificate


def test_a_statement_cut_at_any_byte_is_refused() -> None:
    whole = write_statement("entries", PLAIN, EC)

    for end in range(len(whole)):
        with pytest.raises(BrokenSealError):
            read_statement(whole[:end], "entries", [EC.certificate])


def test_a_statement_with_a_byte_altered_is_refused() -> None:
    whole = write_statement("entries", PLAIN, EC)

    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(BrokenSealError):
            read_statement(bytes(changed), "entries", [EC.certificate])


def test_a_statement_of_one_kind_is_none_of_another() -> None:
    with pytest.raises(BrokenSealError, match="of kind index"):
        read_statement(write_statement("entries", PLAIN, EC), "index", [EC.certificate])


def test_a_statement_of_somebody_else_is_refused() -> None:
    with pytest.raises(BrokenSealError, match="not among the 1 trusted"):
        read_statement(write_statement("entries", PLAIN, OTHER), "entries", [EC.certificate])


def test_a_statement_that_grows_beyond_the_bound_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    large = write_statement("entries", {"x": "x" * 5000}, EC)
    assert len(large) < 1000
    monkeypatch.setattr(statements, "MOST_PLAIN_BYTES", 1000)

    with pytest.raises(BrokenSealError, match="more than 1000"):
        read_statement(large, "entries", [EC.certificate])


def test_a_statement_is_small() -> None:
    many = {"arrivals": [PLAIN | {"number": number} for number in range(100)]}

    assert len(write_statement("entries", many, EC)) < len(zlib.compress(str(many).encode())) + 500
