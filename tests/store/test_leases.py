from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from exchange_node.store import duties, inbox, outbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import Reply
from exchange_node.store.leases import end_leases

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from exchange_node.store.incoming import Incoming
    from exchange_node.store.outgoing import Outgoing
    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers

LEASE = timedelta(minutes=3)


def test_what_a_dead_process_had_claimed_can_be_claimed_at_once(
    database: Engine, make: Makers, vault: Vault, now: datetime
) -> None:
    reply = Reply(status=200, content_type="text/xml", content=b"receipt")
    with transaction(database) as conn:
        outbox.add(conn, make.outgoing(), b"packed", vault)
        inbox.keep(conn, make.incoming(), b"document", reply, vault)
        duties.leave(conn, "tell", "officer", now)
        claimed = _claimed(conn, now)

        assert _claimed(conn, now) == ([], [], [])
        assert end_leases(conn) == 3

        again = _claimed(conn, now)
    assert [len(one) for one in claimed] == [1, 1, 1]
    assert [one.transmission for one in again[0]] == [one.transmission for one in claimed[0]]
    assert [one.attempts for one in again[1]] == [1]
    assert [one.attempts for one in again[2]] == [1]


def test_what_is_not_yet_due_stays_so(
    database: Engine, make: Makers, vault: Vault, now: datetime
) -> None:
    with transaction(database) as conn:
        outbox.add(conn, make.outgoing(due=60), b"packed", vault)

        assert end_leases(conn) == 0

    with reading(database) as conn:
        (waiting,) = outbox.search(conn, limit=9)
    assert waiting.transmission.due_at == now + timedelta(seconds=60)


def _claimed(
    conn: Connection, now: datetime
) -> tuple[list[Outgoing], list[Incoming], list[duties.Duty]]:
    sent = outbox.claim_next(conn, "customs.uz", now, LEASE, concurrency=1)
    return (
        [sent[0]] if sent else [],
        inbox.claim_kept(conn, now, LEASE, 9),
        duties.claim(conn, ["tell"], now, LEASE, 9),
    )
