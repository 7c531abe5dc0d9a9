"""What a submission's report says beside the loss of mapping: permission and what was withheld."""

from __future__ import annotations

import json

from exchange_node.domain.finding import Finding, Severity
from exchange_node.policy.minimise import Withheld
from exchange_node.policy.verdict import Verdict


def denial(verdict: Verdict) -> Finding:
    """Return a denial as a finding that stops a submission."""
    return Finding(
        code=verdict.code.value,
        severity=Severity.ERROR,
        sentence=verdict.sentence,
        mend="Ask the liaison officer in charge of the agreement.",
        facts=verdict.facts,
    )


def permission(verdict: Verdict) -> dict[str, object]:
    """Return what a gate said, for the report."""
    return {
        "permitted": verdict.is_permitted,
        "code": verdict.code.value,
        "clause": verdict.clause,
        "sentence": verdict.text,
        "agreement": verdict.agreement.agreement_id if verdict.agreement else "",
        "version": verdict.agreement.version if verdict.agreement else 0,
        "digest": verdict.agreement.digest if verdict.agreement else "",
        "grant": verdict.grant.grant_id if verdict.grant else "",
    }


def withheld(one: Withheld) -> dict[str, object]:
    """Return one withheld field, for the report; never its value."""
    return {"path": one.path, "pointer": one.pointer, "personal": one.personal}


def report_bytes(report: dict[str, object]) -> bytes:
    """Return the report as JSON, for the store."""
    return json.dumps(report, ensure_ascii=False, default=str).encode()
