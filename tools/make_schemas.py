"""wco_schemas/registry/wco_ids.tsv → wco_schemas/*.xsd, so that registry and schemas cannot drift.

    python tools/make_schemas.py           write the schemas
    python tools/make_schemas.py --check   say which file is stale; exit 1 if any is

One named type per class and content; attributes of a class first and then its classes, as the
registry orders them; every WCO class ends open for other namespaces, which are checked where they
are declared (`processContents="lax"`). Element declarations carry id, format and source.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from exchange_node.wco.notation import DEC, DS, EXT, IG, MD, RES  # noqa: E402
from exchange_node.wco.registry import Entry, Registry, read_registry  # noqa: E402
from tools.schema_parts import leaf_type, schema, types_schema  # noqa: E402

SCHEMAS = ROOT / "wco_schemas"
DOCUMENTS = (
    ("carec_transit_manifest_1.xsd", DEC, "Declaration", ("transit_manifest",)),
    ("carec_notification_1.xsd", IG, "InterGov", ("notification",)),
    (
        "carec_risk_alert_1.xsd",
        IG,
        "InterGov",
        ("risk_alert", "acknowledgement", "alert_feedback"),
    ),
    ("carec_agreement_act_1.xsd", IG, "InterGov", ("agreement_act",)),
    ("carec_message_account_1.xsd", IG, "InterGov", ("message_account",)),
    ("carec_availability_1.xsd", IG, "InterGov", ("availability", "node_pulse")),
    ("carec_office_statement_1.xsd", IG, "InterGov", ("office_statement",)),
    ("carec_onward_use_1.xsd", IG, "InterGov", ("onward_use",)),
    (
        "carec_assistance_1.xsd",
        IG,
        "InterGov",
        ("assistance_request", "assistance_reply", "assistance_information"),
    ),
    (
        "carec_record_order_1.xsd",
        IG,
        "InterGov",
        ("record_order", "record_certificate", "breach_notice"),
    ),
    ("carec_response_1.xsd", RES, "Response", ("response",)),
    ("carec_goods_declaration_1.xsd", DEC, "Declaration", ("goods_declaration",)),
)
OTHERS = '<xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>'


class Types:
    """Names for class contents: the tag alone where it is unique, else with its ancestors."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.names: dict[tuple[object, ...], str] = {}
        self.entries: dict[tuple[object, ...], Entry] = {}

    def key(self, entry: Entry) -> tuple[object, ...]:
        """Return what makes two classes the same type: their WCO content, ids and numbers."""
        content: list[object] = []
        for one in self.wco_children(entry):
            about = (one.tag, one.minimum, one.maximum, one.wco_id, one.format, one.source)
            content.append((*about, self.key(one) if one.is_class else leaf_type(one)))
        return (entry.tag, *content)

    def wco_children(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the children that are declared in the class; ours enter through the wildcard."""
        found = self.registry.children(entry.path, entry.kind)
        inside_ours = entry.namespace == EXT
        return tuple(one for one in found if (one.namespace == EXT) == inside_ours)

    def add(self, entries: Iterable[Entry]) -> list[tuple[object, ...]]:
        """Name the types of these classes; return the keys that are new, children first."""
        new = []
        for entry in entries:
            key = self.key(entry)
            if entry.is_class and key not in self.names:
                self.names[key] = self._free_name(entry)
                self.entries[key] = entry
                new.append(key)
        return new

    def name(self, entry: Entry) -> str:
        """Return the name of the type of a class or a leaf."""
        return self.names[self.key(entry)] if entry.is_class else leaf_type(entry)

    def _free_name(self, entry: Entry) -> str:
        steps = [one.removeprefix("ext:") for one in entry.path.split("/")]
        for depth in range(1, len(steps) + 1):
            name = "".join(steps[-depth:]) + "Type"
            if name not in self.names.values():
                return name
        return f"{'In'.join(reversed(steps))}Type"


def element(entry: Entry, types: Types, *, indent: str, under: Iterable[Entry] = ()) -> str:
    """Return the declaration of an element with its annotation."""
    numbers = ""
    if not under:
        numbers = f' minOccurs="{entry.minimum}"' if entry.minimum != 1 else ""
        if entry.maximum != 1:
            numbers += f' maxOccurs="{entry.maximum or "unbounded"}"'
    facts = {"id": entry.wco_id, "format": entry.format, "source": entry.source}
    facts["list"] = entry.code_list
    shown = "".join(f' {name}="{escape(value)}"' for name, value in facts.items() if value)
    places = "".join(
        f'\n{indent}        <c:under kind="{one.kind}" path="{one.path}" card="{card(one)}"/>'
        for one in under
    )
    closing = f">{places}\n{indent}      </c:entry>" if places else "/>"
    return (
        f'{indent}<xs:element name="{entry.tag}" type="{types.name(entry)}"{numbers}>\n'
        f"{indent}  <xs:annotation>\n"
        f"{indent}    <xs:appinfo>\n{indent}      <c:entry{shown}{closing}\n"
        f"{indent}    </xs:appinfo>\n"
        f'{indent}    <xs:documentation xml:lang="en">{escape(entry.meaning)}</xs:documentation>\n'
        f"{indent}  </xs:annotation>\n"
        f"{indent}</xs:element>\n"
    )


def card(entry: Entry) -> str:
    """Return a cardinality as the registry writes it."""
    return f"{entry.minimum}..{'n' if entry.maximum is None else entry.maximum}"


def complex_type(entry: Entry, types: Types, *, last: str = "") -> str:
    """Return the type of a class; `last` stands before the wildcard."""
    inside = "".join(element(one, types, indent="      ") for one in types.wco_children(entry))
    end = "" if entry.namespace == EXT else f"      {OTHERS}\n"
    return (
        f'  <xs:complexType name="{types.name(entry)}">\n    <xs:sequence>\n'
        f"{inside}{last}{end}    </xs:sequence>\n  </xs:complexType>\n"
    )


def metadata_schema(registry: Registry) -> str:
    """Return the envelope."""
    types = Types(registry)
    top = registry.of_kind("metadata")[0]
    types.add([top])
    bodies = f"{DEC} {RES} {IG}"
    inside = "".join(element(one, types, indent="      ") for one in types.wco_children(top))
    body = (
        '  <xs:element name="MetaData" type="MetaDataType"/>\n'
        '  <xs:complexType name="MetaDataType">\n    <xs:sequence>\n'
        f"{inside}"
        '      <xs:element ref="ext:Exchange" minOccurs="0"/>\n'
        f'      <xs:any namespace="{bodies}" processContents="strict"/>\n'
        f'      <xs:any namespace="{DS}" processContents="lax" minOccurs="0"/>\n'
        "    </xs:sequence>\n  </xs:complexType>\n"
    )
    imports = {EXT: "carec_ext_1.xsd"}
    return schema(MD, body, imports=imports, includes=["carec_types_1.xsd"])


def ext_schema(registry: Registry) -> str:
    """Return our extension elements: one declaration each, with every place it may stand at."""
    places: dict[str, list[Entry]] = {}
    for one in registry.entries:
        parent = registry.entry(one.path.rpartition("/")[0], one.kind)
        if one.namespace == EXT and parent is not None and parent.namespace != EXT:
            places.setdefault(one.tag, []).append(one)
    types = Types(registry)
    body = ""
    for entries in places.values():
        body += element(_class_first(entries, types), types, indent="  ", under=entries)
    for key in sorted(types.entries, key=lambda one: types.names[one]):
        body += complex_type(types.entries[key], types)
    return schema(EXT, body, imports={}, includes=["carec_types_1.xsd"])


def _class_first(entries: list[Entry], types: Types) -> Entry:
    """Name the types below an element that stands at several places; they must be one type."""
    first = entries[0]
    if len({types.key(one) if one.is_class else leaf_type(one) for one in entries}) != 1:
        raise SystemExit(f"{first.tag} has different contents at different places")
    _name_below(first, types)
    return first


def _name_below(entry: Entry, types: Types) -> None:
    if entry.is_class:
        types.add([entry])
        for one in types.wco_children(entry):
            _name_below(one, types)


def document_schemas(registry: Registry) -> dict[str, str]:
    """Return one schema for each kind of document, and what they share."""
    shared = _shared(registry)
    files = {}
    for name, namespace, root, kinds in DOCUMENTS:
        types = Types(registry)
        types.names.update(shared.names)
        own = types.add([one for one in registry.of_kind(kinds[0]) if one.namespace != EXT])
        top = registry.entry(root, kinds[0])
        if top is None:
            raise SystemExit(f"the registry has no {root} of kind {kinds[0]}")
        body = f'  <xs:element name="{root}" type="{types.name(top)}"/>\n'
        for key in own:
            last = _choice(registry, kinds) if types.entries[key].path == root else ""
            body += complex_type(types.entries[key], types, last=last)
        imports = {MD: "carec_metadata_1.xsd", EXT: "carec_ext_1.xsd"}
        includes = ["carec_types_1.xsd", "carec_common_1.xsd"]
        files[name] = schema(namespace, body, imports=imports, includes=includes)
    body = "".join(complex_type(shared.entries[key], shared) for key in shared.entries)
    files["carec_common_1.xsd"] = schema("", body, imports={}, includes=["carec_types_1.xsd"])
    return files


def _shared(registry: Registry) -> Types:
    """Name the classes that stand with one content in more than one namespace."""
    types = Types(registry)
    found: dict[tuple[object, ...], dict[str, Entry]] = {}
    for _, namespace, _, kinds in DOCUMENTS:
        for one in registry.of_kind(kinds[0]):
            if one.is_class and one.namespace == namespace:
                found.setdefault(types.key(one), {}).setdefault(namespace, one)
    shared = [places for places in found.values() if len(places) > 1]
    types.add(next(iter(places.values())) for places in shared)
    return types


def _choice(registry: Registry, kinds: tuple[str, ...]) -> str:
    """Return the one of our elements that an InterGov message must carry, if its kinds have one."""
    needed = [
        one.name
        for kind in kinds
        for one in registry.children("InterGov", kind)
        if one.namespace == EXT and one.minimum
    ]
    if not needed:
        return ""
    inside = "".join(f'        <xs:element ref="{name}"/>\n' for name in needed)
    return f"      <xs:choice>\n{inside}      </xs:choice>\n"


def make(registry: Registry) -> dict[str, str]:
    """Return every schema by file name."""
    return {
        "carec_types_1.xsd": types_schema(registry),
        "carec_metadata_1.xsd": metadata_schema(registry),
        "carec_ext_1.xsd": ext_schema(registry),
        **document_schemas(registry),
    }


def main() -> int:
    """Write the schemas, or say which are stale."""
    registry = read_registry((SCHEMAS / "registry" / "wco_ids.tsv").read_text(encoding="utf-8"))
    stale = []
    for name, text in make(registry).items():
        file = SCHEMAS / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                file.write_text(text, encoding="utf-8")
    print("stale:" if "--check" in sys.argv else "written:", ", ".join(stale) or "none")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
