from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from exchange_node.store import audit, inbox, payloads
from exchange_node.store.database import open_database, reading, transaction
from exchange_node.store.incoming import Incoming, Reply
from exchange_node.store.tables import payload

if TYPE_CHECKING:
    from datetime import datetime

    from exchange_node.store.payloads import Vault
    from tests.store.conftest import KeyVault

ROOT = Path(__file__).parents[2]
POINTS = 4

# Keeps messages one after another and says which are committed, until somebody kills it.
PROGRAM = """
import sys
from datetime import UTC, datetime
from exchange_node.store import audit, inbox
from exchange_node.store.database import open_database, transaction
from exchange_node.store.incoming import Incoming, Reply
from tests.store.conftest import KeyVault

url, first = sys.argv[1], int(sys.argv[2])
vault = KeyVault(key=b"k" * 32)
engine = open_database(url)
now = datetime(2026, 3, 1, tzinfo=UTC)
for number in range(first, first + 10_000):
    incoming = Incoming(
        sender="customs.uz", message_id=str(number), digest="d", header={}, received_at=now
    )
    reply = Reply(status=200, content_type="t", content=b"r" * 10)
    record = audit.AuditRecord(at=now, actor="node", action="x", message_id=str(number))
    with transaction(engine) as conn:
        inbox.keep(conn, incoming, str(number).encode() * 100_000, reply, vault)
        audit.write(conn, record)
    print(number, flush=True)
"""


@pytest.mark.kill
def test_what_was_committed_survives_a_kill_and_nothing_is_half_there(
    url: str, vault: KeyVault
) -> None:
    chance = random.Random(20260301)
    told = -1
    for _ in range(POINTS):
        told = max(told, _run_and_kill(url, told + 1, chance))

        engine = open_database(url)
        with reading(engine) as conn:
            held = [int(one.message_id) for one in inbox.search(conn, limit=10_000)]
            assert sorted(held) == list(range(len(held)))
            assert len(held) > told
            told = len(held) - 1
            for number in held:
                kept = inbox.get(conn, "customs.uz", str(number))
                assert kept.payload_id is not None
                content = payloads.fetch(conn, kept.payload_id, vault)
                assert content == str(number).encode() * 100_000
            assert len(conn.execute(select(payload.c.payload_id)).all()) == 2 * len(held)
            assert audit.verify_chain(conn).number == len(held)
        engine.dispose()


def _run_and_kill(url: str, first: int, chance: random.Random) -> int:
    """Run the program until it told some commits, kill it a moment later; return the last told."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, url, str(first)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert program.stdout is not None
    told = -1
    for _ in range(chance.randint(1, 4)):
        told = int(program.stdout.readline())
    try:
        program.wait(chance.random() * 0.02)
    except subprocess.TimeoutExpired:
        program.send_signal(signal.SIGKILL)
    rest = program.communicate()[0].split()
    return int(rest[-1]) if rest else told


@pytest.mark.kill
def test_a_message_that_was_cut_off_is_kept_when_it_comes_again(
    url: str, vault: Vault, now: datetime
) -> None:
    incoming = Incoming(sender="customs.uz", message_id="m", digest="d", header={}, received_at=now)
    reply = Reply(status=200, content_type="t", content=b"receipt")
    cut_off = open_database(url)
    with cut_off.connect() as conn:
        inbox.keep(conn, incoming, b"document", reply, vault)
        conn.connection.invalidate()  # the line to the database is gone, no ROLLBACK is sent

    engine = open_database(url)
    with transaction(engine) as conn:
        assert inbox.keep(conn, incoming, b"document", reply, vault) is None
    engine.dispose()
    cut_off.dispose()
