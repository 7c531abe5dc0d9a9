from __future__ import annotations

from datetime import UTC, datetime

from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.manifest import (
    Consignment,
    Party,
    TransitManifest,
    TransportEquipment,
    TransportMeans,
)

MANIFEST = TransitManifest(
    movement=MovementId(country="KZ", scheme="national", value="1"),
    functional_reference="r",
    function="9",
    type_code="T1",
    submitter="customs.kz",
    declaration_office="KZ000001",
    issued_at=datetime(2026, 3, 1, tzinfo=UTC),
    declarant=Party(role="Declarant", name="D"),
    border_means=TransportMeans(id="B", stage="border"),
    exit_office="KZ000002",
    entry_office="UZ000001",
    offices_of_transit=("UZ000003",),
    consignments=(
        Consignment(
            number=1,
            office_of_departure="KZ000001",
            office_of_destination="UZ000009",
            parties=(Party(role="Consignor", name="C"),),
            means=(TransportMeans(id="A", stage="departure"),),
            equipment=(TransportEquipment(id="E"),),
        ),
    ),
)


def test_the_offices_stand_once_in_order_of_the_route() -> None:
    assert MANIFEST.offices == ("KZ000001", "KZ000002", "UZ000003", "UZ000001", "UZ000009")


def test_the_view_gathers_what_is_spread_over_consignments() -> None:
    assert [one.id for one in MANIFEST.all_means] == ["B", "A"]
    assert [one.name for one in MANIFEST.all_parties] == ["D", "C"]
    assert [one.id for one in MANIFEST.all_equipment] == ["E"]
