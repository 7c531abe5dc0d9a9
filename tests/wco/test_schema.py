from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.domain.message import Exchange
from exchange_node.wco import schema
from exchange_node.wco.document import read
from exchange_node.wco.schema import Schemas, compile_schemas

if TYPE_CHECKING:
    from tests.wco.conftest import MakeManifest

SEAL = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature>'


def test_a_good_manifest_is_valid_with_and_without_exchange(
    schemas: Schemas, manifest: MakeManifest, exchange: Exchange
) -> None:
    assert schemas.check(manifest()) == ()
    assert schemas.check(manifest().with_exchange(exchange)) == ()


def test_a_document_seal_has_its_place_after_the_body(
    schemas: Schemas, manifest: MakeManifest
) -> None:
    data = manifest().to_bytes()
    after = read(data.replace(b"</MetaData>", SEAL + b"</MetaData>"))
    before = read(data.replace(b"<Declaration", SEAL + b"<Declaration", 1))

    assert schemas.is_valid(after)
    assert not schemas.is_valid(before)


def test_a_finding_points_at_the_element_and_says_why(
    schemas: Schemas, manifest: MakeManifest
) -> None:
    findings = schemas.check(
        manifest(
            {
                "Declaration/Consignment[1]/ConsignmentItem[2]/Packaging[1]/TypeCode": "LONG",
                "Declaration/IssueDateTime": "yesterday",
            }
        )
    )
    places = {one.pointer: one for one in findings}

    pointer = "Declaration/Consignment[1]/ConsignmentItem[2]/Packaging[1]/TypeCode"
    assert places[pointer].value == "LONG"
    assert "Declaration/IssueDateTime" in places
    assert all(one.code == "CAREC-X001" and one.is_error for one in findings)
    assert "carec_transit_manifest_1.xsd" in places[pointer].mend_text


def test_what_is_wrong_in_the_envelope_is_pointed_at_from_metadata(
    schemas: Schemas, manifest: MakeManifest
) -> None:
    document = read(manifest().to_bytes().replace(b"<WCOTypeName>DEC</WCOTypeName>", b""))
    assert [one.pointer for one in schemas.check(document)] == ["MetaData"]


def test_elements_of_other_namespaces_pass_at_the_end_of_a_class(
    schemas: Schemas, manifest: MakeManifest
) -> None:
    foreign = b'<x xmlns="urn:else">1</x></Consignor>'
    assert schemas.is_valid(read(manifest().to_bytes().replace(b"</Consignor>", foreign)))


def test_our_extension_elements_are_checked_where_they_stand(
    schemas: Schemas, manifest: MakeManifest
) -> None:
    document = manifest({"Declaration/Consignment[1]/ext:BindingItineraryIndicator": "maybe"})
    assert [one.pointer for one in schemas.check(document)] == [
        "Declaration/Consignment[1]/ext:BindingItineraryIndicator"
    ]


def test_findings_of_one_document_are_bounded(
    schemas: Schemas, manifest: MakeManifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "MOST_REPORTED", 3)
    wrong = {
        f"Declaration/{tag}": "x" * 99
        for tag in (
            "FunctionCode",
            "TypeCode",
            "ID",
            "FunctionalReferenceID",
            "DeclarationOfficeID",
        )
    }
    assert len(schemas.check(manifest(wrong))) == 3


def test_a_missing_file_is_named(schema_files: Mapping[str, bytes]) -> None:
    files = {name: data for name, data in schema_files.items() if name != schema.RESPONSE}
    with pytest.raises(InvalidSettingError, match=schema.RESPONSE):
        compile_schemas(files)


@pytest.mark.parametrize("data", [b"", b"<xs:schema/>", b"<a>"])
def test_a_schema_that_is_none_is_refused(schema_files: Mapping[str, bytes], data: bytes) -> None:
    with pytest.raises(InvalidSettingError, match="wco_schemas"):
        compile_schemas({**schema_files, schema.NOTIFICATION: data})


def test_a_missing_part_is_not_fetched_from_elsewhere(schema_files: Mapping[str, bytes]) -> None:
    files = {name: data for name, data in schema_files.items() if "types" not in name}
    with pytest.raises(InvalidSettingError):
        compile_schemas(files)


def test_when_the_explanation_finds_nothing_the_decision_still_stands(
    schemas: Schemas, manifest: MakeManifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mild:
        def iter_errors(self, _: object) -> list[object]:
            return []

    monkeypatch.setattr(Schemas, "_explain", lambda *_: Mild())
    findings = schemas.check(manifest({"Declaration/TypeCode": None}))
    assert [one.pointer for one in findings] == ["MetaData"]
    assert "TypeCode" in findings[0].text
