from __future__ import annotations

from collections.abc import Callable

import pytest

from exchange_node.domain.errors import InvalidFactsError
from exchange_node.mapping import Mapped, findings, read_facts

Draw = Callable[..., Mapped]
LINES = """
[groups.declaration.lines]
mrn = { from = ["Head/MRN", "Facts/MRN"], to = "ID" }
ref = { from = "Head/Ref", to = "FunctionalReferenceID" }
[groups.consignment]
to = "Consignment"
[groups.consignment.lines]
ucr = { from = "Head/Ucr", to = "UCR/ID" }
[groups.route]
within = "consignment"
each = "Facts/Route"
to = "Itinerary"
[groups.route.lines]
country = { from = ".", to = "RoutingCountryCode" }
[groups.item]
within = "consignment"
each = "Item"
to = "ConsignmentItem"
[groups.item.lines]
origin = { from = "Origin", to = "Origin/CountryCode" }
text = { from = "Text", to = "Commodity/Description" }
"""
ROUTE = "Declaration/Consignment/Itinerary/RoutingCountryCode"


def test_a_fact_fills_what_the_declaration_leaves_open(draw: Draw) -> None:
    mapped = draw(LINES, "<D><Head><Ref/></Head></D>", 'supplied_by = "office"\n"Head/Ref" = "R9"')

    assert mapped.document.value("Declaration/FunctionalReferenceID") == "R9"
    (row,) = mapped.report.facts_used
    assert (row.source, row.supplied_by) == ("Head/Ref", "office")


def test_one_fact_may_name_a_supplier_of_its_own(draw: Draw) -> None:
    facts = 'supplied_by = "office"\n[Facts]\nMRN = { value = "M1", supplied_by = "registry" }'

    mapped = draw(LINES, "<D/>", facts)

    assert [row.supplied_by for row in mapped.report.facts_used] == ["registry"]


@pytest.mark.parametrize("place", ['"Head/Ref"', '"D/Head/Ref"', '"/Head/Ref"', "Head.Ref"])
def test_a_fact_that_contradicts_the_declaration_is_a_finding_and_is_not_used(
    draw: Draw, place: str
) -> None:
    mapped = draw(LINES, "<D><Head><Ref>R1</Ref></Head></D>", f'{place} = "R2"')

    (found,) = [one for one in mapped.findings if one.code == findings.CONTRADICTED.code]
    assert found.is_error
    assert found.facts["declared"] == "R1"
    assert mapped.document.value("Declaration/FunctionalReferenceID") == "R1"


def test_a_fact_beside_the_declaration_never_stands_before_what_it_says(draw: Draw) -> None:
    mapped = draw(LINES, "<D><Head><MRN>M1</MRN></Head></D>", 'Facts = { MRN = "M2" }')

    assert mapped.document.value("Declaration/ID") == "M1"
    assert findings.CONTRADICTED.code in {one.code for one in mapped.findings}


@pytest.mark.parametrize("said", ["R 1", "r1", " R1 "])
def test_a_fact_that_says_the_same_is_no_contradiction(draw: Draw, said: str) -> None:
    mapped = draw(LINES, "<D><Head><Ref>R1</Ref></Head></D>", f'"Head/Ref" = "{said}"')

    assert findings.CONTRADICTED.code not in {one.code for one in mapped.findings}


def test_a_list_fills_what_repeats(draw: Draw) -> None:
    mapped = draw(LINES, "<D/>", '{"Facts/Route": ["KZ", "UZ", "TJ"]}')

    assert mapped.document.values(ROUTE) == ("KZ", "UZ", "TJ")


def test_a_position_names_one_of_several(draw: Draw) -> None:
    xml = "<D><Item><Text>a</Text></Item><Item><Text>b</Text></Item></D>"

    one = draw(LINES, xml, '"Item[2]/Origin" = "CN"')
    every = draw(LINES, xml, '"Item/Origin" = "CN"')

    item = "Declaration/Consignment[1]/ConsignmentItem"
    filled = [one.pointer for one in one.report.trace if one.value == "CN"]
    assert filled == [f"{item}[2]/Origin[1]/CountryCode"]
    assert len([one for one in every.report.trace if one.value == "CN"]) == 2


def test_every_fact_that_no_line_names_is_told_with_what_is_near(draw: Draw) -> None:
    with pytest.raises(InvalidFactsError) as caught:
        draw(LINES, "<D/>", '"Head/Reff" = "1"\n"Facts/Root" = "2"\n"Facts/MRN" = "3"')

    assert "Head/Ref" in str(caught.value)
    assert "Facts/Route" in str(caught.value)


def test_a_fact_that_found_no_use_is_a_warning(draw: Draw) -> None:
    lines = LINES.replace('each = "Facts/Route"', 'each = "Facts/Route"\nwhere = ".=KZ"')

    mapped = draw(lines, "<D/>", "Facts = { Route = ['KZ', 'UZ'] }")

    assert mapped.document.values(ROUTE) == ("KZ",)
    unused = [one for one in mapped.findings if one.code == findings.UNUSED_FACT.code]
    assert [one.value for one in unused] == ["UZ"]


@pytest.mark.parametrize(
    "text",
    [
        "= nothing",
        "{",
        "{]",
        "[1, 2]",
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": null}',
        '{"a": ""}',
        '{"a": []}',
        '{"a": [["nested"]]}',
        '{"a": "\\u0000"}',
        '{"a": "\\ud800"}',
        '{"a[0]": "x"}',
        '{"a//b": "x"}',
        '{"": "x"}',
        'a = "\\u0007"',
        "a = " + "9" * 5000,
        "a = " + "[" * 2000 + "]" * 2000,
        '{"a":' * 60000 + "1" + "}" * 60000,
        "supplied_by = 7",
        "x" * 1_000_001,
    ],
    ids=lambda text: text[:20],
)
def test_a_facts_file_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidFactsError):
        read_facts(text)


def test_numbers_and_dates_are_taken_as_they_are_written() -> None:
    facts = read_facts("a = 1.50\nb = 2026-03-02\nc = 7\nd = true")

    assert [one.values for one in facts.entries] == [("1.50",), ("2026-03-02",), ("7",), ("true",)]


def test_a_position_that_does_not_follow_on_is_refused(draw: Draw) -> None:
    with pytest.raises(InvalidFactsError):
        draw(LINES, "<D><Item><Text>a</Text></Item></D>", '"Item[5]/Origin" = "CN"')


def test_a_fact_does_not_change_which_of_several_places_is_chosen_elsewhere(draw: Draw) -> None:
    lines = LINES.replace('"Head/Ref"', '[{ count = "Item" }, "Head/Ref"]')
    xml = "<D><Head><Ref>R</Ref></Head><Item><Text>a</Text></Item></D>"

    without, beside = draw(lines, xml), draw(lines, xml, "Facts = { MRN = 'M' }")

    chosen = [one.document.value("Declaration/FunctionalReferenceID") for one in (without, beside)]
    assert chosen == ["1", "1"]
