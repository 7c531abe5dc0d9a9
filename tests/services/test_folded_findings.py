from __future__ import annotations

from exchange_node.domain.finding import Finding, has_errors
from exchange_node.mapping.findings import FURTHER, MISSING, TOO_MANY, UNKNOWN_CODE
from exchange_node.services.stations.loss import MOST_PLACES, MOST_TOLD, answered, folded

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


def of_fields(count: int) -> list[Finding]:
    """Return one finding at each of so many fields, which nothing folds."""
    return [one for place in range(count) for one in missing(1, f"Declaration/A{place}/B[{{}}]")]


def test_an_answer_tells_of_all_where_a_partner_can_take_them_in() -> None:
    few = missing(MOST_TOLD)

    assert answered(few) == tuple(few)


def test_an_answer_folds_what_is_too_many_and_tells_the_grave_ones_first() -> None:
    mild = [FURTHER.found(value="CAREC-M999", count=7)]

    told = answered([*mild, *missing(30_000), *missing(1, "Declaration/Agent[{}]/ID")])

    assert told[:MOST_PLACES] == tuple(missing(MOST_PLACES))
    assert told[MOST_PLACES].pointer == "Declaration/Agent[1]/ID"
    assert {one.value: one.facts["count"] for one in told[MOST_PLACES + 1 :]} == {
        "CAREC-M999": "7",
        MISSING.code: str(30_000 - MOST_PLACES),
    }


def test_an_answer_counts_by_rule_what_folding_leaves_too_many() -> None:
    told = answered([*of_fields(MOST_TOLD + 500), *missing(100)])

    *listed, last = told
    assert listed == of_fields(MOST_TOLD)
    assert (last.code, last.value, last.facts) == (FURTHER.code, MISSING.code, {"count": "600"})


def test_what_a_partner_folded_is_told_as_it_said_it() -> None:
    counted = FURTHER.found(value="CAREC-M999", count=7)
    said = Finding(
        code=counted.code, severity=counted.severity, sentence=counted.text, mend="", value="x"
    )

    assert folded([*missing(2), said]) == (*missing(2), said)
