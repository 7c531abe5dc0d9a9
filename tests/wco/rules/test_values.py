from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import pytest

from exchange_node.wco.codelists import COLUMNS, CodeLists, code_lists_of, read_code_lists
from exchange_node.wco.document import Document
from exchange_node.wco.rules import WcoLibrary, validate
from exchange_node.wco.rules.structure import day_of

if TYPE_CHECKING:
    from tests.wco.conftest import Changes, MakeManifest

HEAD = "\t".join(COLUMNS)
C = "Declaration/Consignment[1]"
KIND = f"{C}/ConsignmentItem[1]/Packaging[1]/TypeCode"
ACCEPTED = date(2026, 3, 1)


def with_lists(library: WcoLibrary, **texts: str) -> WcoLibrary:
    own = read_code_lists({name: f"{HEAD}\n{text}" for name, text in texts.items()})
    lists: CodeLists = code_lists_of((*library.code_lists.editions, *own.editions))
    return dataclasses.replace(library, code_lists=lists)


def found(document: Document, library: WcoLibrary, on: date) -> list[tuple[str, str, bool]]:
    findings = validate(document, library, on)
    assert all(one.text and one.mend_text for one in findings)
    return [(one.code, one.pointer, one.is_error) for one in findings]


PACKAGES = "BX\tbox\t\t\tus\t\nCT\tcarton\t{begin}\t{end}\tus\t"


@pytest.mark.parametrize(
    ("begin", "end", "wanted"),
    [
        ("2026-03-01", "2026-03-31", []),
        ("2026-03-02", "", [("CAREC-R112", KIND, True)]),
        ("", "2026-02-28", [("CAREC-R112", KIND, True)]),
        ("", "2026-03-04", [("CAREC-R114", KIND, False)]),
    ],
)
def test_the_day_of_the_declaration_decides_which_codes_hold(
    manifest: MakeManifest,
    library: WcoLibrary,
    begin: str,
    end: str,
    wanted: list[tuple[str, str, bool]],
) -> None:
    own = with_lists(library, rec21=PACKAGES.format(begin=begin, end=end))

    assert found(manifest(), own, date(2026, 3, 5)) == wanted


def test_a_code_that_ended_is_said_wherever_it_stands(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    own = with_lists(library, rec21=PACKAGES.format(begin="", end="2026-03-04"))
    twice = manifest({f"{C}/ConsignmentItem[2]/Packaging[1]/TypeCode": "CT"})

    assert [code for code, _, _ in found(twice, own, date(2026, 3, 5))] == ["CAREC-R114"] * 2


def test_a_currency_that_ended_is_said_too(manifest: MakeManifest, library: WcoLibrary) -> None:
    own = with_lists(library, iso4217="USD\tdollar\t\t2026-03-04\tus\t")
    codes = {code for code, _, _ in found(manifest(), own, date(2026, 3, 5))}

    assert codes == {"CAREC-R114"}


def test_an_office_that_a_new_list_drops_holds_for_what_was_accepted_before(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    new = {"customs_offices.UZ@2026-03-04": "UZ270101\tGisht Kuprik\t\t\tus\t"}
    own = with_lists(library, **new)
    pointer = f"{C}/TransitDestination/ID"

    assert found(manifest(), own, date(2026, 3, 3)) == []
    assert found(manifest(), own, date(2026, 3, 5)) == [("CAREC-R114", pointer, False)]
    late = manifest({"Declaration/AcceptanceDateTime": "2026-03-04T08:00:00+05:00",
                     "Declaration/ext:ReleaseDateTime": None})  # fmt: skip
    assert ("CAREC-R113", pointer, True) in found(late, own, date(2026, 3, 5))


def test_a_procedure_is_checked_where_its_country_has_handed_its_list_in(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    pointer = f"{C}/ConsignmentItem[1]/GovernmentProcedure[1]/CurrentCode"
    document = manifest({pointer: "81"})

    assert found(document, library, ACCEPTED) == []
    own = with_lists(library, **{"procedures.KZ": "80\ttransit\t\t\tus\t"})
    assert found(document, own, ACCEPTED) == [("CAREC-R115", pointer, False)]
    other = with_lists(library, **{"procedures.UZ": "80\ttransit\t\t\tus\t"})
    assert found(document, other, ACCEPTED) == []


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({}, date(2026, 3, 1)),
        ({"Declaration/AcceptanceDateTime": "2026-02-28T23:30:00+05:00"}, date(2026, 2, 28)),
        ({"Declaration/AcceptanceDateTime": None}, date(2026, 3, 1)),
        ({"Declaration/AcceptanceDateTime": "soon"}, date(2026, 3, 1)),
        ({"Declaration/AcceptanceDateTime": None, "Declaration/IssueDateTime": None}, None),
    ],
)
def test_the_day_is_that_of_acceptance_or_else_of_issue(
    manifest: MakeManifest, changes: Changes, day: date | None
) -> None:
    assert day_of(manifest(changes)) == day
