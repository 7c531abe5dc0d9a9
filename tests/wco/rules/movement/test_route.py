from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from exchange_node.wco.document import Document
from exchange_node.wco.rules.movement.route import check_route, country_of, ways_of

if TYPE_CHECKING:
    from tests.wco.conftest import Changes, MakeManifest

ON = date(2026, 3, 9)
C = "Declaration/Consignment[1]"
T1, T2 = f"{C}/ext:TransitOffice[1]/ext:ID", f"{C}/ext:TransitOffice[2]/ext:ID"
THREE = {
    f"{C}/Itinerary[1]/RoutingCountryCode": "KZ",
    f"{C}/Itinerary[2]/RoutingCountryCode": "UZ",
    f"{C}/Itinerary[3]/SequenceNumeric": "3",
    f"{C}/Itinerary[3]/RoutingCountryCode": "TJ",
    f"{C}/Destination/CountryCode": "TJ",
    f"{C}/TransitDestination/ID": "TJ100100",
    T1: "UZ270101",
    T2: "TJ200200",
}


def found(document: Document) -> list[tuple[str, str]]:
    findings = check_route(document)
    assert all(one.text and one.mend_text for one in findings)
    assert not any(one.is_error for one in findings)
    return [(one.code, one.pointer) for one in findings]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({f"{C}/TransitDeparture/ID": "KG100100"},
         [("CAREC-R307", f"{C}/TransitDeparture/ID")]),
        ({f"{C}/TransitDestination/ID": "AF100100"},
         [("CAREC-R308", f"{C}/TransitDestination/ID")]),
        ({T2: "TM100100"}, [("CAREC-R309", T2)]),
        ({T1: "TJ200200", T2: "UZ270101"}, [("CAREC-R310", T2)]),
        ({f"{C}/TransitDeparture/ID": "TJ100100", f"{C}/TransitDestination/ID": "KZ550101"},
         [("CAREC-R310", T1), ("CAREC-R310", f"{C}/TransitDestination/ID")]),
        ({f"{C}/TransitDeparture/ID": "10803050"}, []),
        ({f"{C}/Itinerary[2]/RoutingCountryCode": "GB", T1: "XI000081"}, []),
        ({f"{C}/TransitDeparture/ID": "ZZ803050"}, []),
    ],
)  # fmt: skip
def test_every_office_lies_on_the_route_in_its_order(
    manifest: MakeManifest, changes: Changes, wanted: list[tuple[str, str]]
) -> None:
    assert found(manifest({**THREE, **changes})) == wanted


def test_the_ends_of_the_goods_are_on_the_way_though_the_itinerary_omits_them(
    manifest: MakeManifest,
) -> None:
    document = manifest(
        {
            **THREE,
            f"{C}/Itinerary[1]/RoutingCountryCode": "UZ",
            f"{C}/Itinerary[3]/RoutingCountryCode": "UZ",
        }
    )

    assert {code for code, _ in found(document)} == {"CAREC-R303", "CAREC-R304"}


def test_a_way_that_crosses_a_country_twice_may_come_back(manifest: MakeManifest) -> None:
    document = manifest(
        {
            **THREE,
            f"{C}/Itinerary[3]/RoutingCountryCode": "KZ",
            f"{C}/Itinerary[4]/SequenceNumeric": "4",
            f"{C}/Itinerary[4]/RoutingCountryCode": "TJ",
            T2: "KZ550401",
        }
    )

    assert found(document) == []


def test_a_guarantee_is_asked_of_the_offices_countries_too(manifest: MakeManifest) -> None:
    (way,) = ways_of(manifest({T1: "TM100100"}))

    assert way.crossed == {"KZ", "UZ", "TM"}


@pytest.mark.parametrize(
    ("office", "country"), [("KZ550101", "KZ"), ("ZZ1", ""), ("10803050", ""), ("KZ", ""), ("", "")]
)
def test_an_office_tells_its_country_where_it_has_one(office: str, country: str) -> None:
    assert country_of(office) == country
