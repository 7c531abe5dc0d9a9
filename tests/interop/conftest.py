from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.interop import building
from tests.interop.identities import KZ, UZ, identity
from tests.interop.ours import Ours, listening
from tests.interop.peer import Peer, running
from tests.interop.suites import READY, keys_of


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.interop)


@pytest.fixture(name="classes", scope="session")
def _classes() -> str:
    """The class path of the Java peer, built when it has to be."""
    missing = building.missing_tools()
    if missing and building.is_required():
        pytest.fail(f"{building.REQUIRED} is set, and this machine lacks {', '.join(missing)}")
    if missing:
        pytest.skip(f"this machine lacks {', '.join(missing)}")
    return building.class_path()


@dataclass(frozen=True)
class Two:
    """Our message service as KZ, phase4 as UZ, one suite."""

    suite: str
    ours: Ours
    peer: Peer


@pytest.fixture(name="two", params=READY, scope="session")
def _two(
    request: pytest.FixtureRequest, classes: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Two]:
    suite: str = request.param
    folder = tmp_path_factory.mktemp("two")
    kz, uz = identity(KZ, suite), identity(UZ, suite)
    with running(folder / "uz", classes, own=uz, partner=kz, suite=suite) as peer:
        with listening(
            folder / "kz", own=kz, partner=uz, keys=keys_of(uz, suite), peer_url=peer.url
        ) as ours:
            yield Two(suite, ours, peer)


@pytest.fixture(autouse=True)
def _without_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give the next test a peer that does as it should."""
    yield
    if "two" in request.fixturenames:
        request.getfixturevalue("two").peer.ask("fault")
