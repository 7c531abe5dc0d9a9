from __future__ import annotations

import hashlib
import os

from hypothesis import given
from hypothesis import strategies as st

from exchange_node.security.tokens import digest_of, is_token, new_token


def test_a_token_fits_its_own_digest_and_no_other() -> None:
    text, digest = new_token(os.urandom)
    other, _ = new_token(os.urandom)

    assert is_token(text, digest)
    assert not is_token(other, digest)


def test_a_token_has_256_random_bits_and_says_what_it_is() -> None:
    asked: list[int] = []

    def random_bytes(size: int) -> bytes:
        asked.append(size)
        return b"\xff" * size

    text, digest = new_token(random_bytes)

    assert asked == [32]
    assert text == "cen_" + "_" * 42 + "8"
    assert digest == hashlib.sha256(text.encode()).hexdigest()


@given(st.text(st.characters()), st.text())
def test_laws_of_junk_tokens(text: str, digest: str) -> None:
    assert is_token(text, digest) == (digest_of(text) == digest)
