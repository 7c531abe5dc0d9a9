from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import QueuePool, delete, update

from exchange_node.domain.errors import AlteredRecordError, StoreError, UnknownRecordError
from exchange_node.domain.transmission.content import CHUNK_BYTES, InMemory
from exchange_node.store import payloads
from exchange_node.store.database import open_database, reading, transaction
from exchange_node.store.tables import payload, payload_chunk
from tests.pieces import Pieces, PieceSpool

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine

    from exchange_node.store.payloads import Vault

SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES]


def _bytes(size: int) -> bytes:
    return bytes(i % 251 for i in range(size))


@pytest.mark.parametrize("size", SIZES)
def test_what_is_kept_is_fetched(database: Engine, vault: Vault, size: int) -> None:
    content = _bytes(size)
    with transaction(database) as conn:
        kept = payloads.keep(conn, "p", content, vault)

    with reading(database) as conn:
        assert payloads.fetch(conn, "p", vault) == content
        assert payloads.about(conn, "p") == kept
    assert kept.digest == hashlib.sha256(content).hexdigest()
    assert kept.size == size


@pytest.mark.parametrize("size", SIZES)
def test_what_lies_in_pieces_is_kept_and_fetched_in_pieces(
    database: Engine, vault: Vault, size: int
) -> None:
    content = _bytes(size)
    with transaction(database) as conn:
        kept = payloads.keep(conn, "p", Pieces(content, 70_001), vault)
        same = payloads.keep(conn, "p", content, vault)

    fetched = payloads.fetch_content(database, "p", vault, PieceSpool)
    assert kept == same
    assert isinstance(fetched, Pieces)
    assert fetched.octets == content


@settings(max_examples=25)
@given(
    contents=st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
        st.binary(max_size=1000).flatmap(
            lambda some: st.integers(0, 3).map(lambda times: some + b"x" * (times * CHUNK_BYTES))
        ),
        max_size=3,
    )
)
def test_laws_of_the_round_trip(
    migrated_file: Path, vault: Vault, contents: dict[str, bytes]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(migrated_file, Path(folder) / "node.db")
        engine = open_database(f"sqlite:///{folder}/node.db")
        with transaction(engine) as conn:
            for name, content in contents.items():
                payloads.keep(conn, name, content, vault)

        with reading(engine) as conn:
            assert {name: payloads.fetch(conn, name, vault) for name in contents} == contents
        engine.dispose()


def test_chunks_are_yielded_one_by_one(database: Engine, vault: Vault) -> None:
    with transaction(database) as conn:
        payloads.keep(conn, "p", _bytes(2 * CHUNK_BYTES + 5), vault)

    with reading(database) as conn:
        sizes = [len(chunk) for chunk in payloads.iter_chunks(conn, "p", vault)]

    assert sizes == [CHUNK_BYTES, CHUNK_BYTES, 5]


class WatchingSpool(InMemory):
    """A spool that counts the connections in use as bytes come, and does what the test says."""

    def __init__(self, engine: Engine, then: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.in_use: list[int] = []
        self._pool = engine.pool
        self._then = then

    def write(self, chunk: bytes) -> None:
        assert isinstance(self._pool, QueuePool)
        self.in_use.append(self._pool.checkedout())
        self._then()
        super().write(chunk)


def test_who_takes_its_time_with_a_large_payload_holds_no_connection(
    database: Engine, vault: Vault
) -> None:
    content = _bytes(3 * payloads.SLICE * CHUNK_BYTES // 2)
    spool = WatchingSpool(database)
    with transaction(database) as conn:
        payloads.keep(conn, "p", content, vault)

    fetched = payloads.fetch_content(database, "p", vault, lambda: spool)

    assert fetched == content
    assert set(spool.in_use) == {0}


def test_a_payload_that_is_disposed_of_while_it_is_fetched_is_unknown(
    database: Engine, vault: Vault, now: datetime
) -> None:
    def dispose() -> None:
        with transaction(database) as conn:
            payloads.dispose(conn, "p", now)

    with transaction(database) as conn:
        payloads.keep(conn, "p", _bytes(3 * payloads.SLICE * CHUNK_BYTES), vault)

    with pytest.raises(UnknownRecordError):
        payloads.fetch_content(database, "p", vault, lambda: WatchingSpool(database, dispose))


def test_nothing_readable_lies_in_the_file(
    sqlite_database: Engine, vault: Vault, tmp_path: Path
) -> None:
    with transaction(sqlite_database) as conn:
        payloads.keep(conn, "p", b"the carrier's name" * 100, vault)
    sqlite_database.dispose()

    assert b"carrier" not in (tmp_path / "node.db").read_bytes()


def test_keeping_the_same_again_changes_nothing(database: Engine, vault: Vault) -> None:
    with transaction(database) as conn:
        first = payloads.keep(conn, "p", b"content", vault)
        second = payloads.keep(conn, "p", b"content", vault)

        assert first == second
        assert payloads.fetch(conn, "p", vault) == b"content"


def test_an_id_never_gets_other_content(database: Engine, vault: Vault) -> None:
    with transaction(database) as conn:
        payloads.keep(conn, "p", b"content", vault)

        with pytest.raises(StoreError, match="other content"):
            payloads.keep(conn, "p", b"another", vault)


def test_what_was_never_kept_is_not_found(database: Engine, vault: Vault) -> None:
    with reading(database) as conn, pytest.raises(UnknownRecordError):
        payloads.fetch(conn, "p", vault)


def test_disposal_leaves_size_and_digest(database: Engine, vault: Vault, now: datetime) -> None:
    with transaction(database) as conn:
        kept = payloads.keep(conn, "p", _bytes(CHUNK_BYTES + 1), vault)

        assert payloads.dispose(conn, "p", now)
        assert not payloads.dispose(conn, "p", now)

    with reading(database) as conn:
        held = payloads.about(conn, "p")
        with pytest.raises(UnknownRecordError):
            payloads.fetch(conn, "p", vault)
        assert conn.execute(payload_chunk.select()).all() == []
    assert (held.size, held.digest, held.disposed_at) == (kept.size, kept.digest, now)


def test_erasing_leaves_nothing(database: Engine, vault: Vault) -> None:
    with transaction(database) as conn:
        payloads.keep(conn, "p", b"content", vault)
        payloads.erase(conn, "p")

        assert conn.execute(payload.select()).all() == []


@pytest.mark.parametrize("position", [0, 1])
def test_an_altered_chunk_is_noticed(database: Engine, vault: Vault, position: int) -> None:
    chunk = payload_chunk.c
    with transaction(database) as conn:
        payloads.keep(conn, "p", _bytes(CHUNK_BYTES + 1), vault)
        where = (chunk.payload_id == "p", chunk.position == position)
        locked = bytearray(conn.execute(payload_chunk.select().where(*where)).one().locked)
        locked[-1] ^= 1
        conn.execute(update(payload_chunk).where(*where).values(locked=bytes(locked)))

    with reading(database) as conn, pytest.raises(AlteredRecordError):
        payloads.fetch(conn, "p", vault)


def test_a_chunk_of_another_payload_is_noticed(database: Engine, vault: Vault) -> None:
    chunk = payload_chunk.c
    with transaction(database) as conn:
        payloads.keep(conn, "p", b"content", vault)
        payloads.keep(conn, "q", b"contend", vault)
        other = conn.execute(payload_chunk.select().where(chunk.payload_id == "q")).one().locked
        conn.execute(update(payload_chunk).where(chunk.payload_id == "p").values(locked=other))

    with reading(database) as conn, pytest.raises(AlteredRecordError):
        payloads.fetch(conn, "p", vault)


@pytest.mark.parametrize("chunks", [1, 2, 4])
def test_another_number_of_chunks_is_noticed(database: Engine, vault: Vault, chunks: int) -> None:
    with transaction(database) as conn:
        payloads.keep(conn, "p", _bytes(3 * CHUNK_BYTES), vault)
        conn.execute(update(payload).values(chunks=chunks))

    with reading(database) as conn, pytest.raises(AlteredRecordError):
        payloads.fetch(conn, "p", vault)


def test_a_missing_chunk_is_noticed(database: Engine, vault: Vault) -> None:
    with transaction(database) as conn:
        payloads.keep(conn, "p", _bytes(3 * CHUNK_BYTES), vault)
        conn.execute(delete(payload_chunk).where(payload_chunk.c.position == 2))

    with reading(database) as conn, pytest.raises(AlteredRecordError):
        payloads.fetch(conn, "p", vault)


def test_an_altered_digest_is_noticed(database: Engine, vault: Vault) -> None:
    with transaction(database) as conn:
        payloads.keep(conn, "p", b"content", vault)
        conn.execute(update(payload).values(digest="0" * 64))

    with reading(database) as conn, pytest.raises(AlteredRecordError):
        payloads.fetch(conn, "p", vault)
