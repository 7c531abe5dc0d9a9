from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
from sqlalchemy import Connection, Table, func, select

from exchange_node.domain.retention import Kept
from exchange_node.store import audit
from exchange_node.store.database import reading
from exchange_node.store.retention import disposals
from exchange_node.store.tables import (
    alert,
    alert_key,
    disposal,
    hit,
    inbox,
    manifest,
    manifest_key,
    payload,
    payload_chunk,
)
from tests.exchange.test_crossing import draft_of
from tests.exchange.test_retention import THREE_YEARS, arrived, means_of
from tests.world import LIAISON, Pair

pytestmark = pytest.mark.kill

ROOT = Path(__file__).parents[2]
MOST_STEPS = 200
RECORDS = ((Kept.MANIFEST, manifest), (Kept.ALERT, alert))

# For each line with a number: a process of its own disposes of what is due, and kills itself before
# it has written so often, counting each change and each commit. Says how the process ended.
PROGRAM = """
import os, signal, sys
from datetime import datetime
from sqlalchemy import event
from exchange_node.services.retention import Disposing, Watch
from exchange_node.store.database import open_database

url, now = sys.argv[1], datetime.fromisoformat(sys.argv[2])

def dispose_until(last):
    engine, written = open_database(url), 0
    def step():
        nonlocal written
        written += 1
        if written == last:
            os.kill(os.getpid(), signal.SIGKILL)
    @event.listens_for(engine, "before_cursor_execute")
    def change(conn, cursor, statement, *rest):
        if not statement.lstrip().upper().startswith("SELECT"):
            step()
    @event.listens_for(engine, "commit")
    def commit(conn):
        step()
    watch = Watch(engine, lambda: 0.0)
    Disposing(own="customs.uz", engine=engine, clock=lambda: now, watch=watch).run()

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what it logs is no answer
        try:
            dispose_until(int(line))
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


def test_whenever_it_is_killed_each_record_is_whole_or_gone_with_its_proof(pair: Pair) -> None:
    number = arrived(pair)
    drafted = pair.kz.alerting.draft(LIAISON, draft_of(pair, means_of(pair, number)))
    pair.kz.alerting.send(
        LIAISON, str(drafted["alert_id"]), to=["customs.uz"], purpose="RISK_ANALYSIS"
    )
    pair.run()
    pair.later(days=THREE_YEARS)
    gone = [0]
    kills = now_gone = 0
    ended = -9

    with forking(pair) as (ask, answer):
        step = 1
        for _ in range(MOST_STEPS):
            print(step, file=ask, flush=True)
            ended = int(answer.readline())
            with reading(pair.uz.engine) as conn:
                now_gone = sum(checked(conn, kind, of) for kind, of in RECORDS)
                audit.verify_chain(conn)
            if ended == 0:
                break
            assert ended == -9
            kills += 1
            step = 1 if now_gone > gone[-1] else step + 1
            gone.append(now_gone)

    assert ended == 0
    assert now_gone == len(RECORDS)
    assert set(gone) == {0, 1, 2}, "killed before the first was gone, between the two, and after"
    assert kills > 20


@contextmanager
def forking(pair: Pair) -> Iterator[tuple[IO[str], IO[str]]]:
    """The program above, which asks for numbers and answers how it went."""
    url, now = pair.uz.settings.store_url, pair.clock().isoformat()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, url, now],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        yield program.stdin, program.stdout
        program.stdin.close()


def checked(conn: Connection, kind: Kept, of: Table) -> bool:
    """Return whether the one record of a kind is gone; all that tells of it has to say the same."""
    row = conn.execute(select(of)).one()
    brought = conn.execute(
        select(inbox.c.payload_id).where(inbox.c.message_id == row.message_id)
    ).scalar_one()
    certificates = disposals.search(conn, limit=9)
    mine = [one for one in certificates if (one.stamp.kind, one.stamp.number) == (kind, row.number)]
    lines = [
        one
        for one in audit.search(conn, subject=(kind.value, str(row.number)), limit=99)
        if one.action == "retention.disposed"
    ]
    keys = _count(conn, manifest_key if kind is Kept.MANIFEST else alert_key)
    tells = [
        row.disposed_at is not None,
        _is_disposed(conn, row.document_id),
        _is_disposed(conn, brought),
        len(mine) == 1,
        len(lines) == 1,
        keys == 0,
        (row.means == [] if kind is Kept.MANIFEST else row.summary == ""),
        all(is_emptied for is_emptied in _hits(conn)) or "hits still speak",
    ]
    if tells[0]:
        assert tells == [True] * len(tells)
        assert lines[0].facts["certificate"] == str(mine[0].number)
        assert lines[0].facts["digest"] == mine[0].digest
    else:
        assert tells[:-1] == [False] * (len(tells) - 1)
        assert len(certificates) == _count(conn, disposal)
    return bool(tells[0])


KEPT = ("criterion", "score")
"""What a match still says when its values are gone: the channel rests on it."""


def _hits(conn: Connection) -> list[bool]:
    """Return of each match of each hit whether its values are gone."""
    reasons = conn.execute(select(hit.c.reasons)).scalars().all()
    matches: list[dict[str, Any]] = [match for one in reasons for match in one["matches"]]
    assert matches
    return [all(not value for name, value in one.items() if name not in KEPT) for one in matches]


def _is_disposed(conn: Connection, payload_id: str) -> bool:
    """Return whether a payload is marked as gone; its bytes have to be there, or not, likewise."""
    row = conn.execute(select(payload).where(payload.c.payload_id == payload_id)).one()
    chunks = conn.execute(
        select(func.count())
        .select_from(payload_chunk)
        .where(payload_chunk.c.payload_id == payload_id)
    ).scalar_one()
    assert (row.disposed_at is None) == (chunks > 0)
    return row.disposed_at is not None


def _count(conn: Connection, of: Table) -> int:
    return conn.execute(select(func.count()).select_from(of)).scalar_one()
