from __future__ import annotations

import pytest

from tools.draft_table import measure

LEAST = {"ncts-cc015c": (0.90, 0.80), "esadout-cu": (0.75, 0.40), "edifact-cuscar": (0.75, 0.50),
         "generic-csv": (0.90, 0.70), "generic-json": (0.85, 0.70)}  # fmt: skip
"""Precision and recall, at the least, of a draft that does not know the profile."""


@pytest.mark.parametrize("name", LEAST)
def test_what_a_draft_proposes_is_mostly_right(name: str) -> None:
    found = measure(name)

    assert found is not None
    precision, recall = LEAST[name]
    assert found.precision >= precision
    assert found.recall >= recall
