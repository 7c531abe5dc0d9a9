"""Findings → fields of our registry and rules of ours: nothing that a stranger wrote is a key.

What a partner's answer names and we do not know is counted as `OTHERS`; a place that the registry
does not have counts at the nearest element above that it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exchange_node.domain.errors import NodeError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.mapping import findings as of_mapping
from exchange_node.policy.verdict import CHECKS
from exchange_node.policy.viewing.checks import VIEW_CHECKS
from exchange_node.services.stations import faults
from exchange_node.services.stations.assistance import faults as of_assistance
from exchange_node.services.stations.movement import faults as of_movements
from exchange_node.services.stations.onward import faults as of_onward_use
from exchange_node.store.records.quality import NO_FIELD, NO_OFFICE, OTHERS
from exchange_node.wco import answer_codec, building, document, manifest_view, schema
from exchange_node.wco.alert_codec import intergov
from exchange_node.wco.customisation import lenient, versions
from exchange_node.wco.notation import path_of
from exchange_node.wco.orders import correcting
from exchange_node.wco.registry import Registry
from exchange_node.wco.rules import alerts, identity, movement, structure_rules
from exchange_node.wco.rules.movement import journey

_OFFICE = re.compile(r"[A-Z0-9]{2,17}")


def _rules() -> Iterator[Rule]:
    for of_room in (
        *(answer_codec, building, document, manifest_view, schema, intergov, lenient, versions),
        *(identity, movement, structure_rules, correcting, of_mapping),
        *(faults, of_assistance, of_movements, of_onward_use),
    ):
        yield from of_room.RULES
    yield from alerts.RULES
    for code, check in (*CHECKS.items(), *VIEW_CHECKS.items()):
        yield Rule(code=code, severity=Severity.ERROR, sentence=check.denial, mend=check.mend)
    for error in _below(NodeError):
        yield Rule(
            code=error.code, severity=Severity.ERROR, sentence=error.sentence, mend=error.mend
        )


def _below(error: type[NodeError]) -> Iterator[type[NodeError]]:
    yield error
    for one in error.__subclasses__():
        yield from _below(one)


RULES_BY_CODE: Mapping[str, Rule] = MappingProxyType({one.code: one for one in _rules()})
"""Every rule, gate and error that can be found at a document, by its public code."""

MISSING = frozenset(
    {
        of_mapping.MISSING.code,
        structure_rules.MISSING.code,
        lenient.LACKING.code,
        journey.NO_MEANS.code,
        faults.AGREEMENT_AT_FAULT.code,
    }
)
"""Rules that say that something is not there; every other says that what is there is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a finding is counted under."""

    registry: Registry

    def field(self, finding: Finding) -> str:
        """Return the WCO path where a finding is; `NO_FIELD` where it is at none.

        One of mapping points into the declaration, and names what would be filled as its target.
        """
        path = path_of(finding.facts.get("target") or finding.pointer)
        while path and self.registry.entry(path) is None:
            path = path.rpartition("/")[0]
        return path or NO_FIELD

    def rule(self, finding: Finding) -> str:
        """Return the code of a finding's rule; `OTHERS` where it is none of ours."""
        return finding.code if finding.code in RULES_BY_CODE else OTHERS


def office_of(text: str) -> str:
    """Return an office as it is counted; `NO_OFFICE` for what does not look like a code of one."""
    code = "".join(text.split()).upper()
    return code if _OFFICE.fullmatch(code) else NO_OFFICE
