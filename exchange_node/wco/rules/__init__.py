"""Document → findings: structure · identity · movement · alert, and the schema's last word.

Everything is collected: errors stop a document, warnings travel with it. Every rule has a public
number, and `layers` says on which layer it stands: schema, codes, or what has to fit together;
`all_rules` lists them for docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Finding, Rule
from exchange_node.wco import alert_codec, answer_codec, building, document, manifest_view, schema
from exchange_node.wco.codelists import faults
from exchange_node.wco.customisation import lenient, versions
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.orders import correcting
from exchange_node.wco.rules import alerts, identity, movement, structure_rules
from exchange_node.wco.rules.library import WcoLibrary
from exchange_node.wco.rules.movement.journey import has_means
from exchange_node.wco.rules.structure import check_structure, day_of

__all__ = ["WcoLibrary", "all_rules", "validate"]


def all_rules() -> tuple[Rule, ...]:
    """Return every numbered rule of this room, in the order of the numbers."""
    found = (
        *document.RULES, *building.RULES, *lenient.RULES, *versions.RULES, *schema.RULES,
        *structure_rules.RULES, *identity.RULES,
        *movement.RULES, *manifest_view.RULES, *alert_codec.RULES,
        *answer_codec.RULES, *correcting.RULES, *faults.RULES, *alerts.RULES,
    )  # fmt: skip
    return tuple(sorted(found, key=lambda rule: rule.code))


def validate(document: Document, library: WcoLibrary, on: date) -> tuple[Finding, ...]:
    """Return everything that is wrong or doubtful with a document, errors first.

    `on` is today; which codes hold is asked of the document's own day. What the schema says is left
    out where a finding of ours says the same of the same place. A document of another customisation
    is settled first.
    """
    if not lenient.is_foreign(document):
        return _checked(document, library, on)
    settled, findings = lenient.settle(document, library.registry)
    checked = _softened(_checked(settled, library, on))
    return tuple(sorted((*findings, *checked), key=lambda one: not one.is_error))


def _softened(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings on a document of another customisation: it need not have what ours must have.

    Its codes are those of its administration, and its envelope is none that anybody sends.
    """
    soft = []
    for one in findings:
        if one.pointer.startswith("MetaData"):
            continue
        if one.code == structure_rules.MISSING.code:
            soft.append(lenient.LACKING.found(pointer=one.pointer, name=one.facts["name"]))
        elif one.code == structure_rules.UNKNOWN_CODE.code:
            rule = structure_rules.UNLISTED_CODE
            soft.append(
                rule.found(
                    pointer=one.pointer,
                    value=one.value,
                    name=one.facts["name"],
                    list=one.facts["list"],
                )
            )
        else:
            soft.append(one)
    return tuple(soft)


def _checked(document: Document, library: WcoLibrary, on: date) -> tuple[Finding, ...]:
    findings = list(check_structure(document, library.registry, library.code_lists, on))
    findings += identity.check_identity(document)
    day = day_of(document) or on
    findings += movement.check_movement(document, library.code_lists, on, day)
    if document.kind is Kind.TRANSIT_MANIFEST and not has_means(document):
        findings = [one for one in findings if not _speaks_of_means(one)]
    own_errors = [one for one in findings if one.is_error]
    findings += _unsaid(library.schemas.check(document), own_errors)
    if document.kind is Kind.RISK_ALERT and not own_errors:
        findings += _alert(document)
    findings.sort(key=lambda one: not one.is_error)
    return tuple(findings)


def _speaks_of_means(finding: Finding) -> bool:
    """Whether a missing element is part of the means of transport that a rule of its own names."""
    is_missing = finding.code == structure_rules.MISSING.code
    return is_missing and "/DepartureTransportMeans[" in finding.pointer


def _unsaid(from_schema: Iterable[Finding], own: list[Finding]) -> list[Finding]:
    places = {one.pointer for one in own}
    return [one for one in from_schema if not any(_covers(one.pointer, at) for at in places)]


def _covers(schema_pointer: str, own_pointer: str) -> bool:
    """Whether our finding explains the schema's: at the place, or missing or wrong right below."""
    return (
        own_pointer == schema_pointer
        or own_pointer.startswith(f"{schema_pointer}/")
        or schema_pointer.startswith(f"{own_pointer}/")
    )


def _alert(document: Document) -> list[Finding]:
    try:
        return list(alerts.check(alert_codec.decode_alert(document)))
    except InvalidDocumentError as err:
        return list(err.findings)
