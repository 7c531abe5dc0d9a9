from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import AuthenticationError, NodeError, SecurityPolicyError
from exchange_node.security import algorithms as alg
from exchange_node.security.signature import (
    Reference,
    canonical,
    elements_by_id,
    read_reference,
    reference_to,
    write_reference,
)
from tests.security.ring import Element

REFERENCE = Reference(
    uri="#_m1",
    transforms=((alg.EXCLUSIVE_C14N, ("eb", "env")),),
    digest_algorithm=alg.SHA256,
    digest_value=b"\x01" * 32,
)


def inner(text: str) -> Element:
    return safe_xml.parse(text.encode())[0]


def reread(element: Element) -> Reference:
    return read_reference(safe_xml.parse(etree.tostring(element)))


@pytest.mark.parametrize(
    ("document", "prefixes", "expected"),
    [
        ("<r><a z='1' b='2'/>tail</r>", (), '<a b="2" z="1"></a>'),
        ("<r xmlns:p='u:p'><a/></r>", (), "<a></a>"),
        ("<r xmlns:p='u:p'><a/></r>", ("p",), '<a xmlns:p="u:p"></a>'),
        ("<r xmlns:p='u:p'><a><p:b/></a></r>", (), '<a><p:b xmlns:p="u:p"></p:b></a>'),
        ("<r xmlns:p='u:p'><a><p:b/></a></r>", ("p",), '<a xmlns:p="u:p"><p:b></p:b></a>'),
        ("<r xmlns:p='u:p' xmlns='u:d'><p:a/></r>", (), '<p:a xmlns:p="u:p"></p:a>'),
        (
            "<r xmlns:p='u:p' xmlns='u:d'><p:a/></r>",
            ("#default",),
            '<p:a xmlns="u:d" xmlns:p="u:p"></p:a>',
        ),
        ("<r xml:lang='ru'><a>\r\n&#13;&lt;é</a></r>", (), "<a>\n&#xD;&lt;é</a>"),
        ("<r><a><![CDATA[<b>]]><!-- c --></a></r>", (), "<a>&lt;b&gt;</a>"),
        ("<r xmlns:p='u:p'><a/></r>", ("unknown",), "<a></a>"),
    ],
)
def test_exclusive_canonical_xml_is_what_the_standard_says(
    document: str, prefixes: tuple[str, ...], expected: str
) -> None:
    assert canonical(inner(document), prefixes).decode() == expected


def test_an_element_is_digested_where_it_stands_and_octets_as_they_are() -> None:
    element = inner("<r xmlns:p='u:p'><a/></r>")

    in_place = reference_to("#a", element, prefixes=("p",))
    payload = reference_to("cid:1@kz", b"octets", digest_algorithm=alg.SHA512)

    assert in_place.transforms == ((alg.EXCLUSIVE_C14N, ("p",)),)
    assert in_place.digest_value == alg.digest(alg.SHA256, b'<a xmlns:p="u:p"></a>')
    assert payload.transforms == ((alg.SWA_CONTENT, ()),)
    assert payload.digest_value == alg.digest(alg.SHA512, b"octets")


def test_a_reference_is_compared_by_value_however_it_is_written() -> None:
    other = safe_xml.parse(
        f"""<sig:Reference xmlns:sig="{alg.DS}" URI="#_m1" Id="r1" Type="u:t">
            <sig:Transforms><sig:Transform Algorithm="{alg.EXCLUSIVE_C14N}">
              <InclusiveNamespaces xmlns="{alg.EC}" PrefixList=" eb  env "/>
            </sig:Transform></sig:Transforms>
            <sig:DigestMethod Algorithm="{alg.SHA256}"/>
            <sig:DigestValue> AQEBAQEBAQEBAQEBAQEBAQEB
              AQEBAQEBAQEBAQEBAQE= </sig:DigestValue>
        </sig:Reference>""".encode()
    )

    assert read_reference(other) == REFERENCE
    assert read_reference(other).type == "u:t"
    assert read_reference(other).id == "r1"


@pytest.mark.parametrize(
    "change",
    [
        {"uri": "#_m2"},
        {"transforms": ((alg.EXCLUSIVE_C14N, ()),)},
        {"digest_algorithm": alg.SHA512},
        {"digest_value": b"\x02" * 32},
    ],
    ids=lambda change: next(iter(change)),
)
def test_references_that_differ_in_value_are_not_equal(change: dict[str, Any]) -> None:
    values = {
        "uri": REFERENCE.uri,
        "transforms": REFERENCE.transforms,
        "digest_algorithm": REFERENCE.digest_algorithm,
        "digest_value": REFERENCE.digest_value,
    }

    assert Reference(**{**values, **change}) != REFERENCE


def add(parent: Element, tag: str) -> None:
    etree.SubElement(parent, tag)


def transform_of(reference: Element) -> Element:
    return reference[0][0]


def set_digest(reference: Element, text: str) -> None:
    reference[2].text = text


def no_transform(reference: Element) -> None:
    transform_of(reference).tag = "x"


MALFORMED: dict[str, Callable[[Element], object]] = {
    "no digest method": lambda one: one.remove(one[1]),
    "no digest value": lambda one: one.remove(one[2]),
    "no URI": lambda one: one.attrib.pop("URI"),
    "empty digest": lambda one: set_digest(one, ""),
    "digest is no base64": lambda one: set_digest(one, "%%%"),
    "digest has a child": lambda one: add(one[2], "x"),
    "digest method has a parameter": lambda one: add(one[1], "x"),
    "a second digest": lambda one: add(one, f"{{{alg.DS}}}DigestValue"),
    "no transform among transforms": no_transform,
}
NOT_ALLOWED: dict[str, Callable[[Element], object]] = {
    "no transforms": lambda one: one.remove(one[0]),
    "other order": lambda one: one.insert(0, one[1]),
    "an XPath": lambda one: add(transform_of(one), f"{{{alg.DS}}}XPath"),
    "two lists of prefixes": lambda one: add(transform_of(one), f"{{{alg.EC}}}InclusiveNamespaces"),
    "content in the list of prefixes": lambda one: add(transform_of(one)[0], "x"),
    "prefixes for a payload": lambda one: transform_of(one).set("Algorithm", alg.SWA_CONTENT),
}


@pytest.mark.parametrize("how", MALFORMED)
def test_a_malformed_reference_is_refused(how: str) -> None:
    element = write_reference(REFERENCE)
    MALFORMED[how](element)

    with pytest.raises(AuthenticationError):
        read_reference(element)


@pytest.mark.parametrize("how", NOT_ALLOWED)
def test_a_reference_with_other_transforms_is_against_the_policy(how: str) -> None:
    element = write_reference(REFERENCE)
    NOT_ALLOWED[how](element)

    with pytest.raises(SecurityPolicyError):
        read_reference(element)


@pytest.mark.parametrize(
    "document",
    [
        "<r Id='a'><x Id='a'/></r>",
        "<r><x ID='a'/><x id='a'/></r>",
        f"<r xmlns:wsu='{alg.WSU}'><x wsu:Id='a'/><x xml:id='a'/></r>",
    ],
)
def test_an_id_that_is_there_twice_is_refused(document: str) -> None:
    with pytest.raises(AuthenticationError):
        elements_by_id(safe_xml.parse(document.encode()))


def test_every_way_to_write_an_id_is_found() -> None:
    root = safe_xml.parse(
        f"<r xmlns:wsu='{alg.WSU}'><x wsu:Id='a' Id='a'/><x Id='b'/><x ID='c'/>"
        "<x id='d'/><x xml:id='e'/><ID>f</ID></r>".encode()
    )

    found = elements_by_id(root)

    assert sorted(found) == ["a", "b", "c", "d", "e"]
    assert found["a"] is root[0]


XML_TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FF), max_size=20)
NAMES = st.from_regex(r"[a-z]{1,4}", fullmatch=True)
REFERENCES = st.builds(
    Reference,
    uri=XML_TEXT,
    transforms=st.lists(
        st.one_of(
            st.tuples(st.just(alg.EXCLUSIVE_C14N), st.lists(NAMES, max_size=3).map(tuple)),
            st.tuples(XML_TEXT, st.just(())),
        ),
        max_size=3,
    ).map(tuple),
    digest_algorithm=XML_TEXT,
    digest_value=st.binary(min_size=1, max_size=64),
    type=XML_TEXT,
    id=XML_TEXT,
)


@given(REFERENCES)
def test_laws_of_writing_and_reading(reference: Reference) -> None:
    back = reread(write_reference(reference))

    assert back == reference
    assert (back.type, back.id) == (reference.type, reference.id)


@given(
    st.recursive(
        st.sampled_from(["DigestMethod", "DigestValue", "Transforms", "Transform", "XPath"]).map(
            lambda name: f"<{name} Algorithm='a' PrefixList='b'/>"
        ),
        lambda inner: st.tuples(
            st.sampled_from(["Transforms", "Transform", "DigestValue"]), st.lists(inner, max_size=3)
        ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"),
        max_leaves=6,
    )
)
def test_laws_of_junk_references(content: str) -> None:
    element = safe_xml.parse(f"<Reference xmlns='{alg.DS}' URI=''>{content}</Reference>".encode())

    with pytest.raises(NodeError):
        read_reference(element)


def test_a_list_of_prefixes_is_bounded() -> None:
    prefixes = tuple(f"p{number}" for number in range(33))
    transforms = ((alg.EXCLUSIVE_C14N, prefixes),)

    with pytest.raises(SecurityPolicyError, match="32 prefixes"):
        reread(write_reference(replace(REFERENCE, transforms=transforms)))
