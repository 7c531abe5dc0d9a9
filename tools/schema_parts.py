"""The parts of a schema that hold no class: its frame, and the types of leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exchange_node.wco.registry import Entry, Registry

INFO = "urn:carec:datamodel:registry:1"
REQUIRED = ' use="required"'


def _restricted(facet: str) -> str:
    return f'<xs:restriction base="xs:string">{facet}</xs:restriction>'


ATTRIBUTE_TYPES = {
    "currencyID": _restricted('<xs:pattern value="[A-Z]{3}"/>'),
    "unitCode": _restricted('<xs:pattern value="[A-Z0-9]{1,5}"/>'),
    "element": _restricted('<xs:pattern value="(ext:)?[A-Za-z]+"/>'),
    "languageID": _restricted('<xs:pattern value="[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"/>'),
    "listID": _restricted('<xs:minLength value="1"/><xs:maxLength value="35"/>'),
}
DAY = "[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
CLOCK = "([01][0-9]|2[0-3])([0-5][0-9]){2}(Z|[+\\-](0[0-9]|1[0-4]))"


def leaf_type(entry: Entry) -> str:
    """Return the name of the type of a leaf."""
    if entry.is_moment:
        return "DateTimeType"
    name = _simple_name(entry.format)
    if not entry.attributes:
        return f"{name}Type"
    parts = [
        f"{'' if needed else 'Optional'}{one[0].upper()}{one[1:]}"
        for one, needed in entry.attributes.items()
    ]
    return f"{name}With{'And'.join(parts)}Type"


def _simple_name(text: str) -> str:
    return (text[0].upper() + text[1:]).replace("..", "To").replace(",", "Dec")


def schema(
    namespace: str, body: str, *, imports: Mapping[str, str], includes: Iterable[str]
) -> str:
    """Return a schema document; without a namespace it takes that of whoever includes it."""
    target = f' xmlns="{namespace}" targetNamespace="{namespace}"' if namespace else ""
    lines = [f'  <xs:import namespace="{ns}" schemaLocation="{at}"/>' for ns, at in imports.items()]
    lines += [f'  <xs:include schemaLocation="{at}"/>' for at in includes]
    head = "".join(f"{line}\n" for line in lines)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<!-- Made by tools/make_schemas.py from registry/wco_ids.tsv: change these two. -->\n"
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:c="{INFO}"{target}\n'
        '    xmlns:ext="urn:carec:datamodel:ext:1" elementFormDefault="qualified" version="1.0">\n'
        f"{head}{body}</xs:schema>\n"
    )


def types_schema(registry: Registry) -> str:
    """Return the types of leaves."""
    formats = {one.format: one for one in registry.entries if one.format and not one.is_moment}
    body = "".join(_simple(text, formats[text]) for text in sorted(formats))
    seen: dict[str, Entry] = {}
    for one in registry.entries:
        if one.attributes and not one.is_moment:
            seen.setdefault(leaf_type(one), one)
    body += "".join(_with_attributes(seen[name]) for name in sorted(seen))
    used = {attribute for one in registry.entries for attribute in one.attributes}
    for name in sorted(used):
        type_name = f"{name[0].upper()}{name[1:]}AttributeType"
        body += f'  <xs:simpleType name="{type_name}">{ATTRIBUTE_TYPES[name]}</xs:simpleType>\n'
    body += (
        '  <xs:simpleType name="DateTimeTextType">\n    <xs:restriction base="xs:string">\n'
        f'      <xs:pattern value="{DAY}({CLOCK})?"/>\n'
        "    </xs:restriction>\n  </xs:simpleType>\n"
        '  <xs:simpleType name="FormatCodeType">\n    <xs:restriction base="xs:string">\n'
        '      <xs:enumeration value="102"/>\n      <xs:enumeration value="304"/>\n'
        "    </xs:restriction>\n  </xs:simpleType>\n"
        '  <xs:complexType name="DateTimeStringType">\n    <xs:simpleContent>\n'
        '      <xs:extension base="DateTimeTextType">\n'
        '        <xs:attribute name="formatCode" type="FormatCodeType" use="required"/>\n'
        "      </xs:extension>\n    </xs:simpleContent>\n  </xs:complexType>\n"
        '  <xs:complexType name="DateTimeType">\n    <xs:sequence>\n'
        '      <xs:element name="DateTimeString" type="DateTimeStringType"/>\n'
        "    </xs:sequence>\n  </xs:complexType>\n"
    )
    return schema("", body, imports={}, includes=())


def _simple(text: str, entry: Entry) -> str:
    name = f"{_simple_name(text)}Type"
    if text == "text":
        facets = '<xs:pattern value="[\\s\\S]*\\S[\\s\\S]*"/>'
        base = "xs:string"
    elif entry.decimals:
        base = "xs:decimal"
        facets = (
            f'<xs:totalDigits value="{entry.max_length}"/>'
            f'<xs:fractionDigits value="{entry.decimals}"/>'
            f'<xs:pattern value="[0-9]{{1,{entry.max_length}}}(\\.[0-9]{{1,{entry.decimals}}})?"/>'
        )
    elif entry.is_number or not text.startswith("an"):
        low = entry.min_length
        symbol = "[0-9]" if entry.is_number else "[A-Z]"
        base = "xs:string"
        facets = f'<xs:pattern value="{symbol}{{{low},{entry.max_length}}}"/>'
    else:
        base = "xs:string"
        facets = (
            f'<xs:maxLength value="{entry.max_length}"/><xs:pattern value="[\\s\\S]*\\S[\\s\\S]*"/>'
        )
    return (
        f'  <xs:simpleType name="{name}">\n'
        f'    <xs:restriction base="{base}">{facets}</xs:restriction>\n  </xs:simpleType>\n'
    )


def _with_attributes(entry: Entry) -> str:
    inside = "".join(
        f'        <xs:attribute name="{name}" type="{name[0].upper()}{name[1:]}AttributeType"'
        f"{REQUIRED if needed else ''}/>\n"
        for name, needed in entry.attributes.items()
    )
    return (
        f'  <xs:complexType name="{leaf_type(entry)}">\n    <xs:simpleContent>\n'
        f'      <xs:extension base="{_simple_name(entry.format)}Type">\n{inside}'
        "      </xs:extension>\n    </xs:simpleContent>\n  </xs:complexType>\n"
    )
