from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.pulled import Desk
from tests.world import PULLS, pair_of_nodes


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[Desk]:
    """Uzbekistan pulls what Kazakhstan has for it; one manifest waits."""
    with pair_of_nodes(tmp_path, PULLS) as pair:
        pair.submit()
        yield Desk(pair=pair, folder=tmp_path)
