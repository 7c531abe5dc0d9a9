from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.manifest import Driver, Paper, Party, TransportEquipment, TransportMeans
from exchange_node.wco.document import read
from exchange_node.wco.manifest_view import read_manifest
from exchange_node.wco.notation import DEC, MD, RES
from exchange_node.wco.sifting import sifted

if TYPE_CHECKING:
    from tests.wco.conftest import Changes, MakeManifest

ASTANA = timezone(timedelta(hours=5))
C = "Declaration/Consignment[1]"


def test_a_manifest_is_read_for_what_the_node_needs(manifest: MakeManifest) -> None:
    found = read_manifest(read(manifest().to_bytes()))

    assert found.movement == MovementId(country="KZ", scheme="mrn", value="26KZ550302000000K6")
    assert (found.functional_reference, found.function, found.type_code) == (
        "LRN-2026-0001",
        "9",
        "821",
    )
    assert found.submitter == "customs.kz"
    assert found.issued_at == datetime(2026, 3, 1, 9, tzinfo=ASTANA)
    assert found.expected_arrival == datetime(2026, 3, 2, 12, tzinfo=ASTANA)
    assert found.limit_date == date(2026, 3, 5)
    assert found.offices == ("KZ550101", "KZ550302", "UZ270101", "UZ260101")
    assert found.gross_mass_kg == Decimal("1500.5")
    assert found.package_count == 30
    assert found.guarantee_references == ("GRN-1",)
    assert found.declarant == Party(role="Declarant", name="Almaty Export", country="KZ")
    assert found.border_means == TransportMeans(
        id="123ABC02", stage="border", mode="3", nationality="KZ"
    )


def test_papers_and_drivers_are_read_with_the_places_where_they_stand(
    manifest: MakeManifest,
) -> None:
    driver = f"{C}/ext:Driver[1]"
    document = manifest(
        {
            f"{C}/AdditionalDocument[1]/ID": "INV-1",
            f"{C}/AdditionalDocument[1]/TypeCode": "380",
            f"{C}/ConsignmentItem[2]/PreviousDocument[1]/ID": "EX-2",
            f"{C}/ConsignmentItem[2]/PreviousDocument[1]/TypeCode": "830",
            f"{driver}/ext:BirthDate": "1980-02-29",
            f"{driver}/ext:IdentityDocumentID": "N1",
            f"{driver}/ext:IdentityDocumentCountryCode": "KZ",
        }
    )

    found = read_manifest(read(document.to_bytes()))

    assert found.drivers == (
        Driver(name="A. Driver", pointer=driver, born="1980-02-29", document="N1", issuer="KZ"),
    )
    papers = {one.number: one for one in found.papers}
    assert papers["INV-1"] == Paper("INV-1", f"{C}/AdditionalDocument[1]/ID", "380")
    assert papers["EX-2"].pointer == f"{C}/ConsignmentItem[2]/PreviousDocument[1]/ID"
    assert papers["CMR-77"].pointer.endswith("TransportContractDocument[1]/ID")
    assert papers["GRN-1"] == Paper("GRN-1", "Declaration/ObligationGuarantee[1]/ReferenceID")


def test_a_consignment_is_read_with_parties_means_equipment_and_items(
    manifest: MakeManifest,
) -> None:
    (consignment,) = read_manifest(manifest()).consignments

    assert consignment.itinerary == ("KZ", "UZ")
    assert [one.role for one in consignment.parties] == ["Carrier", "Consignee", "Consignor"]
    assert [one.id for one in consignment.means] == ["123ABC02", "45BCA02"]
    assert consignment.equipment == (
        TransportEquipment(id="CSQU3054383", customs_seals=("KZ-SEAL-9",)),
    )
    assert consignment.transport_documents == ("CMR-77",)
    first, second = consignment.items
    assert (first.number, first.commodity_code, first.origin) == (1, "850110", "CN")
    assert (second.gross_mass_kg, second.package_count) == (Decimal(500), 10)


def test_the_harmonized_code_is_preferred_and_any_other_better_than_none(
    manifest: MakeManifest,
) -> None:
    kinds = f"{C}/ConsignmentItem[1]/Commodity/Classification[1]/IdentificationTypeCode"
    items = read_manifest(manifest({kinds: "CV"})).consignments[0].items
    assert items[0].commodity_code == "850110"
    codes = f"{C}/ConsignmentItem[1]/Commodity/Classification"
    items = read_manifest(manifest(without=[codes])).consignments[0].items
    assert items[0].commodity_code == ""


def test_further_means_are_found_with_their_stage(manifest: MakeManifest) -> None:
    found = read_manifest(
        manifest(
            {
                "Declaration/ext:FurtherTransportMeans[1]/ext:ID": "TRAIN 9",
                f"{C}/ext:FurtherTransportMeans[1]/ext:ID": "77AAA02",
            }
        )
    )
    assert [(one.id, one.stage) for one in found.all_means] == [
        ("123ABC02", "border"),
        ("123ABC02", "departure"),
        ("45BCA02", "departure"),
        ("77AAA02", "departure"),
        ("TRAIN 9", "border"),
    ]


def test_further_border_means_stand_without_a_first(manifest: MakeManifest) -> None:
    found = read_manifest(
        manifest(
            {"Declaration/ext:FurtherTransportMeans[1]/ext:ID": "TRAIN 9"},
            without=["Declaration/BorderTransportMeans"],
        )
    )
    assert found.border_means is None
    assert [one.id for one in found.all_means if one.stage == "border"] == ["TRAIN 9"]


def test_border_means_without_a_number_are_none(manifest: MakeManifest) -> None:
    assert (
        read_manifest(manifest({"Declaration/BorderTransportMeans/ID": None})).border_means is None
    )


def test_offices_of_exit_for_transit_are_offices_of_the_route(manifest: MakeManifest) -> None:
    found = read_manifest(manifest({f"{C}/ext:ExitForTransitOffice[1]/ext:ID": "UZ270102"}))
    assert found.offices_of_transit == ("UZ270101", "UZ270102")


def test_the_earliest_limit_binds_the_whole_movement(manifest: MakeManifest) -> None:
    found = read_manifest(
        manifest({"Declaration/Consignment[2]/ext:TransitLimitDate": "2026-03-04"})
    )
    assert found.limit_date == date(2026, 3, 4)


def test_what_is_absent_is_empty(manifest: MakeManifest) -> None:
    keep = {"Declaration/ID", "Declaration/IssueDateTime"}
    gone = [one for one in manifest().by_path() if one not in keep]
    found = read_manifest(sifted(manifest(), gone, {}))

    assert (found.consignments, found.declarant, found.border_means) == ((), None, None)
    assert (found.limit_date, found.expected_arrival) == (None, None)
    assert found.gross_mass_kg == 0


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"Declaration/ID": None}, "Declaration/ID"),
        ({"Declaration/ID": "x" * 71}, "Declaration/ID"),
        ({"Declaration/IssueDateTime": "today"}, "Declaration/IssueDateTime"),
        ({"Declaration/TotalGrossMassMeasure": "heavy"}, "Declaration/TotalGrossMassMeasure"),
        ({"Declaration/TotalPackageQuantity": "-1"}, "Declaration/TotalPackageQuantity"),
        (
            {f"{C}/ConsignmentItem[2]/GoodsMeasure/GrossMassMeasure": "NaN"},
            f"{C}/ConsignmentItem[2]/GoodsMeasure/GrossMassMeasure",
        ),
    ],
)
def test_what_cannot_be_read_is_named(
    manifest: MakeManifest, changes: Changes, pointer: str
) -> None:
    with pytest.raises(InvalidDocumentError) as refused:
        read_manifest(manifest(changes))
    assert [one.pointer for one in refused.value.findings] == [pointer]
    assert refused.value.findings[0].code == "CAREC-R010"


def test_an_item_without_a_number_has_its_place(manifest: MakeManifest) -> None:
    number = f"{C}/ConsignmentItem[2]/SequenceNumeric"
    items = read_manifest(manifest({number: "second"})).consignments[0].items
    assert [one.number for one in items] == [1, 2]


def test_another_document_is_no_manifest() -> None:
    document = read(f'<MetaData xmlns="{MD}"><Response xmlns="{RES}"/></MetaData>'.encode())
    with pytest.raises(InvalidDocumentError) as refused:
        read_manifest(document)
    assert refused.value.findings[0].code == "CAREC-R011"


def test_an_empty_declaration_names_what_it_lacks() -> None:
    document = read(f'<MetaData xmlns="{MD}"><Declaration xmlns="{DEC}"/></MetaData>'.encode())
    with pytest.raises(InvalidDocumentError) as refused:
        read_manifest(document)
    assert [one.pointer for one in refused.value.findings] == [
        "Declaration/ID",
        "Declaration/IssueDateTime",
    ]
