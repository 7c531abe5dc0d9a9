"""Records → plain values, as the doors show them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from exchange_node.domain.alert import Acknowledgement, RiskAlert
from exchange_node.domain.decision import Decision
from exchange_node.domain.finding import Finding
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.releasing.release import Release
from exchange_node.risk.decision import reason_of, told_without
from exchange_node.services.stations.loss import folded
from exchange_node.store.audit import AuditRecord
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.records.attachments import KeptAttachment
from exchange_node.store.records.captures import Capture
from exchange_node.store.records.held import HeldAlert, HeldManifest
from exchange_node.store.records.hits import RecordedHit
from exchange_node.store.records.recipients import Recipient
from exchange_node.store.records.submissions import Submission
from exchange_node.wco.codelists.ncts import ncts_error

View = dict[str, Any]
"""A record as JSON shows it."""

MOST_PATHS = 50
LONGEST_PATH = 200
"""Of what is hidden so many paths are named, so long (our choice): a sender may invent them."""

ESSENTIALS = ("profile", "coverage", "leaves", "counts")
"""What is told of a report where the report itself is not asked for."""


def submission(
    one: Submission,
    told: View,
    sent: Outgoing | None,
    held: HeldManifest | None,
    waits: Release | None = None,
) -> View:
    """Return a submission with all that is known of its way; of its report the essentials."""
    return {
        "submission_id": one.submission_id,
        "state": one.state.value,
        "partner": one.partner,
        "format": one.format,
        "movement": one.movement,
        "message_id": one.message_id,
        "at": one.at.isoformat(),
        "changed_at": one.changed_at.isoformat() if one.changed_at else None,
        "findings": [finding(found) for found in folded(one.findings)],
        "report": {name: told[name] for name in ESSENTIALS if name in told},
        "permission": told.get("permission"),
        "withheld": list(dict.fromkeys(part["path"] for part in told.get("withheld", ()))),
        "masked": {part["path"]: part["method"] for part in told.get("masked", ())},
        "files": told.get("attachments", []),
        "manifest": listed(held) if held else None,
        "release": release(waits) if waits else None,
        "transmission": message(sent) if sent else None,
        "answer": answer(sent) if sent else None,
    }


def release(one: Release) -> View:
    """Return who is awaited before a message leaves, and who has approved it."""
    return {
        "state": one.state.value,
        "officers": one.needed,
        "missing": one.missing,
        "made_by": list(one.makers),
        "approved_by": [vote.by for vote in one.votes],
        "until": one.until.isoformat(),
        "settled_by": one.settled_by,
        "why": one.why,
    }


def finding(one: Finding) -> View:
    """Return a finding with its English sentences filled in, and what it is called in NCTS."""
    ncts = ncts_error(one.code)
    return one.as_dict() | {"text": one.text, "mend_text": one.mend_text, "ncts": ncts}


def answer(one: Outgoing) -> View | None:
    """Return the partner's business answer to a message; None for none."""
    if (said := one.answer) is None:
        return None
    findings = [finding(found) for found in folded(said.findings)]
    return {"accepted": said.accepted, "at": said.at.isoformat(), "findings": findings}


def message(one: Outgoing) -> View:
    """Return how far a message has come; nothing of its content."""
    return {
        "message_id": one.transmission.message_id,
        "partner": one.transmission.partner,
        "code": one.exchange.code,
        "state": one.transmission.state.value,
        "tries": one.transmission.tries,
        "due_at": one.transmission.due_at.isoformat() if one.transmission.due_at else None,
        "last_error": one.transmission.last_error,
        "queued_at": one.queued_at.isoformat(),
        "receipt_verified": one.receipt_id is not None,
        "receipted_at": one.receipted_at.isoformat() if one.receipted_at else None,
        "conversation": one.conversation_id,
    }


def arrival(
    one: HeldManifest,
    kept_back: Container[tuple[str, str]] = (),
    rulings: Mapping[int, int] = MappingProxyType({}),
) -> View:
    """Return a manifest as a line of a list: what an officer needs before the truck comes.

    Of alerts that are kept back, by issuer and id, no reason is given (`told_without`), and of
    `rulings` the number that a decision has without them, by that of the manifest.
    """
    plain = _decision(one.decision, kept_back)
    if one.number in rulings:
        plain["ruling"] = rulings[one.number]
    return listed(one) | plain


def listed(one: HeldManifest) -> View:
    """Return what a list has of a manifest; nothing of what alerts say to it."""
    return {
        "number": one.number,
        "movement": one.movement,
        "direction": one.direction.value,
        "partner": one.partner,
        "means": one.means[0] if one.means else "",
        "all_means": list(one.means),
        "equipment": list(one.equipment),
        "customs_seals": list(one.seals),
        "offices": list(one.offices),
        "expected_arrival": one.expected_arrival.isoformat() if one.expected_arrival else None,
        "received_at": one.stored_at.isoformat(),
        "handling": one.exchange.handling,
        "purpose": one.exchange.purpose,
        "delete_after": one.delete_after.isoformat(),
        "disposed_at": _moment(one.disposed_at),
        "test": one.exchange.test,
        **({"stated_at": one.stated_at.isoformat()} if one.stated_at else {}),
    }


def attachment(one: KeptAttachment) -> View:
    """Return what is known of a file that came with a document."""
    shown = ("position", "name", "mime_type", "size", "digest", "is_held")
    return {name: getattr(one, name) for name in shown}


def manifest(view: TransitManifest) -> View:
    """Return what the node reads of a manifest, as plain values."""
    plain: View = as_plain(asdict(view))
    plain["movement"] = str(view.movement)
    return plain


def hidden(paths: Sequence[str]) -> View:
    """Return what a grant hides of a document: how many paths, and the first of them; no value."""
    return {"count": len(paths), "paths": [one[:LONGEST_PATH] for one in paths[:MOST_PATHS]]}


def alert_line(one: HeldAlert) -> View:
    """Return an alert as a line of a list: nothing that names anybody."""
    return {
        "alert_id": one.alert_id,
        "version": one.version,
        "issuer": one.issuer,
        "state": one.state.value,
        "category": one.category,
        "severity": one.severity,
        "urgency": one.urgency.value,
        "marking": one.marking.value,
        "permitted_action": one.permitted_action.value,
        "unverified": one.unverified,
        "operation": one.operation,
        "summary": one.summary,
        "issued_at": one.issued_at.isoformat(),
        "valid_until": one.valid_until.isoformat(),
        "purpose": one.purpose,
        "delete_after": _moment(one.delete_after),
        "disposed_at": _moment(one.disposed_at),
        "test": one.test,
    }


def alert(
    held: HeldAlert,
    whole: RiskAlert,
    sent_to: Sequence[Recipient],
    acknowledged: Sequence[Acknowledgement],
) -> View:
    """Return a whole alert with what became of it at each recipient."""
    return alert_line(held) | {
        "alert": as_plain(asdict(whole)),
        "recipients": [
            {
                "party": one.partner,
                "state": one.state.value,
                "why": one.why,
                "message_id": one.message_id,
                "queued_at": one.queued_at.isoformat(),
                "delivered_at": _moment(one.delivered_at),
                "accepted_at": _moment(one.accepted_at),
                "rejected_at": _moment(one.rejected_at),
                "acknowledged_at": _moment(one.acknowledged_at),
                "findings": [finding(found) for found in one.findings],
            }
            for one in sent_to
        ],
        "acknowledgements": [as_plain(asdict(one)) for one in acknowledged],
    }


def hit(recorded: RecordedHit, held: HeldManifest) -> View:
    """Return a hit: which manifest, which channel, and the two values of each criterion."""
    one = recorded.hit
    reason = reason_of(one, held.decision)
    return {
        "hit": recorded.hit_id,
        "number": held.number,
        "movement": held.movement,
        "direction": held.direction.value,
        "partner": held.partner,
        "channel": held.decision.channel if held.decision else "",
        "rule": reason.rule,
        "reason": reason.text,
        "subject": one.subject,
        "matches": [asdict(match) for match in one.matches],
    }


def audit_record(one: AuditRecord) -> View:
    """Return one line of the audit."""
    plain: View = as_plain(
        {name: getattr(one, name) for name in ("number", "at", "actor", "action", "subject_kind")}
    )
    return plain | {
        "subject_key": one.subject_key,
        "movement": one.movement,
        "message_id": one.message_id,
        "partner": one.partner,
        "facts": dict(one.facts),
    }


def _decision(decision: Decision | None, kept_back: Container[tuple[str, str]]) -> View:
    if decision is None:
        return {"channel": "", "rule": "", "to_confirm": False, "reasons": []}
    rule, told = told_without(decision, kept_back)
    return {
        "channel": decision.channel,
        "rule": rule,
        "to_confirm": decision.to_confirm,
        "measures": list(decision.measures),
        "is_drawn": decision.is_drawn,
        "overruled": decision.overruled,
        "ruling": decision.ruling,
        "reasons": [one.text for one in told],
    }


def _moment(moment: Any) -> str | None:  # noqa: ANN401 - None or a moment
    return moment.isoformat() if moment else None


def as_plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    """Return values as JSON has them: moments and numbers as text, tuples as lists."""
    if isinstance(value, dict):
        return {name: as_plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_plain(one) for one in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return str(value)


def capture(one: Capture) -> View:
    """Return what is shown of a capture: all but its bytes."""
    return {
        "number": one.number,
        "at": one.at.isoformat(),
        "partner": one.partner,
        "direction": one.direction.value,
        "message_id": one.message_id,
        "status": one.status or None,
        "content_type": one.content_type,
    }
