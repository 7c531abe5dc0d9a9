from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.kill.killing import Killing
from tests.kill.lane import open_lane

MANY = 20
"""For so many points another pair of nodes is worth its making."""

MOST_LANES = (os.cpu_count() or 1) + 1
"""A pair now and then waits for the time to come; another has the processor meanwhile."""

SUMMARY = pytest.StashKey[str]()


@pytest.fixture(name="killing", scope="module")
def _killing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Killing]:
    """Plays every point whose test is to be run."""
    numbers = [
        int(str(item.callspec.params["kill_point"]))
        for item in request.session.items
        if isinstance(item, pytest.Function) and "kill_point" in item.fixturenames
    ]
    with ExitStack() as stack:
        killing = Killing(
            [
                stack.enter_context(open_lane(tmp_path_factory.mktemp("lane")))
                for _ in range(min(1 + len(numbers) // MANY, MOST_LANES))
            ]
        )
        killing.learn()
        pool = killing.play(numbers)
        try:
            yield killing
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            request.config.stash[SUMMARY] = killing.summary()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if SUMMARY in config.stash:
        terminalreporter.write_line(config.stash[SUMMARY])
