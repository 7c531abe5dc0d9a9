"""The register of further use → plain values, as the doors show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.onward.course import answer_at, consent_at
from exchange_node.policy.export import EXPORT_CHECKS, ExportVerdict
from exchange_node.services.stations.letters.showing import shown
from exchange_node.services.stations.looking.views import View
from exchange_node.store import payloads
from exchange_node.store.onward.exports import Export
from exchange_node.store.onward.kept import KeptAnswer, Registered
from exchange_node.store.payloads import Vault
from exchange_node.wco.document import read
from exchange_node.wco.onward_codec import decode_onward_answer, decode_request


def request(one: Registered, at: datetime) -> View:
    """Return a request as it stands at a moment, without what is said in words."""
    asked, wanted = one.kept.request, one.kept.request.wanted
    holds = answer_at(one.taken, at)
    consent = consent_at(asked, one.taken, at)
    return {
        "request_id": asked.request_id,
        "direction": one.kept.direction.value,
        "partner": one.kept.partner,
        "asks": asked.asking.value,
        "state": one.course(at).value,
        "kind": wanted.record.kind.value,
        "subject": wanted.record.subject,
        "record_message_id": wanted.record.message_id,
        "recipient": wanted.recipient,
        "use": wanted.use.value,
        "purpose": wanted.purpose,
        "at": asked.at.isoformat(),
        "by": one.kept.recorded_by,
        "wanted_until": _moment(asked.until),
        "due_at": _moment(asked.due_at),
        "ground": holds.answer.ground if holds else "",
        "consented_until": _moment(consent.until) if consent else None,
        "message_id": one.kept.message_id,
        "letter": shown(one.letters.get(one.kept.message_id)),
    }


def whole_request(conn: Connection, one: Registered, vault: Vault, at: datetime) -> View:
    """Return a request with every answer, and with what was said in words while it is kept."""
    return request(one, at) | {
        "why": why_of(conn, one, vault),
        "answers": [
            {
                "answer_id": answer.answer.answer_id,
                "number": answer.answer.ordinal,
                "outcome": answer.answer.outcome.value,
                "ground": answer.answer.ground,
                "conditions": conditions_of(conn, answer, vault),
                "until": _moment(answer.answer.until),
                "at": answer.answer.at.isoformat(),
                "counts_from": answer.recorded_at.isoformat(),
                "by": answer.recorded_by,
                "message_id": answer.message_id,
                "letter": shown(one.letters.get(answer.message_id)),
            }
            for answer in one.answers
        ],
    }


def why_of(conn: Connection, one: Registered, vault: Vault) -> str | None:
    """Return the reason of a request; None where it was disposed of."""
    content = _content(conn, one.kept.document_id, vault)
    return decode_request(read(content)).why if content else None


def conditions_of(conn: Connection, one: KeptAnswer, vault: Vault) -> str | None:
    """Return the conditions of an answer; None where they were disposed of."""
    content = _content(conn, one.document_id, vault)
    return decode_onward_answer(read(content)).conditions if content else None


def verdict(
    one: ExportVerdict, fill: Callable[[str, Mapping[str, str]], str] | None = None
) -> View:
    """Return what the export gate says, with every check; `fill` says templates in a language."""
    say = fill or _filled
    return {
        "code": one.code.value,
        "permitted": one.is_permitted,
        "clause": one.clause,
        "sentence": say(one.sentence, one.facts),
        "what_would_change_it": say(one.mend, one.facts),
        "agreement": one.agreement.agreement_id if one.agreement else "",
        "version": one.agreement.version if one.agreement else 0,
        "grant": one.grant.grant_id if one.grant else "",
        "consent": one.consent.request_id if one.consent else "",
        "consent_can_be_asked": one.is_askable,
        "supplier_is_told": one.tells,
        "checks": [
            {
                "check": step.check.value,
                "question": say(EXPORT_CHECKS[step.check].question, one.facts),
                "passed": step.passed,
            }
            for step in one.steps
        ],
    }


def export(one: Export) -> View:
    """Return a line of the register of exports."""
    return {
        "export": one.number,
        "kind": one.kind.value,
        "record": one.record,
        "subject": one.subject,
        "partner": one.partner,
        "agreement": one.agreement_id,
        "version": one.agreement_version,
        "grant": one.grant_id,
        "clause": one.clause,
        "recipient": one.recipient,
        "use": one.use,
        "purpose": one.purpose,
        "consent": one.request_id,
        "told_by": one.told_message_id,
        "document_digest": one.digest,
        "at": one.at.isoformat(),
        "by": one.by,
    }


def _filled(template: str, facts: Mapping[str, str]) -> str:
    return template.format_map(facts)


def _content(conn: Connection, document_id: str, vault: Vault) -> bytes:
    try:
        return payloads.fetch(conn, document_id, vault)
    except UnknownRecordError:
        return b""


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
