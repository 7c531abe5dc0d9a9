"""Registry and schemas say the same, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from lxml import etree

from exchange_node.wco.notation import DEC, DS, EXT, IG, RES
from exchange_node.wco.registry import Entry, Registry
from tools.make_schemas import DOCUMENTS, card, make

XS = "{http://www.w3.org/2001/XMLSchema}"
C = "{urn:carec:datamodel:registry:1}"
SCHEMAS = Path(__file__).resolve().parents[2] / "wco_schemas"

Row = tuple[str, str, str, str, str, str]


class Reading:
    """The schemas as XML: what a document walks through, found without our generator."""

    def __init__(self, entry: str) -> None:
        self.types: dict[str, etree._Element] = {}
        self.root = self._load(entry)

    def _load(self, name: str) -> etree._Element:
        root = etree.parse(SCHEMAS / name).getroot()
        for one in root.findall(f"{XS}complexType"):
            self.types[one.get("name", "")] = one
        for one in root.findall(f"{XS}include"):
            self._load(one.get("schemaLocation", ""))
        return root

    def below(self, type_name: str, path: str, prefix: str = "") -> Iterator[Row]:
        found = self.types.get(type_name)
        sequence = None if found is None else found.find(f"{XS}sequence")
        if sequence is None or type_name == "DateTimeType":
            return
        for one in sequence.findall(f"{XS}element"):
            if one.get("ref"):
                continue
            place = f"{path}/{prefix}{one.get('name')}"
            yield self.row(one, place, numbers(one))
            yield from self.below(one.get("type", ""), place, prefix)

    def row(self, element: etree._Element, path: str, cardinality: str) -> Row:
        found = element.find(f".//{C}entry")
        assert found is not None, path
        about = found.get("id", ""), found.get("format", ""), found.get("source", "")
        return path, cardinality, *about, self.attributes(element.get("type", ""))

    def attributes(self, type_name: str) -> str:
        found = self.types.get(type_name)
        given = [] if found is None else found.findall(f"{XS}simpleContent//{XS}attribute")
        return " ".join(
            one.get("name", "") + ("!" if one.get("use") == "required" else "") for one in given
        )


def numbers(element: etree._Element) -> str:
    most = element.get("maxOccurs", "1")
    return f"{element.get('minOccurs', '1')}..{'n' if most == 'unbounded' else most}"


def of(entry: Entry) -> Row:
    attributes = " ".join(
        name + ("!" if needed else "") for name, needed in entry.attributes.items()
    )
    return entry.path, card(entry), entry.wco_id, entry.format, entry.source, attributes


@pytest.mark.parametrize(("file", "namespace", "root", "kinds"), DOCUMENTS)
def test_every_wco_element_of_a_schema_is_in_the_registry_and_the_other_way(
    registry: Registry, file: str, namespace: str, root: str, kinds: tuple[str, ...]
) -> None:
    reading = Reading(file)
    top = reading.root.find(f"{XS}element[@name='{root}']")
    assert top is not None
    in_schema = list(reading.below(top.get("type", ""), root))

    for kind in kinds:
        in_registry = [
            of(one)
            for one in registry.of_kind(kind)
            if one.namespace == namespace and "/" in one.path
        ]
        assert in_schema == in_registry


def test_the_envelope_is_in_the_registry_and_the_other_way(registry: Registry) -> None:
    reading = Reading("carec_metadata_1.xsd")
    in_schema = list(reading.below("MetaDataType", "MetaData"))
    in_registry = [of(one) for one in registry.of_kind("metadata")[1:] if "/ext:" not in one.path]
    assert in_schema == in_registry


def test_every_extension_element_is_in_the_registry_and_the_other_way(registry: Registry) -> None:
    reading = Reading("carec_ext_1.xsd")
    in_schema = set()
    for one in reading.root.findall(f"{XS}element"):
        for place in one.iterfind(f".//{C}under"):
            path, kind = place.get("path", ""), place.get("kind", "")
            in_schema.add((kind, reading.row(one, path, place.get("card", ""))))
            in_schema |= {
                (kind, below) for below in reading.below(one.get("type", ""), path, "ext:")
            }
    in_registry = {(one.kind, of(one)) for one in registry.entries if one.namespace == EXT}
    assert in_schema == in_registry


def test_the_schemas_are_those_the_generator_makes(registry: Registry) -> None:
    made = make(registry)
    shipped = {file.name: file.read_text(encoding="utf-8") for file in SCHEMAS.glob("*.xsd")}
    assert shipped == made


def test_every_class_of_wco_is_open_at_its_end() -> None:
    for file in ("carec_common_1.xsd", *(one[0] for one in DOCUMENTS)):
        for one in etree.parse(SCHEMAS / file).getroot().findall(f"{XS}complexType"):
            last = one[0][-1]
            wildcard: Mapping[str, str] = {str(k): str(v) for k, v in last.attrib.items()}
            assert last.tag == f"{XS}any", one.get("name")
            assert wildcard["namespace"] == "##other"
            assert wildcard["processContents"] == "lax"


def test_the_envelope_lets_in_our_bodies_and_a_signature_alone() -> None:
    root = etree.parse(SCHEMAS / "carec_metadata_1.xsd").getroot()
    body, seal = root.iterfind(f".//{XS}any")
    assert (body.get("namespace") or "").split() == [DEC, RES, IG]
    assert body.get("processContents") == "strict"
    assert seal.get("namespace") == DS
    assert seal.get("minOccurs") == "0"
