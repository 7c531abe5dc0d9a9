from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from exchange_node.domain.errors import PartnerUnreachableError
from exchange_node.domain.transmission.content import Content, whole
from exchange_node.ebms.signals import receipt_for
from exchange_node.ebms.unpack import unpack
from exchange_node.services.sending import LEASE
from exchange_node.services.stations.agreements import agreed_now
from exchange_node.store import inbox, outbox
from exchange_node.store.database import open_database, reading, transaction
from exchange_node.transport.line import Answer, nothing
from tests.world import Pair, tls_certificate_of

NOTHING = Answer(status=202, content_type="", body=b"")


@dataclass
class Between:
    """A line on which something happens while the answer is awaited."""

    happens: Callable[[str, bytes], Answer]

    def post(
        self,
        _partner: str,
        content_type: str,
        body: Content,
        *,
        most_bytes: int = 0,
        as_it_comes: Callable[[], None] = nothing,
    ) -> Answer:
        assert most_bytes == 0
        as_it_comes()
        return self.happens(content_type, whole(body))

    def close(self) -> None:
        pass


def state(pair: Pair) -> tuple[str, int]:
    with reading(pair.kz.engine) as conn:
        (one,) = outbox.search(conn, limit=2)
    return one.transmission.state.value, one.transmission.tries


def comes_by_itself(pair: Pair, folder: Path, content_type: str, body: bytes) -> Answer:
    """Let Uzbekistan take the message and post its receipt on a request of its own."""
    taking = pair.uz.reception.taking
    received = unpack(
        content_type,
        body,
        own=taking.keys,
        partners=taking.partners,
        pmodes=agreed_now(taking.engine, taking.agreed),
        at=pair.clock(),
    )
    receipt = receipt_for(
        received,
        message_id="receipt@customs.uz",
        at=pair.clock(),
        keys=taking.keys,
        random_bytes=lambda count: b"r" * count,
    )
    certificate = tls_certificate_of(folder, "customs.uz")
    return pair.kz.reception.receive(certificate, receipt.content_type, receipt.body)


@pytest.mark.parametrize("ends", ["empty", "unreachable"])
def test_a_receipt_that_overtakes_its_post_wins(pair: Pair, tmp_path: Path, ends: str) -> None:
    def happens(content_type: str, body: bytes) -> Answer:
        assert comes_by_itself(pair, tmp_path, content_type, body) == NOTHING
        if ends == "unreachable":
            raise PartnerUnreachableError(partner="customs.uz", url="memory:", why="cut")
        return NOTHING

    pair.submit()
    replace(pair.kz.sending, line=Between(happens)).run()
    pair.clock.forward(hours=1)
    pair.kz.sending.run()

    assert state(pair)[0] == "receipted"
    assert pair.exchange.posts == 0


def test_a_receipt_wins_over_the_retry_timer_that_fires_with_it(pair: Pair, tmp_path: Path) -> None:
    posted: list[tuple[str, bytes]] = []

    def first(content_type: str, body: bytes) -> Answer:
        posted.append((content_type, body))
        return NOTHING

    def second(content_type: str, body: bytes) -> Answer:
        # The timer fired, the message is on its way again: now the first receipt comes.
        comes_by_itself(pair, tmp_path, *posted[0])
        return first(content_type, body)

    pair.submit()
    replace(pair.kz.sending, line=Between(first)).run()
    pair.clock.forward(seconds=30)
    replace(pair.kz.sending, line=Between(second)).run()
    pair.clock.forward(hours=2)
    pair.kz.sending.run()

    assert posted[0] == posted[1]
    assert state(pair)[0] == "receipted"
    assert pair.exchange.posts == 0


def test_a_worker_whose_lease_ran_out_undoes_no_receipt(pair: Pair) -> None:
    def happens(_content_type: str, _body: bytes) -> Answer:
        pair.clock.now += LEASE
        pair.kz.sending.run()  # another worker takes the message up, and has its receipt
        raise PartnerUnreachableError(partner="customs.uz", url="memory:", why="at last")

    pair.submit()
    replace(pair.kz.sending, line=Between(happens)).run()

    assert state(pair)[0] == "receipted"


def test_a_repeat_of_a_message_that_is_still_being_taken_is_put_off(
    pair: Pair, tmp_path: Path
) -> None:
    posted: list[tuple[str, bytes]] = []

    def happens(content_type: str, body: bytes) -> Answer:
        posted.append((content_type, body))
        return NOTHING

    pair.submit()
    replace(pair.kz.sending, line=Between(happens)).run()
    (content_type, body) = posted[0]
    certificate = tls_certificate_of(tmp_path, "customs.kz")
    here = pair.uz.reception
    hurried = open_database(pair.uz.engine.url.render_as_string(hide_password=False))
    is_sqlite = hurried.dialect.name == "sqlite"
    hurry = "PRAGMA busy_timeout=50" if is_sqlite else "SET lock_timeout = '50ms'"

    def no_patience(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(hurry)
        cursor.close()
        connection.commit()  # PostgreSQL forgets what a transaction set that was undone

    event.listen(hurried, "connect", no_patience)
    taking = replace(
        here.taking, engine=hurried, replies=replace(here.taking.replies, engine=hurried)
    )

    with transaction(pair.uz.engine) as conn:
        # The first delivery stands here: it writes, and has not committed yet.
        if not is_sqlite:  # where one writer does not keep all others waiting
            conn.execute(text("LOCK TABLE inbox IN EXCLUSIVE MODE"))
        while_it_lasts = replace(here, taking=taking).receive(certificate, content_type, body)
        assert inbox.search(conn, limit=1) == []
    hurried.dispose()
    afterwards = here.receive(certificate, content_type, body)

    assert (while_it_lasts.status, while_it_lasts.body) == (503, b"store.busy\n")
    assert b"NonRepudiationInformation" in afterwards.octets
