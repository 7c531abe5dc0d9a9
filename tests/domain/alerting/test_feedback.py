from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from exchange_node.domain.alerting.feedback import (
    ACTED_ON,
    NOT_CONTROLLED,
    NOT_MEASURED,
    NOT_PLACED,
    NOT_SIGHTED,
    NOTHING_FOUND,
    TOO_SOON,
    UNDATED,
    Result,
    SeenIn,
    Seized,
    check,
)
from exchange_node.domain.finding import Rule
from tests.alerts import FEEDBACK, NOW, SIGHTING


def test_a_whole_feedback_contradicts_itself_in_nothing() -> None:
    assert check(FEEDBACK) == ()
    unchecked = {"controlled_at": None, "measures": (), "seized": (), "value": None, "currency": ""}
    assert check(replace(FEEDBACK, result=Result.NOT_CHECKED, **unchecked)) == ()  # type: ignore[arg-type]  # a case


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"controlled_at": None}, UNDATED),
        ({"result": Result.NOT_CHECKED}, NOT_CONTROLLED),
        ({"result": Result.NIL}, NOTHING_FOUND),
        ({"seized": (Seized(category="NAR", quantity=Decimal(3)),)}, NOT_MEASURED),
        ({"seized": (Seized(category="NAR", unit="KGM"),)}, NOT_MEASURED),
        ({"currency": ""}, NOT_MEASURED),
        ({"value": None}, NOT_MEASURED),
        ({"controlled_at": NOW + timedelta(hours=1)}, TOO_SOON),
        ({"seen_at": NOW}, NOT_SIGHTED),
        ({"seen_in": SeenIn.CAMERA}, NOT_SIGHTED),
    ],
)
def test_what_contradicts_itself_is_found(change: dict[str, Any], rule: Rule) -> None:
    found = check(replace(FEEDBACK, **change))

    assert {one.code for one in found} == {rule.code}


def test_a_sighting_contradicts_itself_in_nothing() -> None:
    assert check(SIGHTING) == ()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"seen_at": None}, NOT_PLACED),
        ({"seen_in": None}, NOT_PLACED),
        ({"office": ""}, NOT_PLACED),
        ({"seen_at": NOW + timedelta(hours=1)}, TOO_SOON),
        ({"is_last": True}, ACTED_ON),
        ({"controlled_at": NOW}, ACTED_ON),
        ({"measures": ("10",)}, ACTED_ON),
        ({"seized": (Seized(category="NAR"),)}, ACTED_ON),
        ({"value": Decimal(3), "currency": "USD"}, ACTED_ON),
    ],
)
def test_a_sighting_that_says_more_or_less_is_found(change: dict[str, Any], rule: Rule) -> None:
    found = check(replace(SIGHTING, **change))

    assert [one.code for one in found] == [rule.code]
