from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Connection

from exchange_node.domain.errors import StoreFullError
from exchange_node.domain.message import Exchange
from exchange_node.services.filing import LEASE, MOST_ATTEMPTS, Filing
from exchange_node.services.stations.arrival.opening import Opened, Opening
from exchange_node.store import inbox
from exchange_node.store.database import reading
from exchange_node.store.incoming import Incoming, State
from tests.world import FACTS, Pair

MRN = "26KZ55010100041703"
OTHER_MRN = "26KZ55010100041711"


class WorkerDiedError(Exception):
    pass


@dataclass(frozen=True)
class Deadly(Opening):
    """Brings the worker down at one message."""

    message_id: str = ""

    def open(self, conn: Connection, incoming: Incoming, exchange: Exchange) -> Opened:
        if incoming.message_id == self.message_id:
            raise WorkerDiedError
        return super().open(conn, incoming, exchange)


def two_kept(pair: Pair) -> list[str]:
    """Two manifests that wait to be filed in Uzbekistan, in the order in which they came."""
    pair.submit()
    pair.submit(facts=FACTS.read_text("utf-8").replace(MRN, OTHER_MRN))
    while pair.kz.sending.run():
        continue
    return [one.message_id for one in reversed(inbox_of(pair))]


def inbox_of(pair: Pair) -> list[Incoming]:
    with reading(pair.uz.engine) as conn:
        return inbox.search(conn, limit=9)


def deadly(filing: Filing, message_id: str) -> Filing:
    opening = filing.opening
    return replace(
        filing,
        opening=Deadly(
            trust=opening.trust,
            library=opening.library,
            vault=opening.vault,
            versions=opening.versions,
            message_id=message_id,
        ),
    )


def test_a_message_that_brings_its_worker_down_takes_no_other_with_it(pair: Pair) -> None:
    first, second = two_kept(pair)
    filing = deadly(pair.uz.filing, first)
    deaths: Counter[str] = Counter()
    for _ in range(2 * MOST_ATTEMPTS):
        try:
            filing.run()
        except WorkerDiedError:
            deaths[first] += 1
        pair.clock.forward(seconds=LEASE.total_seconds())

    states = {one.message_id: one.state for one in inbox_of(pair)}

    assert states == {first: State.PARKED, second: State.FILED}
    assert deaths[first] == MOST_ATTEMPTS


def test_an_attempt_counts_against_what_was_being_filed_alone(pair: Pair) -> None:
    first, second = two_kept(pair)

    with pytest.raises(WorkerDiedError):
        deadly(pair.uz.filing, first).run()

    assert {one.message_id: one.attempts for one in inbox_of(pair)} == {first: 1, second: 0}


@dataclass(frozen=True)
class WithoutRoom(Opening):
    """Finds the disk full at every message."""

    def open(self, *_: object) -> Opened:
        raise StoreFullError(why="the disk is full")


def test_a_disk_that_is_full_for_long_parks_nothing(pair: Pair) -> None:
    pair.submit()
    pair.kz.sending.run()
    filing = pair.uz.filing
    opening = filing.opening
    full = WithoutRoom(
        trust=opening.trust, library=opening.library, vault=opening.vault, versions=opening.versions
    )
    for _ in range(2 * MOST_ATTEMPTS):
        with pytest.raises(StoreFullError):
            replace(filing, opening=full).run()
        pair.clock.forward(seconds=LEASE.total_seconds())

    filing.run()

    (one,) = inbox_of(pair)
    assert (one.state, one.attempts) == (State.FILED, 1)
