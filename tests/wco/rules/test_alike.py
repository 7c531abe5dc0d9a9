from __future__ import annotations

import copy
from datetime import date
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from exchange_node.wco.compiled.classes import table_of
from exchange_node.wco.document import Document, read
from exchange_node.wco.notation import DEC, Kind
from exchange_node.wco.rules import WcoLibrary, structure
from exchange_node.wco.rules.structure import check_structure

if TYPE_CHECKING:
    from tests.wco.conftest import MakeManifest

ON = date(2026, 3, 1)
ITEM = f"{{{DEC}}}ConsignmentItem"
THIRD = "Declaration/Consignment[1]/ConsignmentItem[3]"


def of_many(document: Document) -> etree._Element:
    """Return the tree of a manifest whose first item stands in it five times, each numbered."""
    root = etree.fromstring(document.to_bytes())
    first, *others = root.iter(ITEM)
    parent = first.getparent()
    assert parent is not None
    for one in others:
        parent.remove(one)
    for number in range(2, 6):
        one = copy.deepcopy(first)
        one[0].text = str(number)
        parent.insert(parent.index(first) + number - 1, one)
    return root


def found(root: etree._Element, library: WcoLibrary) -> tuple[Document, list[tuple[str, str]]]:
    document = read(etree.tostring(root))
    findings = check_structure(document, library.registry, library.code_lists, ON)
    return document, [(one.code, one.pointer) for one in findings]


def value(root: etree._Element, name: str) -> etree._Element:
    third = list(root.iter(ITEM))[2]
    return next(one for one in third.iter(f"{{{DEC}}}{name}"))


def test_items_alike_have_their_own_values_and_pointers(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    root = of_many(manifest())
    value(root, "Description").text = "salt & <pepper>"

    document, findings = found(root, library)

    assert findings == []
    assert list(document.leaves()) == list(read(etree.tostring(root)).leaves())
    (said,) = [one for one in document.leaves() if one.pointer == f"{THIRD}/Commodity/Description"]
    assert said.value == "salt & <pepper>"


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("Description", "", "CAREC-R101"),
        ("Description", None, "CAREC-R101"),
        ("Description", "   ", "CAREC-R101"),
        ("Description", "N" * 600, "CAREC-R104"),
        ("GrossMassMeasure", "heavy", "CAREC-R103"),
        ("SequenceNumeric", "1234567", "CAREC-R104"),
    ],
)
def test_one_wrong_value_among_items_alike_is_found_at_its_place(
    manifest: MakeManifest, library: WcoLibrary, name: str, text: str | None, code: str
) -> None:
    root = of_many(manifest())
    value(root, name).text = text

    document, findings = found(root, library)

    assert [one for one, _ in findings] == [code]
    assert findings[0][1].startswith(f"{THIRD}/")
    assert list(document.leaves()) == list(read(etree.tostring(root)).leaves())


def test_text_between_the_elements_of_an_item_alike_is_found(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    root = of_many(manifest())
    list(root.iter(ITEM))[2][0].tail = "stray"

    _, findings = found(root, library)

    assert findings == [("CAREC-R110", THIRD)]


def test_an_attribute_that_is_wrong_on_one_item_alike_is_found(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    root = of_many(manifest())
    value(root, "GrossMassMeasure").set("unitCode", "NO-UNIT")

    _, findings = found(root, library)

    assert [code for code, _ in findings] == ["CAREC-R112"]
    assert findings[0][1].startswith(f"{THIRD}/")


def test_what_stands_in_a_class_is_remembered_for_the_next_document_up_to_a_bound(
    manifest: MakeManifest, library: WcoLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = of_many(manifest())
    _, right = found(root, library)
    table = table_of(library.registry, "Declaration", Kind.TRANSIT_MANIFEST)
    assert table is not None
    tags = tuple(one.tag for one in read(etree.tostring(root)).body)
    assert (table, *tags) in table.shapes

    monkeypatch.setattr(structure, "SHAPES_KEPT", 0)
    before = len(table.shapes)
    body = root.find(f"{{{DEC}}}Declaration")
    assert body is not None
    body.append(copy.deepcopy(body[0]))
    body.remove(body[0])
    _, wrong = found(root, library)

    assert wrong != right
    assert len(table.shapes) == before
    assert found(root, library)[1] == wrong
