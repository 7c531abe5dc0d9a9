from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from exchange_node.domain.alert import (
    Subject,
)
from tests.alerts import ALERT, NOW


def test_an_alert_lives_from_its_start_to_its_end() -> None:
    later = replace(ALERT, valid_from=NOW + timedelta(days=1))

    assert ALERT.is_live(NOW)
    assert not ALERT.is_live(NOW + timedelta(days=30))
    assert not later.is_live(NOW)


def test_a_subject_names_the_criteria_that_are_set() -> None:
    assert Subject(means_id="X1", routing=("KZ",)).criteria == ("means_id", "routing")
