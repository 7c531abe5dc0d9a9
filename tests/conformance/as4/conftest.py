from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.as4.peer import Peer, Post, listen
from tests.conformance.as4.serving import Listener, serving
from tests.ebms.parties import World
from tests.world import Pair, pair_of_nodes


@pytest.fixture(name="world", scope="session")
def _world() -> World:
    return World()


@pytest.fixture(name="both", scope="module")
def _both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two nodes for a whole module."""
    with pair_of_nodes(tmp_path_factory.mktemp("both")) as pair:
        yield pair


@pytest.fixture(name="legs", scope="module")
def _legs(both: Pair) -> tuple[Post, ...]:
    """What passed between them for one declaration: the request and its answer."""
    both.run()
    heard = listen(both)
    submission = both.submit()
    both.run()
    assert both.state_of(submission) == "accepted"
    assert [post.caller for post in heard] == ["customs.kz", "customs.uz"]
    return tuple(heard)


@pytest.fixture(name="peer")
def _peer(both: Pair) -> Peer:
    return Peer.of(both)


@pytest.fixture(name="listener", scope="module")
def _listener(both: Pair) -> Iterator[Listener]:
    with serving(both.kz, both.uz) as listener:
        yield listener
