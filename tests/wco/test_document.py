from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidDocumentError, MalformedXmlError, UnsafeXmlError
from exchange_node.domain.message import Exchange
from exchange_node.wco.document import Document, Kind, Leaf, read
from exchange_node.wco.notation import DEC, EXT, IG, MD, RES

if TYPE_CHECKING:
    from tests.wco.conftest import MakeManifest

ITEM = "Declaration/Consignment/ConsignmentItem"


def envelope(body: str, *, before: str = "") -> bytes:
    return f'<MetaData xmlns="{MD}">{before}{body}</MetaData>'.encode()


def test_leaves_have_path_pointer_value_and_attributes(manifest: MakeManifest) -> None:
    leaves = {one.pointer: one for one in manifest().leaves()}

    pointer = "Declaration/Consignment[1]/ConsignmentItem[2]/Commodity/Description"
    assert leaves[pointer] == Leaf(f"{ITEM}/Commodity/Description", pointer, "Ball bearings")
    assert leaves["Declaration/InvoiceAmount"].attributes == {"currencyID": "USD"}
    assert leaves["Declaration/TotalGrossMassMeasure"].attributes == {"unitCode": "KGM"}


def test_moments_are_iso_and_days_are_days(manifest: MakeManifest) -> None:
    document = read(manifest().to_bytes())

    assert document.value("Declaration/IssueDateTime") == "2026-03-01T09:00:00+05:00"
    assert document.value("Declaration/Consignment/ext:TransitLimitDate") == "2026-03-05"


def test_a_moment_that_cannot_be_read_keeps_its_text(manifest: MakeManifest) -> None:
    document = manifest({"Declaration/IssueDateTime": "first of May"})
    assert document.value("Declaration/IssueDateTime") == "first of May"


def test_values_are_every_value_at_a_path(manifest: MakeManifest) -> None:
    document = manifest()
    assert document.values(f"{ITEM}/Packaging/QuantityQuantity") == ("20", "10")
    assert document.value(f"{ITEM}/Packaging/QuantityQuantity") == "20"
    assert document.value("Declaration/Nothing") == ""


def test_the_envelope_is_no_leaf(manifest: MakeManifest, exchange: Exchange) -> None:
    document = manifest().with_exchange(exchange)
    assert all(one.path.startswith("Declaration/") for one in document.leaves())
    assert document.header["ResponsibleAgencyName"] == "State Revenue Committee"
    assert document.country == "KZ"


def test_the_exchange_comes_back_as_it_was_written(
    manifest: MakeManifest, exchange: Exchange
) -> None:
    document = read(manifest().with_exchange(exchange).to_bytes())
    assert document.exchange == exchange


def test_a_second_exchange_replaces_the_first(manifest: MakeManifest, exchange: Exchange) -> None:
    other = dataclasses.replace(exchange, recipient="customs.tj", test=False)
    document = manifest().with_exchange(exchange).with_exchange(other)
    assert document.exchange == other
    assert document.to_bytes().count(b"Exchange>") == 2


def test_a_document_without_exchange_has_none(manifest: MakeManifest) -> None:
    assert manifest().exchange is None


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(b"Numeric>1<", b"Numeric>one<"), (b"Indicator>1<", b"Indicator>yes<"),
     (b"Numeric>1<", b"Numeric>1234567890<"), (b"Numeric>1<", "Numeric>²<".encode())],
)  # fmt: skip
def test_an_exchange_that_cannot_be_read_is_refused(
    manifest: MakeManifest, exchange: Exchange, was: bytes, becomes: bytes
) -> None:
    data = manifest().with_exchange(exchange).to_bytes()
    head, tag, tail = data.rpartition(b"</ext:Exchange>")
    document = read(head.replace(was, becomes) + tag + tail)

    with pytest.raises(InvalidDocumentError) as refused:
        _ = document.exchange
    assert refused.value.findings[0].code == "CAREC-R003"


def test_a_seal_goes_when_the_document_changes(manifest: MakeManifest, exchange: Exchange) -> None:
    seal = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></MetaData>'
    sealed = read(manifest().to_bytes().replace(b"</MetaData>", seal))

    assert b"Signature" in sealed.to_bytes()
    assert b"Signature" not in sealed.with_exchange(exchange).to_bytes()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f'<Declaration xmlns="{DEC}"/>', Kind.TRANSIT_MANIFEST),
        (f'<Response xmlns="{RES}"/>', Kind.RESPONSE),
        (f'<InterGov xmlns="{IG}"><TypeCode>ARR</TypeCode></InterGov>', Kind.NOTIFICATION),
        (f'<InterGov xmlns="{IG}"><TypeCode>WRN</TypeCode></InterGov>', Kind.RISK_ALERT),
        (f'<InterGov xmlns="{IG}"><RiskAlert xmlns="{EXT}"/></InterGov>', Kind.RISK_ALERT),
        (f'<InterGov xmlns="{IG}"><TypeCode>ACK</TypeCode></InterGov>', Kind.ACKNOWLEDGEMENT),
    ],
)
def test_a_document_says_what_it_is(body: str, kind: Kind) -> None:
    assert read(envelope(body)).kind is kind


def test_other_namespaces_show_in_the_path() -> None:
    body = f'<Declaration xmlns="{DEC}"><x:A xmlns:x="urn:x"><x:B>1</x:B></x:A><ID/></Declaration>'
    leaves = [one.path for one in read(envelope(body)).leaves()]
    assert leaves == ["Declaration/other:A/other:B", "Declaration/ID"]


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"<MetaData/>", "CAREC-R001", "MetaData in no namespace"),
        (f'<Declaration xmlns="{DEC}"/>'.encode(), "CAREC-R001", "Declaration"),
        (envelope(""), "CAREC-R002", "nothing"),
        (envelope('<Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2"/>'), "CAREC-R002", "DMS"),
        (envelope(f'<Declaration xmlns="{DEC}"/><Response xmlns="{RES}"/>'), "CAREC-R002", "Resp"),
    ],
)
def test_a_wrong_root_or_body_is_named_with_what_was_wanted(
    data: bytes, code: str, words: str
) -> None:
    with pytest.raises(InvalidDocumentError) as refused:
        read(data)
    finding = refused.value.findings[0]
    assert finding.code == code
    assert words in finding.text
    assert "urn:wco:datamodel:WCO:" in finding.text


def test_text_that_is_no_xml_is_malformed() -> None:
    with pytest.raises(MalformedXmlError):
        read(b"no XML")


def test_a_doctype_is_unsafe() -> None:
    with pytest.raises(UnsafeXmlError):
        read(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')


@given(st.binary(max_size=200))
def test_laws_junk_raises_only_our_own_errors(data: bytes) -> None:
    try:
        read(data)
    except (InvalidDocumentError, MalformedXmlError, UnsafeXmlError):
        return
    pytest.fail("junk was read")


def test_an_empty_class_is_a_leaf() -> None:
    body = f'<Declaration xmlns="{DEC}"><Agent/></Declaration>'
    document: Document = read(envelope(body))
    assert [one.path for one in document.leaves()] == ["Declaration/Agent"]
