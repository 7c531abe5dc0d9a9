from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from exchange_node.domain.alert import (
    Contact,
    Marking,
    PermittedAction,
    RiskAlert,
    Subject,
    Urgency,
)
from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.manifest import (
    Consignment,
    ConsignmentItem,
    Driver,
    Paper,
    Party,
    TransitManifest,
    TransportEquipment,
    TransportMeans,
)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def item(number: int, code: str, description: str, origin: str = "") -> ConsignmentItem:
    return ConsignmentItem(
        number=number,
        commodity_code=code,
        description=description,
        gross_mass_kg=Decimal(10),
        origin=origin,
    )


@pytest.fixture(name="manifest", scope="session")
def _manifest() -> TransitManifest:
    """A truck with a trailer and two consignments."""
    return TransitManifest(
        movement=MovementId.of_number("KZ", "10702020/150326/0001234"),
        functional_reference="LRN1",
        function="9",
        type_code="820",
        submitter="customs.kz",
        declaration_office="KZ010702",
        issued_at=NOW,
        declarant=Party(role="Declarant", name="ТОО «Транзит»", id="010203040506"),
        border_means=TransportMeans(
            id="123 ABC 02 / 45-CD-99", stage="border", mode="3", nationality="KZ"
        ),
        entry_office="UZ000026",
        exit_office="KZ010710",
        offices_of_transit=("KG000011",),
        guarantee_references=("26KZ0000000000001",),
        papers=(
            Paper("26KZ0000000000001", "Declaration/ObligationGuarantee[1]/ReferenceID"),
            Paper("CMR 100", "Declaration/Consignment[1]/TransportContractDocument[1]/ID", "730"),
            Paper("77/A-15", "Declaration/Consignment[2]/AdditionalDocument[1]/ID", "380"),
        ),
        drivers=(
            Driver(
                name="Серік Әбдірахманов",
                pointer="Declaration/Consignment[1]/ext:Driver[1]",
                nationality="KZ",
                born="1980-02-29",
                document="N 0812345",
                issuer="KZ",
            ),
        ),
        consignments=(
            Consignment(
                number=1,
                office_of_departure="KZ010702",
                office_of_destination="UZ000001",
                country_of_dispatch="CN",
                country_of_destination="UZ",
                itinerary=("CN", "KZ", "UZ"),
                parties=(
                    Party(role="Consignor", name="Urumqi  Trading Co.", country="CN"),
                    Party(role="Consignee", name="Oltin Savdo MChJ", id="301 234 567"),
                ),
                means=(
                    TransportMeans(id="123ABC02", stage="departure", mode="3", nationality="KZ"),
                ),
                equipment=(
                    TransportEquipment(id="CSQU 305438-3", customs_seals=("KZ-0001", "0002")),
                    TransportEquipment(id="77EF88", customs_seals=("A-9",)),
                ),
                transport_documents=("CMR 100",),
                items=(
                    item(1, "640399", "Обувь кожаная, ткани хлопковые", "CN"),
                    item(2, "0902.30", "Black tea", "LK"),
                ),
            ),
            Consignment(
                number=2,
                office_of_destination="AF000005",
                country_of_dispatch="CN",
                country_of_destination="AF",
                itinerary=("CN", "KZ", "UZ", "AF"),
                parties=(
                    Party(role="Consignor", name="Alma Ltd", id="KZ99"),
                    Party(role="Consignee", name="OLTIN SAVDO MCHJ", id="999"),
                ),
                items=(item(1, "851712", "移动电话 mobile phones", "CN"),),
            ),
        ),
    )


@pytest.fixture(name="alert", scope="session")
def _alert() -> RiskAlert:
    return RiskAlert(
        alert_id="customs.uz-2026-000001",
        issuer="customs.uz",
        issued_at=NOW,
        valid_until=NOW + timedelta(days=30),
        marking=Marking.AMBER,
        permitted_action=PermittedAction.DOCUMENTS,
        urgency=Urgency.PRIORITY,
        category="TRD",
        severity=2,
        summary="Diversion of transit goods suspected.",
        contact=Contact(office="UZ000001"),
        subjects=(Subject(means_id="123ABC02"),),
    )
