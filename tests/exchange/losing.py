"""Two nodes between which messages get lost: officers refuse, lines are cut, partners reject."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.exchange.releasing import ONE
from tests.world import LIAISON, OPERATOR, Pair, pair_of_nodes

HASTY = """
partner = "customs.{other}"
[retry]
first_seconds = 10
factor = 1.0
most_seconds = 10
max_retries = 1
"""
"""A P-Mode under which a message is given up after a minute."""


@contextmanager
def hasty_pair(folder: Path) -> Iterator[Pair]:
    with pair_of_nodes(
        folder, {"kz": HASTY.format(other="uz"), "uz": HASTY.format(other="kz")}
    ) as made:
        yield made


@contextmanager
def cut_off(pair: Pair, *parties: str) -> Iterator[None]:
    """Let nobody reach these parties, until every message to them was given up."""
    pair.exchange.cut |= set(parties)
    yield
    _give_up(pair)
    pair.exchange.cut.clear()


@contextmanager
def without_receipts(pair: Pair, sender: str) -> Iterator[None]:
    """Let what a party sends arrive, and nothing come back to it, until it was given up."""
    pair.exchange.lose_answers = True
    pair.exchange.cut |= {sender}
    yield
    _give_up(pair)
    pair.exchange.lose_answers = False
    pair.exchange.cut.clear()


def _give_up(pair: Pair) -> None:
    for _ in range(4):
        pair.run()
        pair.clock.forward(seconds=15)
    pair.run()


def refuse(pair: Pair, name: str) -> None:
    """Let an officer keep back the one message that waits at a node."""
    node = getattr(pair, name)
    [line] = node.releasing.list(OPERATOR)["releases"]
    node.releasing.refuse(ONE, line["message_id"], why="not so")


def let_go(pair: Pair, name: str) -> None:
    """Let an officer approve the one message that waits at a node, and let it arrive."""
    node = getattr(pair, name)
    [line] = node.releasing.list(OPERATOR)["releases"]
    shown = node.releasing.show(ONE, line["message_id"])
    node.releasing.approve(ONE, line["message_id"], digest=shown["digest"])
    pair.run()


def anew(pair: Pair, name: str, message_id: str) -> str:
    """Let a liaison officer say a message anew, and let it arrive."""
    done: dict[str, Any] = getattr(pair, name).repeating.again(LIAISON, message_id)
    pair.run()
    return str(done["message_id"])


def audited(pair: Pair, name: str, prefix: str) -> list[str]:
    with reading(getattr(pair, name).engine) as conn:
        lines = audit.search(conn, limit=200)
    return [one.action for one in reversed(lines) if one.action.startswith(prefix)]
