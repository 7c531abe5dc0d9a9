from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop import building


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
