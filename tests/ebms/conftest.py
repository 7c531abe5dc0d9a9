from __future__ import annotations

import pytest

from tests.ebms.parties import World


@pytest.fixture(name="world", scope="session")
def _world() -> World:
    return World()
