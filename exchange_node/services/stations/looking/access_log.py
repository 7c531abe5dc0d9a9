"""Every look at a record leaves a line: who looked at what, when.

The end of the audit's chain is one row, and on SQLite the whole database has one writer. So looks
that come at the same time are written together: whoever is first writes down what all the others
brought while it waited, in one transaction, and each goes on when its own lines are kept.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor
from exchange_node.domain.errors import StoreError
from exchange_node.store import audit
from exchange_node.store.database import transaction

MOST_TOGETHER = 50
"""Looks that are written in one transaction (our choice): nobody waits long for the others'."""

LONGEST_FACT = 200
"""Characters of what somebody asked for that are written down (our choice)."""


def looked(
    engine: Engine,
    actor: Actor,
    at: datetime,
    action: str,
    kind: str,
    key: str = "",
    *,
    movement: str = "",
    message_id: str = "",
    partner: str = "",
    **facts: str,
) -> None:
    """Write into the access log that an actor looked at something.

    Args:
        action: what was done: `look.manifest`, `look.alerts`, …
        kind, key: of what was looked at; no key where it was a list.
        facts: what was asked for, or how much was shown; nothing of the content.

    Raises:
        StoreError: the line could not be written; then nothing may be shown.
    """
    record = line_of(
        actor, at, action, kind, key, facts,
        movement=movement, message_id=message_id, partner=partner,
    )  # fmt: skip
    write_looks(engine, (record,))


def write_looks(engine: Engine, lines: Sequence[audit.AuditRecord]) -> None:
    """Write lines into the access log, all or none, and come back when they are kept.

    Raises:
        StoreError: they could not be written; then nothing may be shown.
    """
    with _making:
        queue = _queues.setdefault(engine, _Queue())
    queue.write(engine, lines)


@dataclass(eq=False, slots=True)
class _Waiting:
    """Lines of one look, and what became of them."""

    lines: Sequence[audit.AuditRecord]
    is_settled: bool = False
    failed: StoreError | None = None


@dataclass(slots=True)
class _Queue:
    """Looks of one process that wait to be written into one database."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    waiting: deque[_Waiting] = field(default_factory=deque)

    def write(self, engine: Engine, lines: Sequence[audit.AuditRecord]) -> None:
        mine = _Waiting(lines)
        self.waiting.append(mine)
        with self.turn:
            if not mine.is_settled:
                self._settle(engine, mine)
        if mine.failed is not None:
            raise mine.failed

    def _settle(self, engine: Engine, mine: _Waiting) -> None:
        """Write down what waits; where that fails, what is not one's own waits on for its owner."""
        together = [self.waiting.popleft() for _ in range(min(len(self.waiting), MOST_TOGETHER))]
        if mine not in together:  # it stands behind as many as are written at once
            self.waiting.remove(mine)
            together.append(mine)
        try:
            _write(engine, together)
        except StoreError as err:
            mine.failed = err
        finally:
            left = [one for one in together if one is not mine and not one.is_settled]
            self.waiting.extendleft(reversed(left))
        if mine.failed is not None and left:
            # One look whose words the database does not take must not fail the others.
            mine.failed = None
            try:
                _write(engine, [mine])
            except StoreError as err:
                mine.failed = err
        mine.is_settled = True


def _write(engine: Engine, together: Sequence[_Waiting]) -> None:
    with transaction(engine) as conn:
        audit.write_all(conn, [line for one in together for line in one.lines])
    for one in together:
        one.is_settled = True


_making = threading.Lock()
_queues: WeakKeyDictionary[Engine, _Queue] = WeakKeyDictionary()


def look(
    conn: Connection,
    actor: Actor,
    at: datetime,
    action: str,
    kind: str,
    key: str,
    *,
    movement: str = "",
    **facts: str,
) -> None:
    """Write a look into the access log together with what it leads to; else as `looked`."""
    audit.write(conn, line_of(actor, at, action, kind, key, facts, movement=movement))


def line_of(
    actor: Actor,
    at: datetime,
    action: str,
    kind: str,
    key: str,
    facts: Mapping[str, str],
    *,
    movement: str = "",
    message_id: str = "",
    partner: str = "",
) -> audit.AuditRecord:
    """Return a line of the access log; see `looked`."""
    return audit.AuditRecord(
        at=at,
        actor=actor.name,
        action=action,
        subject_kind=kind,
        subject_key=key,
        movement=movement,
        message_id=message_id,
        partner=partner,
        facts={name: value[:LONGEST_FACT] for name, value in facts.items()},
    )
