from __future__ import annotations

import pytest

from exchange_node.domain.alert.grading import ADMIRALTY, GRADES, grade_of


@pytest.mark.parametrize(
    ("scheme", "grade", "confidence", "alone"),
    [
        ("6x6", "B2", "B2", False),
        ("6x6", "F1", "F1", True),
        ("5x5x5", "B24", "B2", False),
        ("5x5x5", "E45", "F6", False),
        ("4x4", "X3", "F3", False),
        ("4x4", "A1", "A1", True),
        ("3x5x2", "2BP", "F2", False),
        ("3x5x2", "1EC", "A5", False),
    ],
)
def test_a_grade_of_another_scheme_is_one_of_the_admiralty(
    scheme: str, grade: str, confidence: str, *, alone: bool
) -> None:
    worth = grade_of(scheme, grade)

    assert worth is not None
    assert (worth.confidence, worth.is_verified) == (confidence, alone)


@pytest.mark.parametrize(("scheme", "grade"), [("6x6", "G1"), ("7x7", "A1"), ("5x5x5", "B2")])
def test_what_is_no_grade_is_worth_nothing(scheme: str, grade: str) -> None:
    assert grade_of(scheme, grade) is None


def test_the_tables_are_whole_and_map_to_grades_that_there_are() -> None:
    assert {scheme: len(grades) for scheme, grades in GRADES.items()} == {
        "6x6": 36, "5x5x5": 125, "4x4": 16, "3x5x2": 30,
    }  # fmt: skip
    assert {worth.confidence for grades in GRADES.values() for worth in grades.values()} <= GRADES[
        ADMIRALTY
    ].keys()
