from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import BrokenSealError, InputError
from exchange_node.security import algorithms as alg
from exchange_node.security import xades
from exchange_node.security.seal import open_seal, seal
from exchange_node.security.signature import canonical
from tests.security.ring import Element, Ring, parent_of

SMALL = (
    b"<MetaData xmlns='urn:md' xmlns:ext='urn:ext'><Country>KZ</Country>"
    b"<ext:To a='1'>customs.uz</ext:To></MetaData>"
)

NAMES = st.sampled_from(["a", "b", "ID", "Signature", "Object", "é"])
SPACES = st.sampled_from(["", "u:a", "u:b", alg.DS[:-1], xades.XADES, alg.EC])
PREFIXES = st.sampled_from([None, "p", "q", "ds", "xades"])
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]) | st.sampled_from("\t\n\r"),
    max_size=8,
)


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> Element:
    space, prefix = draw(SPACES), draw(PREFIXES)
    if not space:
        prefix = None
    name = draw(NAMES)
    tag = f"{{{space}}}{name}" if space else name
    element: Element = etree.Element(tag, nsmap={prefix: space} if space else None)
    element.text = draw(TEXT)
    for key, value in draw(st.dictionaries(NAMES, TEXT, max_size=2)).items():
        element.set(f"{{u:a}}{key}" if draw(st.booleans()) else f"x{key}", value)
    if depth:
        for child in draw(st.lists(trees(depth=depth - 1), max_size=3)):
            element.append(child)
            child.tail = draw(TEXT)
    return element


@settings(max_examples=60)
@given(tree=trees())
def test_laws_of_sealing_and_opening(ring: Ring, tree: Element) -> None:
    document = etree.tostring(tree, encoding="UTF-8")
    signer = ring.signer(ring.ed)

    opened = open_seal(seal(document, signer, at=ring.at), [signer.certificate], at=ring.at)

    assert opened.content == canonical(safe_xml.parse(document))
    assert canonical(safe_xml.parse(opened.content)) == opened.content


# cryptography reads some altered certificates with a warning that it will refuse them one day.
@pytest.mark.filterwarnings("ignore")
def test_no_altered_octet_of_a_sealed_document_changes_what_is_read(ring: Ring) -> None:
    signer = ring.signer(ring.ec)
    sealed = seal(SMALL, signer, at=ring.at)
    content = canonical(safe_xml.parse(SMALL))
    refused = 0

    for place in range(len(sealed)):
        for flip in (0x01, 0x20):
            altered = sealed[:place] + bytes((sealed[place] ^ flip,)) + sealed[place + 1 :]
            try:
                opened = open_seal(altered, [signer.certificate], at=ring.at)
            except BrokenSealError:
                refused += 1
                continue
            assert opened.content == content
            assert opened.sealed_at == ring.at

    assert refused > len(sealed)


@given(data=st.data())
def test_laws_of_cut_and_pasted_seals(ring: Ring, data: st.DataObject) -> None:
    signer = ring.signer(ring.ed)
    sealed = seal(SMALL, signer, at=ring.at)
    root: Element = safe_xml.parse(sealed)
    elements = list(root.iter())[1:]
    for _ in range(data.draw(st.integers(1, 3))):
        victim, place = (elements[data.draw(st.integers(0, len(elements) - 1))] for _ in range(2))
        match data.draw(st.sampled_from(["remove", "move", "copy", "text"])):
            case "remove" if victim.getparent() is not None:
                parent_of(victim).remove(victim)
            case "move" if place not in victim.iter():
                place.append(victim)
            case "copy":
                place.append(safe_xml.parse(etree.tostring(victim, with_tail=False)))
            case "text":
                victim.text = "customs.tj"
            case _:
                continue
    try:
        opened = open_seal(etree.tostring(root), [signer.certificate], at=ring.at)
    except BrokenSealError:
        return
    assert opened.content == canonical(safe_xml.parse(SMALL))


@given(st.one_of(st.binary(max_size=200), st.text(alphabet="<>/aDOCTYPE!&;'= ").map(str.encode)))
def test_laws_of_junk(ring: Ring, junk: bytes) -> None:
    try:
        open_seal(junk, [ring.tls], at=ring.at)
    except BrokenSealError:
        return
    raise AssertionError("junk was opened")


@settings(max_examples=20)
@given(st.binary(max_size=200))
def test_laws_of_junk_that_is_sealed(ring: Ring, junk: bytes) -> None:
    try:
        seal(junk, ring.signer(ring.ed), at=ring.at)
    except (InputError, BrokenSealError):
        return
    safe_xml.parse(junk)
