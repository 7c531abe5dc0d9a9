from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.interop import building
from tests.interop.nodes_and_peer import Neighbours, neighbours
from tests.interop.ours import Ours, listening
from tests.interop.peer import Peer
from tests.interop.suites import SUITES, keys_of


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.interop)


@dataclass(frozen=True)
class Two:
    """Our message service alone, and phase4."""

    suite: str
    ours: Ours
    peer: Peer


@pytest.fixture(name="classes", scope="session")
def _classes() -> str:
    """The class path of the Java peer, built when it has to be."""
    missing = building.missing_tools()
    if missing and building.is_required():
        pytest.fail(f"{building.REQUIRED} is set, and this machine lacks {', '.join(missing)}")
    if missing:
        pytest.skip(f"this machine lacks {', '.join(missing)}")
    return building.class_path()


@pytest.fixture(name="running_world", params=SUITES, scope="session")
def _running_world(
    request: pytest.FixtureRequest, classes: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Neighbours]:
    """Our node and phase4; started once for each suite, as both take their time."""
    with neighbours(tmp_path_factory.mktemp("neighbours"), classes, request.param) as world:
        yield world


@pytest.fixture(name="running_two", scope="session")
def _running_two(
    running_world: Neighbours, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Two]:
    world = running_world
    with listening(
        tmp_path_factory.mktemp("ours"),
        own=world.kz,
        partner=world.uz,
        keys=keys_of(world.uz, world.suite),
        peer_url=world.peer.url,
    ) as ours:
        yield Two(world.suite, ours, world.peer)


@pytest.fixture(name="world")
def _world(running_world: Neighbours) -> Iterator[Neighbours]:
    yield running_world
    running_world.peer.ask("fault")  # what a test asked to go wrong goes right again


@pytest.fixture(name="two")
def _two(running_two: Two) -> Iterator[Two]:
    yield running_two
    running_two.peer.ask("fault")
