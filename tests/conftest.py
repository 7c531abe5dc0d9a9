from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "house",
    deadline=None,  # a timed test is no test on a shared machine
    max_examples=100,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


@pytest.fixture(name="corpus", scope="session")
def _corpus() -> Path:
    named = os.environ.get("EXCHANGE_NODE_CORPUS")
    if not named:
        pytest.skip("EXCHANGE_NODE_CORPUS names no folder of real documents")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"EXCHANGE_NODE_CORPUS is {named}, which is no folder")
    return folder
