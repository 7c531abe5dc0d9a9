from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from exchange_node.domain.alert import RiskAlert, Subject
from exchange_node.domain.manifest import TransitManifest
from exchange_node.risk.deciding.rules import Ground
from exchange_node.risk.decision import ground_of
from exchange_node.risk.keys import keys_of_alert, keys_of_manifest
from exchange_node.risk.matching import match, match_subject

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
DRIVER = "Declaration/Consignment[1]/ext:Driver[1]"
SERIK = {"person_name": "Serik Abdirakhmanov"}


def criteria(subject: Subject, manifest: TransitManifest) -> list[str]:
    return list(dict.fromkeys(one.criterion for one in match_subject(subject, manifest)))


@pytest.mark.parametrize(
    ("subject", "place"),
    [
        ({"document_id": "cmr-100"}, "Consignment[1]/TransportContractDocument[1]/ID"),
        ({"document_id": "77A15", "document_type": "380"}, "Consignment[2]/AdditionalDocument"),
        ({"document_id": "26KZ0000000000001"}, "ObligationGuarantee[1]/ReferenceID"),
        ({"document_id": "26KZ0000000000001", "document_type": "921"}, "ObligationGuarantee[1]"),
        ({"document_id": "77A15", "document_type": "730"}, ""),
        ({"document_id": "77A1"}, ""),
        ({"document_id": " - "}, ""),
        ({"document_type": "730"}, "TransportContractDocument[1]/TypeCode"),
        ({"document_type": "921"}, ""),
    ],
)
def test_a_document_is_found_by_number_wherever_the_manifest_names_it(
    manifest: TransitManifest, subject: dict[str, str], place: str
) -> None:
    found = match_subject(Subject(**subject), manifest)  # type: ignore[arg-type]  # texts alone

    assert bool(found) == bool(place)
    assert not found or place in found[0].pointer


@pytest.mark.parametrize(
    ("person", "found"),
    [
        (SERIK, ["person_name"]),
        (SERIK | {"person_born": "1980-02-29"}, ["person_name", "person_born"]),
        (SERIK | {"person_born": "1981-02-28"}, []),
        (SERIK | {"person_nationality": "UZ"}, []),
        (SERIK | {"person_document": "N1"}, ["person_name"]),
        ({"person_document": "n-0812345", "person_issuer": "KZ"}, ["person_document",
                                                                   "person_issuer"]),
        ({"person_document": "n-0812345", "person_issuer": "UZ"}, []),
        ({"person_document": "n-0812345", "person_born": "1979-01-01"}, []),
        ({"person_name": "Alma Ltd", "person_born": "1980-02-29"}, ["person_name"]),
        ({"person_document": "KZ-99"}, ["person_document"]),
        ({"person_nationality": "KZ"}, ["person_nationality"]),
        ({"person_born": "1980-02-29", "person_nationality": "UZ"}, []),
        ({"person_name": "Bolat Nurlanov"}, []),
        (SERIK | {"person_role": "DRV"}, ["person_name", "person_role"]),
        (SERIK | {"person_role": "27A"}, []),
        ({"person_name": "Alma Ltd", "person_role": "DRV"}, []),
    ],
)  # fmt: skip
def test_a_person_is_a_driver_or_a_party_whom_nothing_contradicts(
    manifest: TransitManifest, person: dict[str, str], found: list[str]
) -> None:
    sought = Subject(**person)  # type: ignore[arg-type]  # texts alone

    assert criteria(sought, manifest) == found


def test_a_hit_on_a_person_says_where_and_how_the_values_were_compared(
    manifest: TransitManifest,
) -> None:
    sought = Subject(person_name=SERIK["person_name"], person_born="1980-02-29")

    name, born = match_subject(sought, manifest)

    assert (name.found, name.pointer) == ("Серік Әбдірахманов", f"{DRIVER}/ext:Name")
    assert name.alerted_as
    assert name.compared != name.found
    assert 0 < name.score <= 1
    assert (born.found, born.compared) == ("1980-02-29", "19800229")
    assert born.pointer == f"{DRIVER}/ext:BirthDate"


@pytest.mark.parametrize(
    ("subject", "ground"),
    [
        (SERIK, Ground.NAME),
        (SERIK | {"person_nationality": "KZ"}, Ground.NAME),
        (SERIK | {"person_born": "1980-02-29"}, Ground.IDENTIFICATION),
        ({"person_document": "N0812345"}, Ground.IDENTIFICATION),
        ({"commodity_prefix": "64", "person_born": "1980-02-29"}, Ground.DESCRIPTION),
        ({"document_id": "CMR100"}, Ground.DESCRIPTION),
        ({"document_id": "CMR100", "document_type": "730"}, Ground.IDENTIFICATION),
    ],
)
def test_a_name_needs_a_second_thing_before_it_identifies(
    alert: RiskAlert, manifest: TransitManifest, subject: dict[str, str], ground: Ground
) -> None:
    sought = Subject(**subject)  # type: ignore[arg-type]  # texts alone

    (hit,) = match(replace(alert, subjects=(sought,)), manifest, AT)

    assert ground_of(hit) is ground
    (groups,) = keys_of_alert(replace(alert, subjects=(sought,)))
    assert all(group & keys_of_manifest(manifest) for group in groups)


@pytest.mark.parametrize(
    ("route", "fits"),
    [
        (("CN", "KZ", "UZ"), True),
        (("CN", "UZ"), True),
        (("UZ", "CN"), False),
        (("KZ010702", "KG000011", "UZ000026"), True),
        (("KG000011", "KZ010702"), False),
        (("CN", "KZ-010702", "uz"), True),
        (("UZ", "KZ010702"), False),
        (("KZ", "UZ000026", "AF"), True),
        (("KZ", "AF", "UZ000026"), False),
        (("TM",), False),
    ],
)
def test_a_route_fits_where_its_places_are_passed_in_that_order(
    manifest: TransitManifest, route: tuple[str, ...], *, fits: bool
) -> None:
    found = match_subject(Subject(route=route), manifest)

    assert bool(found) == fits
    assert not fits or {one.alerted for one in found} == set(route)
