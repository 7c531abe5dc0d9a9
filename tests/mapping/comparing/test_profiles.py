from __future__ import annotations

import pytest

from exchange_node.config import shipped
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping.comparing import compare_outcomes, compare_profiles
from exchange_node.mapping.declaration import map_declaration
from exchange_node.mapping.facts import Facts
from exchange_node.mapping.golden.case import AT
from exchange_node.mapping.profile import Profile, read_profiles

HEAD = '[detect]\nroots = ["N"]\n[groups.declaration.lines]\n'


def profile(*lines: str) -> Profile:
    return read_profiles({"p": HEAD + "\n".join(lines)}).by_name["p"]


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        ('a = { from = "x", to = "ID" }', 'b = { from = "x", to = "ID" }', []),
        ('a = { from = "x", to = "ID" }', "", ["only in A"]),
        ("", 'a = { from = "x", to = "ID" }', ["only in B"]),
        ('a = { from = "x", to = "ID" }', 'a = { from = "y", to = "ID" }', ["source"]),
        ('a = { from = "x", to = "ID" }', 'a = { from = "x", plate = true, to = "ID" }',
         ["conversion"]),
        ('a = { from = "x", when = "k=1", to = "ID" }',
         'a = { from = "x", when = "k=2", to = "ID" }', ["condition"]),
        ('a = { from = "x[k=1]", to = "ID" }', 'a = { from = "x[k=2]", to = "ID" }', ["source"]),
        ('a = { from = "x", crosswalk = { "1" = "A" }, to = "ID" }',
         'a = { from = "x", crosswalk = { "1" = "B" }, to = "ID" }', ["conversion"]),
        ('a = { sum = "x", to = "ID" }', 'a = { count = "x", to = "ID" }', ["conversion"]),
        ('a = { value = "1", to = "ID" }', 'a = { value = "2", to = "ID" }', ["source"]),
        ('a = { from = "x", to = "ID" }', 'a = { from = "y", plate = true, to = "ID" }',
         ["source", "conversion"]),
    ],
)  # fmt: skip
def test_profiles_are_compared_by_what_fills_an_element(
    one: str, other: str, what: list[str]
) -> None:
    rows = compare_profiles(profile(one), profile(other))

    assert [row.what for row in rows] == what
    assert all(row.target == "Declaration/ID" for row in rows)


def test_a_condition_of_a_group_is_one_of_its_lines() -> None:
    group = (
        '[groups.g]\neach = "x"\n{where}to = "Agent"\n'
        '[groups.g.lines]\na = {{ from = "n", to = "Name" }}'
    )
    bare = profile('x = { from = "@i", to = "ID" }', group.format(where=""))
    asked = profile('x = { from = "@i", to = "ID" }', group.format(where='where = "k>=1"\n'))

    (row,) = compare_profiles(bare, asked)

    assert (row.target, row.what, row.other) == ("Declaration/Agent/Name", "condition", "k>=1")


@pytest.mark.parametrize("name", shipped.national_profiles().names)
def test_a_shipped_profile_does_not_differ_from_itself(name: str) -> None:
    one = shipped.national_profiles().by_name[name]

    assert compare_profiles(one, one) == ()


def test_values_that_come_out_differently_are_told_place_by_place() -> None:
    one = profile(
        'a = { from = "x", to = "ID" }', 'b = { from = "y", to = "FunctionalReferenceID" }'
    )
    other = profile('a = { from = "y", to = "ID" }')

    rows = compare_outcomes(*(
        map_declaration(
            b"<N><x>1</x><y>2</y></N>", each, Facts(), shipped.library(),
            sender=PartyId.of_country("KZ"), agency="Customs", at=AT, reference="R",
        ).report
        for each in (one, other)
    ))  # fmt: skip

    assert [(row.pointer, row.one, row.other) for row in rows] == [
        ("Declaration/ID", "1", "2"),
        ("Declaration/FunctionalReferenceID", "2", ""),
    ]
