from __future__ import annotations

from collections.abc import Iterable

import pytest

from exchange_node.config.shipped import library, national_profiles
from exchange_node.services.stations.outcomes.figures import Figures, Group, grouped, merged
from exchange_node.store.records.held import Direction
from exchange_node.store.records.quality import NO_FIELD, OTHERS, Sum, What

NUMBER = "Declaration/ID"
NAME = "Declaration/Consignment/Consignor/Name"


@pytest.fixture(name="tell", scope="module")
def _tell() -> Figures:
    return Figures(
        registry=library().registry,
        profiles=national_profiles(None),
        direction=Direction.SENT,
    )


def sums(group: str, found: Iterable[tuple[str, What, str, int]]) -> list[Sum]:
    return [
        Sum(group, field, what, rule, documents, documents)
        for field, what, rule, documents in found
    ]


def ends(group: str, **documents: int) -> list[Sum]:
    return sums(group, [("", What[name.upper()], "", count) for name, count in documents.items()])


def test_the_share_of_first_time_acceptance_is_of_first_tries_that_are_decided(
    tell: Figures,
) -> None:
    (group,) = grouped(
        ends("a", all=9, first=7, first_accepted=3, first_refused=1, first_rejected=1)
    ).values()

    first = tell.documents(group)["first_time"]

    assert (first["handed_in"], first["decided"], first["share"]) == (7, 5, 0.6)


def test_what_is_not_decided_is_open_and_has_no_share(tell: Figures) -> None:
    (group,) = grouped(ends("a", all=2, first=2)).values()

    told = tell.documents(group)

    assert (told["open"], told["first_time"]["share"]) == (2, None)
    assert tell.documents(Group())["shares"]["refused"] is None


def test_the_group_in_which_most_is_refused_comes_first_and_days_in_their_order(
    tell: Figures,
) -> None:
    found = grouped(
        [
            *ends("1", all=10, refused=1),
            *ends("2", all=10, refused=2, rejected=3),
            *ends("3", all=100, refused=2),
            *ends("4", all=100, refused=2, missing=1),
        ]
    )

    assert [row["office"] for row in tell.groups("office", found)] == ["2", "1", "4", "3"]
    assert [row["day"] for row in tell.groups("day", found)] == ["1", "2", "3", "4"]


def test_a_field_is_told_over_all_formats_with_what_each_fills_it_from(tell: Figures) -> None:
    found = grouped(
        [
            *ends("esadout-cu", all=3, refused=1),
            *ends("ncts-cc015c", all=1, refused=1),
            *sums("esadout-cu", [(NUMBER, What.REFUSED, "", 1), (NUMBER, What.MISSING, "", 1)]),
            *sums("esadout-cu", [(NUMBER, What.MISSING, "CAREC-M001", 1)]),
            *sums("ncts-cc015c", [(NUMBER, What.REFUSED, "", 1), (NAME, What.CUT, "", 1)]),
            *sums("ncts-cc015c", [(NUMBER, What.WRONG, "CAREC-R103", 1)]),
        ]
    )

    rows = tell.fields(found, lambda _: True)

    assert [row["field"] for row in rows] == [NUMBER, NAME]
    assert (rows[0]["documents"], rows[0]["refused"], rows[0]["shares"]["refused"]) == (4, 2, 0.5)
    assert [rule["rule"] for rule in rows[0]["rules"]] == ["CAREC-M001", "CAREC-R103"]
    assert rows[0]["filled_from"] == {
        "esadout-cu": ["Facts/MRN"],
        "ncts-cc015c": ["TransitOperation/MRN"],
    }
    assert rows[0]["wco_ids"] == "42A/D014"


def test_a_rule_says_its_sentence_with_what_differs_left_open(tell: Figures) -> None:
    found = grouped(
        sums("a", [(NUMBER, What.REFUSED, "", 1), (NUMBER, What.WRONG, "CAREC-R103", 1)])
    )

    (field,) = tell.stops(found, lambda _: True, 5)

    (rule,) = field["rules"]
    assert rule["text"].startswith("ID at Declaration/ID is '…', which does not have the format …")


def test_what_nobody_here_knows_is_told_without_a_sentence(tell: Figures) -> None:
    found = grouped(
        sums("a", [(NO_FIELD, What.REJECTED, "", 1), (NO_FIELD, What.REJECTED, OTHERS, 1)])
    )

    (field,) = tell.stops(found, lambda _: True, 5)

    assert (field["field"], field["rejected"]) == (NO_FIELD, 1)
    assert field["rules"] == [{"rule": OTHERS, "what": "rejected", "documents": 1}]


def test_groups_add_up() -> None:
    found = grouped([*ends("a", all=1), *ends("b", all=2)])

    assert merged(found.values()).all == 3
