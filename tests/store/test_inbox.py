from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.store import inbox, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import Reply, State
from exchange_node.store.records import attachments
from exchange_node.store.records.attachments import Attachment
from exchange_node.store.tables import inbox as inbox_table
from exchange_node.store.tables import payload
from tests.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Engine

    from exchange_node.store.incoming import Incoming
    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers

LEASE = timedelta(seconds=60)
RECEIPT = Reply(status=200, content_type="application/soap+xml", content=b"<receipt/>")
ERROR = Reply(status=200, content_type="application/soap+xml", content=b"<error/>")


@pytest.fixture(name="kept")
def _kept(database: Engine, vault: Vault) -> Callable[..., list[str]]:
    def kept(*messages: Incoming) -> list[str]:
        with transaction(database) as conn:
            for one in messages:
                assert inbox.keep(conn, one, b"document", RECEIPT, vault) is None
        return [one.message_id for one in messages]

    return kept


def _ids(messages: list[Incoming]) -> list[str]:
    return [one.message_id for one in messages]


def test_a_message_comes_back_as_it_was_kept(database: Engine, make: Makers, vault: Vault) -> None:
    incoming = make.incoming()
    with transaction(database) as conn:
        assert inbox.keep(conn, incoming, b"document", RECEIPT, vault) is None

    with reading(database) as conn:
        held = inbox.get(conn, incoming.sender, incoming.message_id)
        assert held.payload_id is not None
        assert payloads.fetch(conn, held.payload_id, vault) == b"document"
    assert replace(held, payload_id=None, number=0) == incoming


def test_a_message_id_that_looks_like_what_came_with_another_is_another_s(
    database: Engine, make: Makers, vault: Vault
) -> None:
    one = make.incoming()
    scan = Attachment(content_id="scan@kz", mime_type="image/png", content=b"a picture")
    with transaction(database) as conn:
        inbox.keep(conn, one, b"document", RECEIPT, vault, [scan])
        for like in ("attachment/1", "reply"):
            other = replace(one, message_id=f"{one.message_id}/{like}")
            assert inbox.keep(conn, other, b"another", ERROR, vault) is None


def test_what_came_with_a_document_is_kept_with_it(
    database: Engine, make: Makers, vault: Vault
) -> None:
    incoming = make.incoming()
    scan = Attachment(
        content_id="scan@kz", mime_type="image/png", content=Pieces(b"a picture"), name="a.png"
    )
    with transaction(database) as conn:
        for document in (b"document", b"another"):
            inbox.keep(conn, incoming, document, RECEIPT, vault, [scan, replace(scan, name="b")])

    with reading(database) as conn:
        first, second = attachments.of_message(conn, incoming.sender, incoming.message_id)
        content = payloads.fetch(conn, first.payload_id, vault)
        assert attachments.of_message(conn, incoming.sender, "another") == []
    assert content == b"a picture"
    assert (first.position, first.content_id, first.mime_type, first.name) == (
        1,
        "scan@kz",
        "image/png",
        "a.png",
    )
    assert (first.size, first.digest, first.is_held) == (
        9,
        hashlib.sha256(content).hexdigest(),
        True,
    )
    assert (second.position, second.name) == (2, "b")


@pytest.mark.parametrize("first", [b"document", None])
@pytest.mark.parametrize("again", [b"document", b"other", None])
def test_a_repeat_of_what_an_older_database_kept_is_given_the_first_reply(
    database: Engine, make: Makers, vault: Vault, first: bytes | None, again: bytes | None
) -> None:
    incoming = make.incoming()
    name = f"{incoming.sender}/{incoming.message_id}"
    with transaction(database) as conn:
        inbox.keep(conn, incoming, first, RECEIPT, vault)
        payloads.keep(conn, f"inbox/{name}/reply", RECEIPT.content, vault)
        conn.execute(update(inbox_table).values(reply_id=f"inbox/{name}/reply"))
        payloads.erase(conn, f"inbox-reply/{name}")
        before = conn.execute(payload.select().order_by(payload.c.payload_id)).all()

    for _ in range(2):
        with transaction(database) as conn:
            earlier = inbox.keep(conn, incoming, again, ERROR, vault)

        assert earlier is not None
        assert (earlier.digest, earlier.reply) == (incoming.digest, RECEIPT)
    with reading(database) as conn:
        assert conn.execute(payload.select().order_by(payload.c.payload_id)).all() == before


def test_a_repeat_is_given_the_first_reply(database: Engine, make: Makers, vault: Vault) -> None:
    incoming = make.incoming()
    with transaction(database) as conn:
        inbox.keep(conn, incoming, b"document", RECEIPT, vault)

        seen = inbox.seen(conn, incoming.sender, incoming.message_id, vault)
        again = inbox.keep(conn, replace(incoming, digest="b" * 64), b"other", ERROR, vault)

        assert seen is not None
        assert again == seen
        assert len(inbox.search(conn, limit=9)) == 1
    assert seen.reply == RECEIPT
    assert seen.digest == incoming.digest
    assert seen.state is State.KEPT


def test_the_first_reply_stays_whatever_has_happened_since(
    database: Engine, make: Makers, vault: Vault, now: datetime
) -> None:
    incoming = make.incoming()
    with transaction(database) as conn:
        inbox.keep(conn, incoming, b"document", RECEIPT, vault)
        inbox.settle(conn, incoming, State.REFUSED, at=now, verdict={"code": "wco.invalid"})

        seen = inbox.seen(conn, incoming.sender, incoming.message_id, vault)
    assert seen is not None
    assert (seen.reply, seen.state) == (RECEIPT, State.REFUSED)


def test_what_was_never_seen_is_none(database: Engine, vault: Vault) -> None:
    with reading(database) as conn:
        assert inbox.seen(conn, "customs.uz", "m", vault) is None
        with pytest.raises(UnknownRecordError):
            inbox.get(conn, "customs.uz", "m")


def test_the_same_id_of_another_sender_is_another_message(
    database: Engine, make: Makers, vault: Vault
) -> None:
    with transaction(database) as conn:
        for sender in ("customs.uz", "customs.kg"):
            incoming = make.incoming(sender=sender, message_id="same")
            assert inbox.keep(conn, incoming, b"document", RECEIPT, vault) is None


def test_repeats_are_counted(
    database: Engine, make: Makers, kept: Callable[..., list[str]], now: datetime
) -> None:
    (one,) = kept(make.incoming())
    with transaction(database) as conn:
        inbox.repeated(conn, "customs.uz", one, now)
        inbox.repeated(conn, "customs.uz", one, now + LEASE)

        held = inbox.get(conn, "customs.uz", one)
    assert (held.repeats, held.last_repeat_at) == (2, now + LEASE)


def test_deliveries_of_one_message_at_once_keep_it_once(
    database: Engine,
    make: Makers,
    vault: Vault,
    together: Callable[[int, Callable[[int], object]], list[object]],
) -> None:
    incoming = make.incoming()

    def deliver(which: int) -> object:
        reply = Reply(status=200, content_type="t", content=str(which).encode())
        with transaction(database) as conn:
            return inbox.keep(conn, incoming, b"document", reply, vault)

    answers = together(4, deliver)

    assert answers.count(None) == 1
    winner = str(answers.index(None)).encode()
    assert {one.reply.content for one in answers if one is not None} == {winner}  # type: ignore[attr-defined]
    with reading(database) as conn:
        assert len(inbox.search(conn, limit=9)) == 1


def test_of_what_the_header_gate_refuses_no_payload_is_kept(
    database: Engine, make: Makers, vault: Vault, now: datetime
) -> None:
    verdict = {"denial": "DENY-3", "clause": "art. 5"}
    incoming = make.incoming(state=State.REFUSED, verdict=verdict)
    with transaction(database) as conn:
        inbox.keep(conn, incoming, None, ERROR, vault)

        held = inbox.get(conn, incoming.sender, incoming.message_id)
        assert inbox.claim_kept(conn, now, LEASE, 9) == []
    assert (held.payload_id, held.settled_at) == (None, now)
    assert dict(held.verdict) == verdict


def test_what_is_kept_is_claimed_in_the_order_in_which_it_came(
    database: Engine, make: Makers, kept: Callable[..., list[str]], now: datetime
) -> None:
    first, second, third = kept(make.incoming(), make.incoming(), make.incoming())

    with transaction(database) as conn:
        assert _ids(inbox.claim_kept(conn, now, LEASE, 2)) == [first, second]
        assert _ids(inbox.claim_kept(conn, now, LEASE, 2)) == [third]
        assert _ids(inbox.claim_kept(conn, now, LEASE, 2)) == []


def test_alerts_are_claimed_before_what_came_sooner_unless_the_oldest_is_asked_for(
    database: Engine, make: Makers, kept: Callable[..., list[str]], now: datetime
) -> None:
    codes = ("TM-010", "RA-010", "SY-081", "RA-021", "SY-002")
    manifest, alert, act, feedback, answer = kept(
        *(make.incoming(header=MappingProxyType({"code": one})) for one in codes)
    )

    with transaction(database) as conn:
        assert _ids(inbox.claim_kept(conn, now, LEASE, 1)) == [alert]
        assert _ids(inbox.claim_kept(conn, now, LEASE, 1, by_lane=False)) == [manifest]
        assert _ids(inbox.claim_kept(conn, now, LEASE, 9)) == [feedback, act, answer]


def test_a_worker_that_died_gives_its_message_back_and_is_counted(
    database: Engine, make: Makers, kept: Callable[..., list[str]], now: datetime
) -> None:
    kept(make.incoming())
    with transaction(database) as conn:
        attempts = [
            inbox.claim_kept(conn, now + turn * LEASE, LEASE, 9)[0].attempts for turn in range(3)
        ]

    assert attempts == [0, 1, 2]


def test_two_claimers_never_claim_the_same_message(
    database: Engine,
    make: Makers,
    kept: Callable[..., list[str]],
    now: datetime,
    together: Callable[[int, Callable[[int], list[str]]], list[list[str]]],
) -> None:
    messages = kept(*(make.incoming() for _ in range(40)))

    def claimer(_which: int) -> list[str]:
        taken: list[str] = []
        for _ in range(30):
            with transaction(database) as conn:
                taken += _ids(inbox.claim_kept(conn, now, LEASE, 2))
        return taken

    taken = Counter(one for some in together(4, claimer) for one in some)

    assert taken == Counter(messages)


@pytest.mark.parametrize("to", [State.FILED, State.REFUSED])
def test_a_message_is_settled_once(
    database: Engine, make: Makers, kept: Callable[..., list[str]], now: datetime, to: State
) -> None:
    incoming = make.incoming()
    kept(incoming)
    with transaction(database) as conn:
        assert inbox.settle(conn, incoming, to, at=now, verdict={"code": "x"})
        assert not inbox.settle(conn, incoming, State.FILED, at=now + LEASE)

        held = inbox.get(conn, incoming.sender, incoming.message_id)
        assert inbox.claim_kept(conn, now + 9 * LEASE, LEASE, 9) == []
    assert (held.state, held.settled_at, held.verdict) == (to, now, {"code": "x"})


def test_workers_at_once_settle_a_message_once(
    database: Engine,
    make: Makers,
    kept: Callable[..., list[str]],
    now: datetime,
    together: Callable[[int, Callable[[int], bool]], list[bool]],
) -> None:
    incoming = make.incoming()
    kept(incoming)

    def settle(_which: int) -> bool:
        with transaction(database) as conn:
            return inbox.settle(conn, incoming, State.FILED, at=now)

    assert sorted(together(4, settle)) == [False, False, False, True]


def test_a_parked_message_waits_until_it_is_let_go(
    database: Engine, make: Makers, kept: Callable[..., list[str]], now: datetime
) -> None:
    incoming = make.incoming()
    kept(incoming)
    with transaction(database) as conn:
        inbox.claim_kept(conn, now, LEASE, 9)
        inbox.settle(conn, incoming, State.PARKED, at=now, verdict={"waits_for": "TM-010"})

        assert inbox.claim_kept(conn, now + 9 * LEASE, LEASE, 9) == []
        assert inbox.settle(conn, incoming, State.KEPT, at=now)
        assert _ids(inbox.claim_kept(conn, now, LEASE, 9)) == [incoming.message_id]
        assert inbox.get(conn, incoming.sender, incoming.message_id).settled_at is None


def test_messages_are_searched_the_newest_first_page_by_page(
    database: Engine, make: Makers, kept: Callable[..., list[str]], now: datetime
) -> None:
    first = make.incoming()
    kept(first, other := make.incoming(sender="customs.kg"), last := make.incoming())
    with transaction(database) as conn:
        inbox.settle(conn, first, State.FILED, at=now)

        page = inbox.search(conn, limit=2)
        assert _ids(page) == [last.message_id, other.message_id]
        assert _ids(inbox.search(conn, after=page[-1].number, limit=2)) == [first.message_id]
        assert _ids(inbox.search(conn, sender="customs.kg", limit=9)) == [other.message_id]
        assert _ids(inbox.search(conn, state=State.FILED, limit=9)) == [first.message_id]
