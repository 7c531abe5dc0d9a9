from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.as4.peer import Peer
from tests.conformance.as4.serving import Listener, serving
from tests.ebms.parties import World
from tests.world import Pair, pair_of_nodes


@pytest.fixture(name="world", scope="session")
def _world() -> World:
    return World()


@pytest.fixture(name="standing", scope="module")
def _standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """A peer and a node for a whole module whose tests leave nothing behind."""
    with pair_of_nodes(tmp_path_factory.mktemp("standing")) as pair:
        yield Peer(pair)


@pytest.fixture(name="listener", scope="module")
def _listener(standing: Peer) -> Iterator[Listener]:
    with serving(standing.pair.kz, standing.pair.uz) as listener:
        yield listener


@pytest.fixture(name="peer")
def _peer(pair: Pair) -> Peer:
    return Peer(pair)
