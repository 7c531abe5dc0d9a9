"""What the post keeps, in one SQLite file: entries, what they are found by, records, notes.

Values are encrypted (AES-256-GCM) and bound to their place; what is searched is an HMAC. Whoever
takes the machine away has the number of entries and the times of change, and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange_node.domain.errors import AlteredRecordError, StoreError
from exchange_node.security.vault import NodeVault

_SCHEMA = """
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, locked BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS entry (
  number INTEGER PRIMARY KEY, tag TEXT NOT NULL, locked BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS entry_key (
  value BLOB NOT NULL, number INTEGER NOT NULL REFERENCES entry (number) ON DELETE CASCADE,
  PRIMARY KEY (value, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL, locked BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS record_state ON record (state, sequence);
"""
VERSION = 1
WAITING = "waiting"
"""State of a record that the node has not answered for good."""
UNKNOWN = "unknown"
"""State of a record whose movement the node did not come to know: a person there settles it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A record of something that happened here.

    Attributes:
        sequence: counts up at this post, without regard to any clock.
        state: `waiting`, `unknown`, or what the node made of it for good.
    """

    sequence: int
    record_id: str
    state: str
    plain: Mapping[str, Any]


class PostStore:
    """The store of one post."""

    def __init__(self, path: Path, vault: NodeVault) -> None:
        """Open the file of a post, or make it, readable for its owner alone.

        Raises:
            StoreError: it cannot be opened, or was written by a newer program.
        """
        self._vault = vault
        self._search = vault.derived_key("post search")
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._database = sqlite3.connect(path, isolation_level=None, timeout=10)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute("PRAGMA foreign_keys = ON")
            self._database.execute("PRAGMA secure_delete = ON")
            (found,) = self._database.execute("PRAGMA user_version").fetchone()
            if found > VERSION:
                raise StoreError(detail=f"the store of the post is of version {found}")
            self._database.executescript(_SCHEMA)
            self._database.execute(f"PRAGMA user_version = {VERSION}")
        except (OSError, sqlite3.Error) as err:
            raise StoreError(detail=f"the store of the post: {err}") from None

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Do all of it or nothing.

        Raises:
            StoreError: the file cannot be written.
        """
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        except sqlite3.Error as err:
            raise StoreError(detail=f"the store of the post: {err}") from None

    def note(self, name: str) -> dict[str, Any]:
        """Return what was noted under a name; nothing where nothing was."""
        rows = self._ask("SELECT locked FROM note WHERE name = ?", name)
        return self._open(rows[0][0], f"note {name}") if rows else {}

    def put_note(self, name: str, plain: Mapping[str, object]) -> None:
        """Note something under a name, in place of what was there."""
        locked = self._lock(plain, f"note {name}")
        self._ask("INSERT OR REPLACE INTO note VALUES (?, ?)", name, locked)

    def tags(self) -> dict[int, str]:
        """Return which state of each entry is kept."""
        return dict(self._ask("SELECT number, tag FROM entry"))

    def put_entry(
        self, number: int, tag: str, plain: Mapping[str, object], keys: Iterable[str]
    ) -> None:
        """Keep an entry in place of an older state of it, to be found by its keys."""
        locked = self._lock(plain, f"entry {number}")
        self._ask("DELETE FROM entry WHERE number = ?", number)
        self._ask("INSERT INTO entry VALUES (?, ?, ?)", number, tag, locked)
        for value in {self._hashed(one) for one in keys}:
            self._ask("INSERT INTO entry_key VALUES (?, ?)", value, number)

    def drop(self, numbers: Iterable[int]) -> None:
        """Delete entries."""
        for number in numbers:
            self._ask("DELETE FROM entry WHERE number = ?", number)

    def found(self, key: str) -> list[dict[str, Any]]:
        """Return the entries with a key, the newest first."""
        rows = self._ask(
            "SELECT entry.number, entry.locked FROM entry JOIN entry_key USING (number)"
            " WHERE entry_key.value = ? ORDER BY entry.number DESC",
            self._hashed(key),
        )
        return [self._open(locked, f"entry {number}") for number, locked in rows]

    def add_record(self, record_id: str, plain_of: Callable[[int], Mapping[str, object]]) -> Kept:
        """Keep a record of something that happened; `plain_of` is told its sequence number."""
        with self.together():
            ((last,),) = self._ask("SELECT coalesce(max(seq), 0) FROM sqlite_sequence")
            sequence = int(last) + 1
            plain = plain_of(sequence)
            locked = self._lock(plain, f"record {record_id}")
            self._ask(
                "INSERT INTO record VALUES (?, ?, ?, ?)", sequence, record_id, WAITING, locked
            )
        return Kept(sequence=sequence, record_id=record_id, state=WAITING, plain=plain)

    def records(self, state: str = "", limit: int = 1000) -> list[Kept]:
        """Return records in the order in which they were made, of one state or of all."""
        rows = self._ask(
            "SELECT sequence, id, state, locked FROM record WHERE state = ? OR ? = ''"
            " ORDER BY sequence LIMIT ?",
            state,
            state,
            limit,
        )
        return [
            Kept(
                sequence=sequence,
                record_id=record_id,
                state=of,
                plain=self._open(locked, f"record {record_id}"),
            )
            for sequence, record_id, of, locked in rows
        ]

    def settle(self, record_id: str, state: str, plain: Mapping[str, object]) -> None:
        """Write down what the node made of a record."""
        locked = self._lock(plain, f"record {record_id}")
        self._ask("UPDATE record SET state = ?, locked = ? WHERE id = ?", state, locked, record_id)

    def _hashed(self, key: str) -> bytes:
        return hmac.digest(self._search, key.encode("utf-8", "surrogatepass"), hashlib.sha256)

    def _lock(self, plain: Mapping[str, object], context: str) -> bytes:
        return self._vault.lock(json.dumps(plain, ensure_ascii=False).encode(), context)

    def _open(self, locked: bytes, context: str) -> dict[str, Any]:
        plain = json.loads(self._vault.unlock(locked, context))
        if not isinstance(plain, dict):
            raise AlteredRecordError(what=context)
        return plain

    def _ask(self, statement: str, *values: object) -> list[Any]:
        try:
            return self._database.execute(statement, values).fetchall()
        except sqlite3.Error as err:
            raise StoreError(detail=f"the store of the post: {err}") from None
