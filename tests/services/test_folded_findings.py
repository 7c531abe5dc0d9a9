from __future__ import annotations

from exchange_node.domain.finding import Finding, has_errors
from exchange_node.mapping.findings import FURTHER, MISSING, TOO_MANY, UNKNOWN_CODE
from exchange_node.services.stations.loss import MOST_PLACES, folded

FIELD = "Declaration/Consignment[1]/ConsignmentItem[{}]/Origin/CountryCode"


def missing(count: int, field: str = FIELD) -> list[Finding]:
    return [
        MISSING.found(pointer=field.format(place), sources="a path")
        for place in range(1, count + 1)
    ]


def test_one_rule_at_one_field_is_told_at_the_first_places_and_counted_at_the_rest() -> None:
    told = folded(missing(999))

    *listed, further = told
    assert listed == missing(MOST_PLACES)
    assert further.code == FURTHER.code
    assert further.pointer == "Declaration/Consignment/ConsignmentItem/Origin/CountryCode"
    assert further.value == MISSING.code
    assert further.facts == {"count": str(999 - MOST_PLACES)}


def test_findings_of_other_fields_and_rules_are_told_beside_them() -> None:
    unknown = UNKNOWN_CODE.found(pointer="Item[7]", value="Q", table="t", target="x", written="Q")
    others = missing(2, "Declaration/Consignment[{}]/Carrier/Name")

    told = folded([*missing(500), unknown, *others])

    assert [one for one in told if one in [unknown, *others]] == [unknown, *others]
    assert has_errors(told) is has_errors([*missing(500), unknown])


def test_few_findings_stay_as_they_are() -> None:
    assert folded(missing(MOST_PLACES)) == tuple(missing(MOST_PLACES))


def test_what_was_counted_before_is_counted_on() -> None:
    beyond = [
        TOO_MANY.found(pointer=f"Item[{place}]", most=999, target="x") for place in range(1, 101)
    ]
    counted = FURTHER.found(value=TOO_MANY.code, count=5_000)

    *listed, further = folded([*beyond, counted])

    assert listed == beyond[:MOST_PLACES]
    assert further.facts == {"count": str(5_100 - MOST_PLACES)}
    assert further.pointer == "Item"


def test_a_count_of_what_is_not_listed_stays() -> None:
    counted = FURTHER.found(value="CAREC-M999", count=7)

    assert [one.facts for one in folded([counted])] == [{"count": "7"}]
