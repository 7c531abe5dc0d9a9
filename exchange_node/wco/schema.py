"""Document → XSD findings: lxml decides, xmlschema explains what lxml refused.

The schemas are our own files, handed in as bytes; nothing is fetched. The explaining schema is
built once, when the first document fails. An explanation walks the document in Python, about a
hundred times as slow as the decision, and only invalid documents pay for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from lxml import etree

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco.document import Document
from exchange_node.wco.notation import MD, Kind, may_repeat
from exchange_node.wco.tree import name_of

if TYPE_CHECKING:
    import xmlschema
    from lxml.etree import _Element as Element

TRANSIT_MANIFEST = "carec_transit_manifest_1.xsd"
NOTIFICATION = "carec_notification_1.xsd"
RISK_ALERT = "carec_risk_alert_1.xsd"
AGREEMENT_ACT = "carec_agreement_act_1.xsd"
MESSAGE_ACCOUNT = "carec_message_account_1.xsd"
AVAILABILITY = "carec_availability_1.xsd"
OFFICE_STATEMENT = "carec_office_statement_1.xsd"
ASSISTANCE = "carec_assistance_1.xsd"
ONWARD_USE = "carec_onward_use_1.xsd"
RECORD_ORDER = "carec_record_order_1.xsd"
RESPONSE = "carec_response_1.xsd"
GOODS_DECLARATION = "carec_goods_declaration_1.xsd"
ENTRY: Mapping[Kind, str] = {
    Kind.TRANSIT_MANIFEST: TRANSIT_MANIFEST,
    Kind.NOTIFICATION: NOTIFICATION,
    Kind.RISK_ALERT: RISK_ALERT,
    Kind.ACKNOWLEDGEMENT: RISK_ALERT,
    Kind.ALERT_FEEDBACK: RISK_ALERT,
    Kind.AGREEMENT_ACT: AGREEMENT_ACT,
    Kind.MESSAGE_ACCOUNT: MESSAGE_ACCOUNT,
    Kind.AVAILABILITY: AVAILABILITY,
    Kind.NODE_PULSE: AVAILABILITY,
    Kind.OFFICE_STATEMENT: OFFICE_STATEMENT,
    Kind.ASSISTANCE_REQUEST: ASSISTANCE,
    Kind.ASSISTANCE_REPLY: ASSISTANCE,
    Kind.ASSISTANCE_INFORMATION: ASSISTANCE,
    Kind.ONWARD_USE: ONWARD_USE,
    Kind.RECORD_ORDER: RECORD_ORDER,
    Kind.RECORD_CERTIFICATE: RECORD_ORDER,
    Kind.BREACH_NOTICE: RECORD_ORDER,
    Kind.RESPONSE: RESPONSE,
    Kind.GOODS_DECLARATION: GOODS_DECLARATION,
}
"""Which file to start at; each brings the envelope, our extension and the types with it.

Alert and notification share a namespace and a root, as manifest and goods declaration do, so they
never stand in one set of schemas.
"""

MOST_REPORTED = 200
"""Schema findings of one document; a broken one has as many as it has elements (our choice)."""

NOT_SCHEMA_VALID = Rule(
    code="CAREC-X001",
    severity=Severity.ERROR,
    sentence="{pointer}: {why}",
    mend="Compare the document with wco_schemas/{schema}.",
)
RULES = (NOT_SCHEMA_VALID,)

_XS = "http://www.w3.org/2001/XMLSchema"


class _OurFiles(etree.Resolver):
    """Answers every schemaLocation from the files that were handed in, and nothing else."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._files = files

    def resolve(
        self,
        system_url: str | None,
        public_id: str | None,  # noqa: ARG002 - lxml's signature
        context: Any,  # noqa: ANN401 - lxml's own handle, handed back untouched
    ) -> Any:  # noqa: ANN401
        """Return the file of that name; an empty document for what is not ours."""
        name = (system_url or "").rpartition("/")[2]
        return self.resolve_string(self._files.get(name, b""), context, base_url=name)


class Schemas:
    """The compiled schemas; `compile_schemas` makes them."""

    __slots__ = ("_deciding", "_explaining", "_files")

    def __init__(self, files: Mapping[str, bytes], deciding: Mapping[str, etree.XMLSchema]) -> None:
        self._files = files
        self._deciding = deciding
        self._explaining: dict[str, xmlschema.XMLSchema10] = {}

    def is_valid(self, document: Document) -> bool:
        """Whether the document is valid against the schema of its kind."""
        return self._deciding[ENTRY[document.kind]].validate(document.tree)

    def check(self, document: Document) -> tuple[Finding, ...]:
        """Return what the schema of its kind says against a document, at most 200 findings."""
        if self.is_valid(document):
            return ()
        name = ENTRY[document.kind]
        findings: dict[tuple[str, str], Finding] = {}
        for error in self._explain(name).iter_errors(cast("Any", document.tree)):
            element = cast("Element | None", error.elem)
            pointer = _pointer(element, document)
            why = " ".join((error.reason or "not valid").split())
            value = (element.text or "").strip() if element is not None else ""
            found = NOT_SCHEMA_VALID.found(pointer=pointer, value=value, why=why, schema=name)
            findings.setdefault((pointer, why), found)
            if len(findings) == MOST_REPORTED:
                break
        if not findings:  # xmlschema is milder than libxml2 in a corner; libxml2 decides
            log = self._deciding[name].error_log
            why = log[0].message if len(log) else "not valid"
            return (NOT_SCHEMA_VALID.found(pointer="MetaData", why=why, schema=name),)
        return tuple(findings.values())

    def _explain(self, name: str) -> xmlschema.XMLSchema10:
        if name not in self._explaining:
            # Slow to import, and needed only to explain what libxml2 has refused.
            import xmlschema  # noqa: PLC0415

            texts = _flattened(self._files, name)
            schema = xmlschema.XMLSchema10(texts[0], build=False, allow="none")
            for text in texts[1:]:
                schema.add_schema(text)
            schema.build()
            self._explaining[name] = schema
        return self._explaining[name]


def compile_schemas(files: Mapping[str, bytes]) -> Schemas:
    """Compile our schemas from their files, by file name.

    Raises:
        InvalidSettingError: a file is missing, or the schemas do not compile.
    """
    parser = etree.XMLParser(no_network=True, resolve_entities=False)  # noqa: TID251 - our files
    parser.resolvers.add(_OurFiles(files))
    compiled = {}
    for name in sorted(set(ENTRY.values())):
        if name not in files:
            raise InvalidSettingError(where=f"wco_schemas/{name}", why="the file is missing")
        try:
            tree = etree.fromstring(files[name], parser, base_url=name)  # noqa: TID251 - our files
            compiled[name] = etree.XMLSchema(tree)
        except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as err:
            raise InvalidSettingError(where=f"wco_schemas/{name}", why=str(err)) from None
    return Schemas(files, compiled)


def _flattened(files: Mapping[str, bytes], entry: str) -> list[str]:
    """Return the schema documents that one entry needs, one text for each namespace.

    An include is replaced by what it includes, and the location of an import dropped: so nothing
    is left to be fetched, and every text can be handed over as it is.
    """
    done: dict[str, str] = {}

    def flatten(name: str) -> None:
        root = etree.fromstring(files[name])  # noqa: TID251 - our files
        done[name] = ""
        for step in list(root):
            location = step.get("schemaLocation", "")
            if step.tag == f"{{{_XS}}}import":
                step.attrib.pop("schemaLocation")
                if location not in done:
                    flatten(location)
            elif step.tag == f"{{{_XS}}}include":
                included = etree.fromstring(files[location])  # noqa: TID251 - our files
                own = [one for one in included if one.tag != f"{{{_XS}}}include"]
                root.extend(own)
                root.remove(step)
        done[name] = etree.tostring(root, encoding="unicode")

    flatten(entry)
    return [done[name] for name in reversed(list(done))]


def _pointer(element: Element | None, document: Document) -> str:
    """Return the pointer of an element: from the body root, or from MetaData above it."""
    steps: list[str] = []
    body = str(etree.QName(document.body).namespace)
    while element is not None:
        is_envelope = element.tag == f"{{{MD}}}MetaData"
        parent = element.getparent()
        name = name_of(element, MD if is_envelope or parent is document.tree else body)
        if element is document.body:
            steps.append(document.root_name)
            break
        step = name
        if parent is not None:
            same = [one for one in parent if one.tag == element.tag]
            if len(same) > 1 or may_repeat(name_of(parent, body), name):
                step = f"{name}[{same.index(element) + 1}]"
        steps.append(step)
        element = parent
    pointer = "/".join(reversed(steps))
    return pointer.removesuffix("/DateTimeString")
