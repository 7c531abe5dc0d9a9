from __future__ import annotations

import pytest

from tests.conformance.as4.peer import Peer
from tests.ebms.parties import World
from tests.world import Pair


@pytest.fixture(name="world", scope="session")
def _world() -> World:
    return World()


@pytest.fixture(name="peer")
def _peer(pair: Pair) -> Peer:
    return Peer(pair)
