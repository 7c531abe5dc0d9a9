from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from exchange_node.store.admission import tokens
from exchange_node.store.admission.tokens import Token
from exchange_node.store.database import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

HOUR = timedelta(hours=1)


@pytest.fixture(name="token")
def _token(now: datetime) -> Token:
    return Token(
        digest="d" * 64,
        name="asycuda",
        roles=("look", "submit"),
        created_at=now,
        created_by="anna",
        expires_at=now + HOUR,
    )


def test_a_token_is_found_by_its_digest(database: Engine, token: Token) -> None:
    with transaction(database) as conn:
        assert tokens.add(conn, token)

        assert tokens.by_digest(conn, token.digest) == token
        assert tokens.by_digest(conn, "e" * 64) is None


def test_a_name_and_a_digest_are_used_once(database: Engine, token: Token) -> None:
    with transaction(database) as conn:
        tokens.add(conn, token)

        assert not tokens.add(conn, replace(token, digest="e" * 64))
        assert not tokens.add(conn, replace(token, name="other"))
        assert tokens.known(conn) == [token]


def test_a_withdrawn_token_is_not_valid_any_more(
    database: Engine, token: Token, now: datetime
) -> None:
    with transaction(database) as conn:
        tokens.add(conn, token)
        assert tokens.revoke(conn, "asycuda", now)

        assert not tokens.revoke(conn, "asycuda", now + HOUR)
        assert not tokens.revoke(conn, "nobody", now)
        held = tokens.by_digest(conn, token.digest)
    assert held is not None
    assert held.revoked_at == now
    assert not held.is_valid(now)


@pytest.mark.parametrize(("minutes", "valid"), [(-1, False), (0, True), (59, True), (60, False)])
def test_a_token_is_valid_until_its_end(
    token: Token, now: datetime, minutes: int, *, valid: bool
) -> None:
    assert token.is_valid(now + timedelta(minutes=minutes)) is valid


def test_tokens_are_listed_by_name(database: Engine, token: Token) -> None:
    with transaction(database) as conn:
        tokens.add(conn, token)
        tokens.add(conn, replace(token, name="anna", digest="e"))

        assert [one.name for one in tokens.known(conn)] == ["anna", "asycuda"]
