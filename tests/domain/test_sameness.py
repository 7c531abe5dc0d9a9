from __future__ import annotations

from dataclasses import replace

import pytest

from exchange_node.domain.alert import Subject
from exchange_node.domain.alert.sameness import same_subjects
from tests.alerts import ALERT


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (Subject(means_id="01A777BC"), Subject(means_id="01-а-777-вс", origin="CN"), True),
        (Subject(means_id="01A777BC"), Subject(means_id="01A777BC", movement="X1"), False),
        (Subject(party_name="Orzu  Savdo"), Subject(party_name="ORZU savdo"), True),
        (Subject(party_name="Orzu Savdo"), Subject(party_name="Orzu Sawdo"), False),
        (Subject(party_id="1234", party_issuer="KZ"), Subject(party_id="1234"), False),
        (Subject(commodity_prefix="64"), Subject(commodity_prefix="64", origin="CN"), False),
        (
            Subject(description="Tea", routing=("KZ", "UZ")),
            Subject(description="tea", routing=("UZ", "KZ")),
            True,
        ),
        (
            Subject(description="tea", route=("KZ", "UZ")),
            Subject(description="tea", route=("UZ", "KZ")),
            False,
        ),
    ],
)
def test_subjects_are_the_same_where_they_name_the_same_or_say_the_same(
    one: Subject, other: Subject, *, is_same: bool
) -> None:
    mine = replace(ALERT, subjects=(Subject(customs_seal="S1"), one))

    assert same_subjects(mine, replace(ALERT, subjects=(other,))) == (((2, 1),) if is_same else ())
    assert same_subjects(replace(ALERT, subjects=(other,)), mine) == (((1, 2),) if is_same else ())
