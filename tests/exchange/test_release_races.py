from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import event

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import NodeError, ReleaseNotNowError
from exchange_node.store import outbox
from exchange_node.store.database import reading
from tests.exchange.agreeing import ID
from tests.exchange.releasing import ONE, TWO, approved, asking_for, only, waiting
from tests.world import OPERATOR, Pair, pair_of_nodes

OFFICERS = [Actor(name=f"officer {n}", roles=frozenset({Role.RELEASER})) for n in range(6)]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with pair_of_nodes(tmp_path) as made:
        made.agree_anew(asking_for("two"))
        yield made


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do everything at the same moment; return what came of each."""
    start = Barrier(len(acts))

    def done(act: Callable[[], object]) -> str:
        start.wait()
        try:
            act()
        except NodeError as err:
            return err.code
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(done, acts))


def in_outbox(pair: Pair) -> int:
    with reading(pair.kz.engine) as conn:
        return len(outbox.search(conn, limit=10))


def test_six_officers_at_once_let_a_message_go_exactly_once(pair: Pair) -> None:
    submission = pair.submit()
    shown = only(pair)

    def approving(officer: Actor) -> Callable[[], object]:
        return lambda: pair.kz.releasing.approve(
            officer, shown["message_id"], digest=shown["digest"]
        )

    came = at_once(*map(approving, OFFICERS))
    pair.run()

    assert came == ["done"] * 2 + ["release.not-now"] * 4
    assert in_outbox(pair) == 1
    assert pair.state_of(submission) == "accepted"


def test_an_approval_and_a_refusal_at_once_have_one_outcome(pair: Pair) -> None:
    submission = pair.submit()
    shown = only(pair)
    approved(pair, ONE)

    came = at_once(
        lambda: pair.kz.releasing.approve(TWO, shown["message_id"], digest=shown["digest"]),
        lambda: pair.kz.releasing.refuse(OFFICERS[3], shown["message_id"], why="doubts"),
    )
    pair.run()

    assert came == ["done", "release.not-now"]
    assert in_outbox(pair) == (1 if pair.state_of(submission) == "accepted" else 0)


def test_two_rounds_at_once_release_what_a_suspension_kept_exactly_once(pair: Pair) -> None:
    submission = pair.submit()
    pair.kz.agreeing.suspend(OPERATOR, ID, 2, why="a leak")
    approved(pair, ONE, TWO)
    pair.kz.agreeing.resume(OPERATOR, ID, 2)

    came = at_once(pair.kz.releasing.run, pair.kz.releasing.run)
    pair.run()

    assert came == ["done", "done"]
    assert pair.state_of(submission) == "accepted"


def test_a_crash_between_approval_and_outbox_leaves_neither(pair: Pair) -> None:
    submission = pair.submit()
    approved(pair, ONE)

    class PowerCut(BaseException):
        pass

    def cut(*args: object) -> None:
        if str(args[2]).startswith("INSERT INTO outbox "):
            raise PowerCut

    event.listen(pair.kz.engine, "before_cursor_execute", cut)
    with pytest.raises(PowerCut):
        approved(pair, TWO)
    event.remove(pair.kz.engine, "before_cursor_execute", cut)
    pair.restart("kz")

    [line] = waiting(pair)
    assert [one["by"] for one in line["approved"]] == [ONE.name]
    assert pair.state_of(submission) == "waiting"

    approved(pair, TWO)
    pair.run()

    assert pair.state_of(submission) == "accepted"


def test_what_was_settled_a_moment_ago_is_said_to_be(pair: Pair) -> None:
    pair.submit()
    message_id = only(pair)["message_id"]
    pair.kz.releasing.refuse(ONE, message_id, why="no")

    with pytest.raises(ReleaseNotNowError, match="is refused"):
        pair.kz.releasing.refuse(TWO, message_id, why="no")
