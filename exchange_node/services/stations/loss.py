"""What a submission's report says beside the loss of mapping: permission and what was withheld."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import UnknownRecordError, UnusableQueryError
from exchange_node.domain.finding import Finding, Severity
from exchange_node.domain.message import AttachedFile
from exchange_node.domain.transmission.content import size_of
from exchange_node.mapping import findings as mapping_findings
from exchange_node.mapping.report import Report, Trace, explain, packed, unpacked
from exchange_node.policy.minimising import Masked, Minimised, Withheld
from exchange_node.policy.verdict import CHECKS, Code, Verdict
from exchange_node.store.payloads import digest_of
from exchange_node.store.records import submissions
from exchange_node.store.records.submissions import Submission
from exchange_node.wco.notation import path_of
from exchange_node.wco.registry import Registry
from exchange_node.wco.rules import structure_rules


def without_repeats(mapped: Iterable[Finding], checked: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what mapping and rules found; what mapping said of a missing element is enough."""
    told = tuple(mapped)
    missing = {one.pointer for one in told if one.code == mapping_findings.MISSING.code}
    return (
        *told,
        *(
            one
            for one in checked
            if one.code != structure_rules.MISSING.code or one.pointer not in missing
        ),
    )


MOST_PLACES = 20
"""Places that are listed of one rule at one field (our choice: more are the same mistake)."""

MOST_TOLD = 2_000
"""Findings of one business answer, beside the counts of the others: a partner has to take it in
(our choice)."""

_POSITION = re.compile(r"\[[0-9]+\]")


def folded(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings as they are told: of one rule at one field the first, then how many more.

    A field is a place without its positions. What is stored and counted is never folded. Every rule
    and every field that something was found at is told, and no grave finding becomes a mild one.
    What a partner has folded is told as it said it: an answer has the sentence and no number.
    """
    told: list[Finding] = []
    places: dict[tuple[str, str], int] = {}
    for one in findings:
        if one.code == mapping_findings.FURTHER.code and "count" in one.facts:
            kind = next((each for each in places if each[0] == one.value), (one.value, one.pointer))
            places[kind] = max(places.get(kind, 0), MOST_PLACES) + int(one.facts["count"])
            continue
        kind = (one.code, _POSITION.sub("", one.pointer))
        places[kind] = places.get(kind, 0) + 1
        if places[kind] <= MOST_PLACES:
            told.append(one)
    further = (
        mapping_findings.FURTHER.found(pointer=field, value=code, count=count - MOST_PLACES)
        for (code, field), count in places.items()
        if count > MOST_PLACES
    )
    return (*told, *further)


def answered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return what a business answer tells of findings: all of them, where they are not too many.

    Else they are folded, grave ones go first, and of what is left each rule is counted.
    """
    if len(findings) <= MOST_TOLD:
        return tuple(findings)
    told = sorted(folded(findings), key=lambda one: one.severity is not Severity.ERROR)
    more: Counter[str] = Counter()
    for one in told[MOST_TOLD:]:
        is_count = one.code == mapping_findings.FURTHER.code
        more[one.value if is_count else one.code] += int(one.facts["count"]) if is_count else 1
    further = (
        mapping_findings.FURTHER.found(value=code, count=count) for code, count in more.items()
    )
    return (*told[:MOST_TOLD], *further)


def denial(verdict: Verdict, check: Code | None = None) -> Finding:
    """Return a denial as a finding that stops a submission: the one that decides, or another no."""
    code = check or verdict.code
    return Finding(
        code=code.value,
        severity=Severity.ERROR,
        sentence=CHECKS[code].denial,
        mend=CHECKS[code].mend,
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


def counted(told: Mapping[str, Any]) -> dict[str, str]:
    """Return what was withheld and masked, for the audit: how many fields, and which how."""
    if "withheld" not in told:
        return {}
    ways = sorted({f"{one['path']} ({one['method']})" for one in told["masked"]})
    return {
        "withheld": str(len(told["withheld"])),
        "personal_withheld": str(sum(one["personal"] for one in told["withheld"])),
        "masked": ", ".join(ways),
    }


def minimising(minimised: Minimised) -> dict[str, object]:
    """Return what was withheld and what was masked, for the report; never a value."""
    return {
        "withheld": [withheld(one) for one in minimised.withheld],
        "masked": [masked(one) for one in minimised.masked],
    }


def withheld(one: Withheld) -> dict[str, object]:
    """Return one withheld field, for the report; never its value."""
    return {
        "path": one.path,
        "pointer": one.pointer,
        "personal": one.personal,
        "why": one.why.value,
    }


def masked(one: Masked) -> dict[str, object]:
    """Return one masked field, for the report; neither of its values."""
    return {
        "path": one.path,
        "pointer": one.pointer,
        "personal": one.personal,
        "method": one.method.value,
    }


def attached(files: Iterable[AttachedFile]) -> list[dict[str, object]]:
    """Return the files that go with a declaration, for the report."""
    return [
        {
            "name": one.name,
            "mime_type": one.mime_type,
            "size": size_of(one.content),
            "digest": digest_of(one.content),
        }
        for one in files
    ]


def essentials(report: Report) -> dict[str, object]:
    """Return how much of a declaration was lost, in numbers."""
    return {
        "profile": report.profile,
        "coverage": round(report.coverage, 4),
        "leaves": report.columns.leaves,
        "counts": dict(report.counts),
    }


def kept_report(told: dict[str, object], report: Report) -> bytes:
    """Return a submission's report for the store: what is told of it, and the mapping's columns.

    What is told stands in front, as one line of JSON, so that nobody who asks for it has to unpack
    the rest.
    """
    head = json.dumps(essentials(report) | told, ensure_ascii=False, separators=(",", ":"))
    return head.encode() + b"\n" + packed(report.columns)


def told_of(kept: bytes) -> dict[str, Any]:
    """Return what is told of a report that was kept."""
    told: dict[str, Any] = json.loads(kept.partition(b"\n")[0] or b"{}")
    return told


def mapping_of(kept: bytes) -> Report | None:
    """Return the report that was kept; None where none was.

    Raises:
        AlteredRecordError: it is of a form that this program does not know.
    """
    columns = kept.partition(b"\n")[2]
    return Report(lambda: unpacked(columns)) if columns else None


def explained(report: Report, place: str, registry: Registry) -> dict[str, Any]:
    """Return what made the values at a place of the document, or became of the leaves there.

    A place is a WCO pointer, a chain of WCO ids, or a source path.

    Raises:
        UnusableQueryError: nothing stands there; the nearest places are named.
    """

    def ids(pointer: str) -> str:
        places = [name[len(name.partition("[")[0]) :] for name in pointer.split("/")]
        chain = zip(registry.pointer_ids(pointer), places, strict=True)
        return "/".join(f"{one}{place}" for one, place in chain)

    def told(one: Trace) -> dict[str, object]:
        entry = registry.entry(path_of(one.pointer))
        code_list = entry.code_list if entry is not None else ""
        return one.as_dict() | {"wco_ids": ids(one.pointer), "code_list": code_list}

    found = explain(report, place, ids)
    if found.is_empty:
        near = f"; near it: {', '.join(found.near)}" if found.near else ""
        raise UnusableQueryError(what="pointer", why=f"nothing stands at {place[:200]}{near}")
    return {
        "profile": report.profile,
        "values": [told(one) for one in found.values],
        "missing": [
            {"pointer": one.target, "wco_ids": ids(one.target), "sources": one.note}
            for one in found.missing
        ],
        "leaves": [
            one.as_dict() | {"carried_by": [told(each) for each in one.carried_by]}
            for one in found.leaves
        ],
    }


def visible(conn: Connection, actor: Actor, submission_id: str) -> Submission:
    """Return a submission to one who may see it: a submitter its own, an operator all.

    Raises:
        RoleError: the actor neither submits nor operates.
        UnknownRecordError: there is none of that id, or it is somebody else's.
    """
    actor.require(Role.SUBMITTER, Role.OPERATOR)
    one = submissions.get(conn, submission_id)
    if one.submitted_by != actor.name and Role.OPERATOR not in actor.roles:
        raise UnknownRecordError(kind="submission", key=submission_id)
    return one
