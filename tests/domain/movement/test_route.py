from __future__ import annotations

from datetime import UTC, datetime

import pytest

from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.manifest import Consignment, TransitManifest
from exchange_node.domain.movement import (
    Control,
    Event,
    Part,
    Route,
    event_of_controls,
    route_of,
)


def manifest(**more: object) -> TransitManifest:
    plain: dict[str, object] = {
        "movement": MovementId(country="KZ", scheme="national", value="1"),
        "functional_reference": "r",
        "function": "9",
        "type_code": "T1",
        "submitter": "customs.kz",
        "declaration_office": "KZ550101",
        "issued_at": datetime(2026, 3, 2, tzinfo=UTC),
        "exit_office": "KZ550302",
        "offices_of_transit": ("UZ270101", "TM010101"),
        "entry_office": "UZ270101",
        "consignments": (
            Consignment(number=1, office_of_destination="AF010101", itinerary=("KZ", "UZ", "TM")),
        ),
        **more,
    }
    return TransitManifest(**plain)  # type: ignore[arg-type]  # a plain view of anything


def test_each_country_of_the_route_has_its_part() -> None:
    route = route_of(manifest(), departure="customs.kz")

    assert route.parties == ("customs.kz", "customs.uz", "customs.tm", "customs.af")
    assert [route.part_of(one) for one in route.parties] == [
        Part.DEPARTURE,
        Part.TRANSIT,
        Part.TRANSIT,
        Part.DESTINATION,
    ]
    assert route.part_of("customs.tj") is None
    assert route.part_of("") is None


def test_without_an_office_of_destination_the_country_counts() -> None:
    consignment = Consignment(number=1, country_of_destination="TJ")

    route = route_of(manifest(consignments=(consignment,)), departure="customs.kz")

    assert route.destination == "customs.tj"


def test_what_names_no_country_takes_no_part() -> None:
    consignment = Consignment(number=1, office_of_destination="12345678", itinerary=("?",))
    plain = manifest(consignments=(consignment,), offices_of_transit=(), entry_office="")

    route = route_of(plain, departure="customs.kz")

    assert (route.destination, route.transit) == ("", ())
    assert route.parties == ("customs.kz",)


def test_goods_that_stay_in_their_country_have_no_other_end() -> None:
    consignment = Consignment(number=1, office_of_destination="KZ010101")

    route = route_of(manifest(consignments=(consignment,)), departure="customs.kz")

    assert route.destination == ""
    assert route.part_of("customs.kz") is Part.DEPARTURE


def test_goods_for_two_countries_end_in_the_first_and_pass_the_other() -> None:
    two = tuple(
        Consignment(number=number, office_of_destination=office)
        for number, office in enumerate(("TJ010101", "AF010101"), start=1)
    )

    route = route_of(manifest(consignments=two), departure="customs.kz")

    assert route.destination == "customs.tj"
    assert route.part_of("customs.af") is Part.TRANSIT


def test_one_control_that_found_something_decides() -> None:
    good, minor, bad = (Control(result=one) for one in ("A1", "A4", "B1"))

    assert event_of_controls([good, minor]) is Event.CONFORM
    assert event_of_controls([good, bad]) is Event.DISCREPANT


ROUTE = Route(departure="customs.kz", transit=("customs.uz",), destination="customs.tj")


def test_a_diversion_goes_over_whom_nobody_planned() -> None:
    assert ROUTE.diverted("customs.tm", ends_there=False).transit == ("customs.uz", "customs.tm")
    assert ROUTE.diverted("customs.uz", ends_there=False) == ROUTE


@pytest.mark.parametrize("party", ["customs.tm", "customs.uz"])
def test_a_new_end_leaves_the_old_one_in_the_route(party: str) -> None:
    changed = ROUTE.diverted(party, ends_there=True)

    assert changed.destination == party
    assert set(changed.parties) == {*ROUTE.parties, party}
    assert changed.diverted(party, ends_there=True) == changed


def test_goods_that_come_back_end_nowhere_else() -> None:
    assert ROUTE.diverted("customs.kz", ends_there=True) == ROUTE
