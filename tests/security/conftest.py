from __future__ import annotations

import pytest

from tests.security.ring import Ring


@pytest.fixture(name="ring", scope="session")
def _ring() -> Ring:
    return Ring()
