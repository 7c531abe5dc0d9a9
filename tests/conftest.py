from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.world import Pair, pair_of_nodes

settings.register_profile(
    "house",
    deadline=None,  # a timed test is no test on a shared machine
    max_examples=100,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


def pytest_collection_finish() -> None:
    """Let the collector pass by what stays to the end: a twelfth of the time went there."""
    gc.collect()
    gc.freeze()


@pytest.fixture(name="corpus", scope="session")
def _corpus() -> Path:
    named = os.environ.get("EXCHANGE_NODE_CORPUS")
    if not named:
        pytest.skip("EXCHANGE_NODE_CORPUS names no folder of real documents")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"EXCHANGE_NODE_CORPUS is {named}, which is no folder")
    return folder


@pytest.fixture(name="pair")
def _pair(tmp_path: Path) -> Iterator[Pair]:
    with pair_of_nodes(tmp_path) as pair:
        yield pair
