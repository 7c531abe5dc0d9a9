from __future__ import annotations

import hashlib
import os
import re

from hypothesis import given
from hypothesis import strategies as st

from exchange_node.security.tokens import digest_of, new_token


def test_a_token_has_256_random_bits_and_says_what_it_is() -> None:
    asked: list[int] = []

    def random_bytes(size: int) -> bytes:
        asked.append(size)
        return b"\xff" * size

    text, digest = new_token(random_bytes)

    assert asked == [32]
    assert text == "cen_" + "_" * 42 + "8"
    assert digest == hashlib.sha256(text.encode()).hexdigest()


def test_each_token_is_another() -> None:
    assert len({new_token(os.urandom) for _ in range(9)}) == 9


@given(st.text(st.characters()))
def test_laws_of_junk_tokens(text: str) -> None:
    assert re.fullmatch("[0-9a-f]{64}", digest_of(text))
