from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from exchange_node.node import settle


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_lasts_is_walked_through_by_no_later_collection() -> None:
    lasting = [{"number": one} for one in range(100)]

    settle()

    assert gc.get_freeze_count() > len(lasting)
    assert not any(one is lasting for one in gc.get_objects())


def test_what_is_made_later_is_collected_as_ever() -> None:
    settle()

    later: list[object] = []
    later.append(later)
    del later

    assert gc.collect() >= 1
    assert gc.isenabled()
