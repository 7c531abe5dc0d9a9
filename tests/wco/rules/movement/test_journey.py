from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from exchange_node.wco.codelists import read_code_lists
from exchange_node.wco.document import Document
from exchange_node.wco.rules import WcoLibrary, validate
from exchange_node.wco.rules.movement import check_movement
from exchange_node.wco.rules.movement.journey import has_means
from exchange_node.wco.rules.movement.reckoning import number

if TYPE_CHECKING:
    from tests.wco.conftest import Changes, MakeManifest

ON = date(2026, 3, 9)
NO_LISTS = read_code_lists({})
C = "Declaration/Consignment[1]"
G = "Declaration/ObligationGuarantee[1]"
MEANS = [f"{C}/DepartureTransportMeans", "Declaration/BorderTransportMeans"]


def found(document: Document) -> list[tuple[str, str]]:
    findings = check_movement(document, NO_LISTS, ON, ON)
    assert all(one.text and one.mend_text for one in findings)
    return [(one.code, one.pointer) for one in findings]


def test_a_good_journey_has_no_finding(manifest: MakeManifest) -> None:
    assert found(manifest()) == []


def test_a_manifest_without_any_means_of_transport_is_told_once_and_clearly(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    findings = validate(manifest(without=MEANS), library, ON)
    assert [one.code for one in findings] == ["CAREC-R301"]
    assert "no means of transport at all" in findings[0].text
    assert findings[0].is_error


def test_a_missing_means_at_departure_is_an_ordinary_gap_where_another_is_named(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    findings = validate(manifest(without=MEANS[:1]), library, ON)
    assert {one.code for one in findings} == {"CAREC-R101"}
    assert f"{C}/DepartureTransportMeans[1]/ID" in {one.pointer for one in findings}


@pytest.mark.parametrize(
    "pointer",
    [
        f"{C}/DepartureTransportMeans[1]/ID",
        "Declaration/BorderTransportMeans/ID",
        "Declaration/ext:FurtherTransportMeans[1]/ext:ID",
        f"{C}/ext:FurtherTransportMeans[1]/ext:ID",
    ],
)
def test_any_one_means_is_a_means(manifest: MakeManifest, pointer: str) -> None:
    assert not has_means(manifest(without=MEANS))
    kept = manifest(without=MEANS) if not pointer else _with(manifest, pointer)
    assert has_means(kept)


def _with(manifest: MakeManifest, pointer: str) -> Document:
    others = [one for one in MEANS if not pointer.startswith(one)]
    return manifest({pointer: "123ABC02"}, without=others)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"Declaration/AcceptanceDateTime": "2026-03-09T08:00:00+05:00",
          "Declaration/ext:ReleaseDateTime": None}, f"{C}/ext:TransitLimitDate"),
        ({"Declaration/ext:ReleaseDateTime": "2026-02-20T08:00:00+05:00"},
         "Declaration/ext:ReleaseDateTime"),
        ({"Declaration/ext:ReleaseDateTime": "2026-03-09"}, f"{C}/ext:TransitLimitDate"),
        ({"Declaration/BorderTransportMeans/ArrivalDateTime": "2026-03-01T19:59:59+05:00"},
         "Declaration/BorderTransportMeans/ArrivalDateTime"),
    ],
)  # fmt: skip
def test_dates_in_the_wrong_order_stop_a_manifest(
    manifest: MakeManifest, library: WcoLibrary, changes: Changes, pointer: str
) -> None:
    findings = validate(manifest(changes), library, ON)
    errors = [one for one in findings if one.is_error]
    assert [(one.code, one.pointer) for one in errors] == [("CAREC-R302", pointer)]


@pytest.mark.parametrize(
    "changes",
    [
        {f"{C}/ext:TransitLimitDate": "2026-03-01"},
        {"Declaration/AcceptanceDateTime": "2026-03-05T23:30:00-05:00",
         "Declaration/ext:ReleaseDateTime": None},
        {"Declaration/AcceptanceDateTime": "2026-03-01", "Declaration/ext:ReleaseDateTime":
         "2026-03-01"},
        {"Declaration/AcceptanceDateTime": "soon"},
    ],
)  # fmt: skip
def test_a_day_lasts_until_its_end_anywhere(manifest: MakeManifest, changes: Changes) -> None:
    assert "CAREC-R302" not in {code for code, _ in found(manifest(changes))}


def test_a_route_starts_at_dispatch_and_ends_at_destination(manifest: MakeManifest) -> None:
    document = manifest(
        {
            f"{C}/Itinerary[1]/RoutingCountryCode": "CN",
            f"{C}/Itinerary[2]/RoutingCountryCode": "TJ",
        }
    )
    assert found(document) == [
        ("CAREC-R303", f"{C}/Itinerary[1]/RoutingCountryCode"),
        ("CAREC-R304", f"{C}/Itinerary[2]/RoutingCountryCode"),
    ]
    assert not any(one.is_error for one in check_movement(document, NO_LISTS, ON, ON))


def test_a_route_that_is_not_told_is_not_judged(manifest: MakeManifest) -> None:
    assert found(manifest(without=[f"{C}/Itinerary"])) == []


def test_a_guarantee_holds_on_the_whole_route(manifest: MakeManifest) -> None:
    document = manifest(
        {f"{G}/ext:ExcludedCountryCode[1]": "AF", f"{G}/ext:ExcludedCountryCode[2]": "UZ"}
    )
    assert found(document) == [("CAREC-R305", f"{G}/ext:ExcludedCountryCode[2]")]


@pytest.mark.parametrize(
    ("stake", "codes"),
    [
        (("5000.01", {"currencyID": "USD"}), ["CAREC-R306"]),
        (("5000", {"currencyID": "USD"}), []),
        (("9999999", {"currencyID": "KZT"}), []),
        (("much", {"currencyID": "USD"}), []),
    ],
)
def test_a_guarantee_covers_what_is_at_stake(
    manifest: MakeManifest, stake: tuple[str, dict[str, str]], codes: list[str]
) -> None:
    document = manifest({f"{G}/ext:DutyAtStakeAmount": stake})
    assert [code for code, _ in found(document)] == codes


def test_a_guarantee_without_a_number_is_still_judged(manifest: MakeManifest) -> None:
    document = manifest({f"{G}/ReferenceID": None, f"{G}/ext:ExcludedCountryCode[1]": "UZ"})
    assert [code for code, _ in found(document)] == ["CAREC-R305"]


@pytest.mark.parametrize("text", ["", "x", "NaN", "Infinity"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number(text) is None
