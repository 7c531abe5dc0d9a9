from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from exchange_node.domain.message import Exchange
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, read
from exchange_node.wco.notation import COMPANIONS
from exchange_node.wco.registry import Registry
from exchange_node.wco.sifting import attributes_of, plain, sifted

if TYPE_CHECKING:
    from tests.wco.conftest import MakeManifest

CARRIER = "Declaration/Consignment/Carrier"
SEAL = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></MetaData>'


def test_the_attributes_of_fields_are_those_of_the_registry(registry: Registry) -> None:
    listed = {
        name: {
            attribute
            for one in registry.entries
            if one.kind != "metadata" and not one.is_class and one.path.endswith(name)
            for attribute in one.attributes
        }
        for name in (*COMPANIONS, "Amount", "Measure", "Quantity")
    }

    assert {attribute for one in listed.values() for attribute in one} == {
        "currencyID", "element", "languageID", "listID", "unitCode",
    }  # fmt: skip
    for one in registry.entries:
        if one.kind != "metadata":
            assert set(one.attributes) <= attributes_of(one.path), one.path


def test_a_seal_goes_when_fields_are_taken_out(manifest: MakeManifest) -> None:
    sealed = read(manifest().to_bytes().replace(b"</MetaData>", SEAL))

    assert b"Signature" not in sifted(plain(sealed), (), {}).to_bytes()


def test_classes_left_empty_go_with_their_fields(manifest: MakeManifest) -> None:
    gone = [one.path for one in manifest().leaves() if "ext:Driver" in one.path]

    document = sifted(manifest(), gone, {})

    assert b"Driver" not in document.to_bytes()
    assert document.value("Declaration/ID") == manifest().value("Declaration/ID")


def test_a_class_that_is_empty_in_one_place_alone_goes_there_alone(registry: Registry) -> None:
    document = build(
        registry,
        Metadata(country="KZ", agency="Customs KZ", type_name="DEC"),
        [
            Placed("Declaration/Consignment[1]/Carrier/Name", "first"),
            Placed("Declaration/Consignment[2]/Carrier/Name", "second"),
            Placed("Declaration/Consignment[2]/Carrier/ID", "2"),
        ],
    )

    left = sifted(document, [f"{CARRIER}/Name"], {})

    assert [(one.pointer, one.value) for one in left.leaves()] == [
        ("Declaration/Consignment[1]/Carrier/ID", "2")
    ]


def test_taking_fields_out_leaves_the_first_document_alone(manifest: MakeManifest) -> None:
    document = manifest()
    before = document.to_bytes()
    sifted(document, ["Declaration/ID"], {})
    assert document.to_bytes() == before


def test_fields_are_written_over_in_their_order(manifest: MakeManifest) -> None:
    document = manifest({"Declaration/IssueDateTime": "2026-03-02T08:00:00+05:00"})

    said = sifted(
        document, (), {"Declaration/IssueDateTime": ["2026-03-01"], "Declaration/ID": ["masked"]}
    )

    assert said.value("Declaration/IssueDateTime") == "2026-03-01"
    assert said.value("Declaration/ID") == "masked"
    assert read(said.to_bytes()).leaves() == said.leaves()


BESIDE = [
    b"<!--a secret-->",
    b"<?a secret?>",
    b"a secret",
    b'<ID xmlns="urn:of:others">a secret</ID>',
]


@pytest.mark.parametrize("beside", BESIDE)
def test_what_stands_between_fields_does_not_stay(manifest: MakeManifest, beside: bytes) -> None:
    text = manifest().to_bytes().replace(b"<Consignment>", b"<Consignment>" + beside, 1)
    document = Document(etree.fromstring(text))

    foreign = [one.path for one in document.leaves() if "other:" in one.path]
    left = sifted(plain(document), foreign, {})

    assert b"secret" not in left.to_bytes()
    assert b"urn:of:others" not in left.to_bytes()
    assert list(left.leaves()) == list(manifest().leaves())


@pytest.mark.parametrize("tag", [b"<Consignment", b"<Declaration", b"<ID", b"<MetaData"])
def test_attributes_that_a_field_does_not_have_do_not_stay(
    manifest: MakeManifest, tag: bytes
) -> None:
    text = manifest().to_bytes()
    head, found, rest = text.partition(tag)
    document = read(head + found + b' unitCode="a secret"' + rest)

    left = plain(document)

    assert b"secret" not in left.to_bytes()
    assert [one.value for one in left.leaves()] == [one.value for one in manifest().leaves()]


def test_the_envelope_keeps_what_it_has_and_nothing_more(
    manifest: MakeManifest, exchange: Exchange
) -> None:
    text = manifest().with_exchange(exchange).to_bytes()
    text = text.replace(b"</ext:Exchange>", b"<ext:Note>a secret</ext:Note></ext:Exchange>")
    text = text.replace(b"<WCOTypeName>", b"<Note>a secret</Note><WCOTypeName>")

    left = plain(read(text))

    assert b"secret" not in left.to_bytes()
    assert left.exchange == exchange
    assert left.header == manifest().header


def test_a_comment_in_a_field_parts_nothing(manifest: MakeManifest) -> None:
    text = manifest({"Declaration/ID": "ABCD"}).to_bytes().replace(b">ABCD<", b">AB<!--x-->CD<")

    left = plain(Document(etree.fromstring(text)))

    assert left.value("Declaration/ID") == "ABCD"


def test_a_document_just_made_is_plain_and_stays_itself(manifest: MakeManifest) -> None:
    document = manifest()
    assert plain(document) is document
    assert plain(read(document.to_bytes())).to_bytes() == document.to_bytes()


def test_laws_of_taking_out(manifest: MakeManifest) -> None:
    document = manifest()
    leaves = tuple(document.leaves())
    paths = sorted({one.path for one in leaves})

    @given(st.sets(st.sampled_from(paths)), st.sets(st.sampled_from(paths)))
    def law(gone: set[str], thinned: set[str]) -> None:
        changed: dict[str, list[str | None]] = {
            path: [None if n % 2 else one.value for n, one in enumerate(document.at(path))]
            for path in thinned - gone
        }
        left = sifted(document, gone, changed)
        kept = [
            (one.path, one.value)
            for path in paths
            for n, one in enumerate(document.at(path))
            if path not in gone and not (path in changed and n % 2)
        ]
        assert sorted((one.path, one.value) for one in left.leaves()) == sorted(kept)
        assert tuple(read(left.to_bytes()).leaves()) == tuple(left.leaves())

    law()


def test_a_field_that_elsewhere_is_a_class_goes_as_a_field(manifest: MakeManifest) -> None:
    text = manifest().to_bytes()
    nested = text.replace(b"</Consignment>", b"<ID><X>stays</X></ID><ID>goes</ID></Consignment>")
    document = read(nested)

    left = sifted(plain(document), ["Declaration/Consignment/ID"], {})

    assert left.values("Declaration/Consignment/ID/X") == ("stays",)
    assert b"goes" not in left.to_bytes()
