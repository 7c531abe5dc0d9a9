from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import pytest

from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.message import Exchange
from exchange_node.wco.alert_codec import encode_alert
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, read
from exchange_node.wco.notation import Kind
from exchange_node.wco.rules import WcoLibrary, validate
from exchange_node.wco.rules.identity import check_identity

if TYPE_CHECKING:
    from tests.wco.conftest import Changes, MakeManifest

ON = date(2026, 3, 1)
UZ = Metadata(country="UZ", agency="Customs Committee", type_name="InterGov")


def codes(document: Document) -> list[str]:
    findings = check_identity(document)
    assert all(one.text and one.mend_text for one in findings)
    return [one.code for one in findings]


def test_a_good_document_keeps_its_identity(manifest: MakeManifest, exchange: Exchange) -> None:
    assert codes(manifest().with_exchange(exchange)) == []


def test_an_administration_submits_in_its_own_name(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    findings = validate(manifest({"Declaration/Submitter/ID": "customs.uz"}), library, ON)
    assert [(one.code, one.value) for one in findings] == [("CAREC-R201", "customs.uz")]
    assert "customs.kz" in findings[0].text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sender": "customs.uz", "recipient": "customs.tj"}, "CAREC-R202"),
        ({"recipient": "uzbekistan"}, "CAREC-R203"),
        ({"recipient": "customs.kz"}, "CAREC-R203"),
        ({"code": "RA-010"}, "CAREC-R205"),
    ],
)
def test_the_exchange_names_who_it_is(
    manifest: MakeManifest, exchange: Exchange, changes: dict[str, str], code: str
) -> None:
    changed = dataclasses.replace(exchange, **changes)  # type: ignore[arg-type]
    document = manifest().with_exchange(changed)
    assert codes(document) == [code]


def test_a_message_code_fits_the_function(manifest: MakeManifest, exchange: Exchange) -> None:
    document = manifest({"Declaration/FunctionCode": "4"}).with_exchange(exchange)
    assert codes(document) == ["CAREC-R205"]


def test_a_message_code_that_is_not_ours_yet_is_left_to_the_gate(
    manifest: MakeManifest, exchange: Exchange
) -> None:
    assert codes(manifest().with_exchange(dataclasses.replace(exchange, code="TM-099"))) == []


def test_a_broken_exchange_is_a_finding(manifest: MakeManifest, exchange: Exchange) -> None:
    data = manifest().with_exchange(exchange).to_bytes()
    broken = data.replace(b"VersionNumeric>1<", b"VersionNumeric>one<")
    assert codes(read(broken)) == ["CAREC-R003"]


def test_the_envelope_calls_the_body_by_its_name(manifest: MakeManifest) -> None:
    assert codes(read(manifest().to_bytes().replace(b">DEC<", b">RES<"))) == ["CAREC-R204"]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"Declaration/ID": "26KZ550302000000K1"}, ["CAREC-R207"]),
        ({"Declaration/ID": "26UZ550302000000K6"}, ["CAREC-R208"]),
        ({"Declaration/ID": "KZ national number 17"}, []),
    ],
)
def test_what_looks_like_an_mrn_is_checked(
    manifest: MakeManifest, changes: Changes, wanted: list[str]
) -> None:
    document = manifest(changes)
    assert codes(document) == wanted
    assert not any(one.is_error for one in check_identity(document))


@pytest.mark.parametrize(
    ("reference", "wanted"),
    [
        ("20XI0000010000070", []),
        ("20XI0000010000071", ["CAREC-R209"]),
        ("20XI0000010000070A000001", []),
        ("20XI0000010000078A000001", ["CAREC-R209"]),
        ("39855/020326/G00417", []),
    ],
)
def test_what_looks_like_a_grn_is_checked(
    manifest: MakeManifest, reference: str, wanted: list[str]
) -> None:
    document = manifest({"Declaration/ObligationGuarantee[1]/ReferenceID": reference})
    assert codes(document) == wanted
    assert not any(one.is_error for one in check_identity(document))


def test_a_notification_names_its_movements(library: WcoLibrary) -> None:
    document = build(
        library.registry,
        UZ,
        [
            Placed("InterGov/TypeCode", "ARR"),
            Placed("InterGov/Declaration[1]/ID", "26KZ550302000000K6"),
            Placed("InterGov/Declaration[2]/ID", "26KZ550302000000K1"),
        ],
        kind=Kind.NOTIFICATION,
    )
    findings = check_identity(document)
    assert [(one.code, one.pointer) for one in findings] == [
        ("CAREC-R207", "InterGov/Declaration[2]/ID")
    ]


def test_only_the_issuer_speaks_under_the_number_of_an_alert(
    alert: RiskAlert, library: WcoLibrary
) -> None:
    stolen = dataclasses.replace(alert, alert_id="customs.kz-2026-000001")
    document = encode_alert(stolen, metadata=UZ, registry=library.registry)
    assert codes(document) == ["CAREC-R206"]


@pytest.mark.parametrize(
    "pointer",
    [
        "Declaration/Consignment[1]/PreviousDocument[1]/ID",
        "Declaration/Consignment[1]/ConsignmentItem[1]/PreviousDocument[1]/ID",
    ],
)
@pytest.mark.parametrize(
    ("value", "codes"),
    [("26KZ550302000000K5", ["CAREC-R207"]), ("26CN550302000000K5", ["CAREC-R207"]),
     ("26KZ550302000000K6", []), ("EX-2026-1", [])],
)  # fmt: skip
def test_a_movement_that_is_referred_to_is_checked_like_the_own(
    manifest: MakeManifest, pointer: str, value: str, codes: list[str]
) -> None:
    findings = check_identity(manifest({pointer: value}))

    assert [(one.code, one.pointer) for one in findings] == [(code, pointer) for code in codes]
