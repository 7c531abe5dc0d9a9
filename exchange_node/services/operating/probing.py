"""Ping: a test message straight to a partner → TLS, receipt, certificates, clocks, times; in words.

The test service of OASIS ebMS 3.0 Core, section 5.2.2.8: the partner does with the message all it
does with any, and delivers it to nobody. It does not go through the outbox, and is no try of
anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import mean

from cryptography import x509
from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.errors import InvalidReceiptError, ProtocolError, UnknownRecordError
from exchange_node.domain.finding import Finding, has_errors
from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.message import (
    ErrorSignal,
    OwnKeys,
    Packed,
    PartnerKeys,
    Payload,
    Receipt,
    UserMessage,
)
from exchange_node.ebms.pack import pack
from exchange_node.ebms.pmodes.derivation import outgoing_test
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.ebms.signals import check_receipt, read_answer
from exchange_node.security.certificates import Purpose, fingerprint, name_of, read_certificate
from exchange_node.security.trust import Partner
from exchange_node.services.operating import ping_rules as rules
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.looking import views
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.vocabulary import addressed
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.transport.line import Answer
from exchange_node.transport.probe import Probed, Prober

MOST_PINGS = 20
"""How often one command pings (our choice)."""

CLOCKS_APART_SECONDS = 30
"""Clocks that differ by more are warned of (our choice)."""

_PAYLOAD = b'<ping xmlns="urn:carec:ping"/>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Try:
    """One ping and what came of it; `theirs` is the partner's clock less ours, in seconds."""

    probed: Probed
    verdict: str
    findings: tuple[Finding, ...]
    receipt_clock: float | None = None
    http_clock: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probing:
    """Tries the way to a partner and back."""

    engine: Engine
    line: Prober
    keys: OwnKeys
    partners: Mapping[str, PartnerKeys]
    modes: Mapping[str, PartnerMode]
    cards: Mapping[str, Partner]
    own: Callable[[Purpose, datetime], Sequence[x509.Certificate]]
    clock: Callable[[], datetime]
    new_message_id: Callable[[], str]
    random_bytes: Callable[[int], bytes]

    def ping(self, actor: Actor, partner: str, *, tries: int = 3) -> View:
        """Send test messages one after the other; return what each showed, and all in one.

        Raises:
            RoleError: the actor does not operate the node.
            UnknownRecordError: no card of the partner is held.
        """
        actor.require(Role.OPERATOR)
        keys, mode = self.partners.get(partner), self.modes.get(partner)
        card = self.cards.get(partner)
        if keys is None or mode is None or card is None:
            raise UnknownRecordError(kind="partner", key=partner)
        agreement_id = self._agreement_with(partner)
        done = [
            self._try(partner, keys, self._message(mode, agreement_id))
            for _ in range(min(tries, MOST_PINGS))
        ]
        found = {one.code: one for try_ in done for one in try_.findings}
        if not agreement_id:
            found[rules.NO_AGREEMENT.code] = rules.NO_AGREEMENT.found(value=partner)
        findings = tuple(found.values())
        shown: View = {
            "partner": partner,
            "ok": not has_errors(findings),
            "url": done[0].probed.url,
            "findings": [views.finding(one) for one in findings],
            "tries": [_shown(one) for one in done],
            "tls": _tls(done[-1].probed),
            "milliseconds": _times(done),
            "clock_seconds": _clocks(done),
            "certificates": {
                "ours": {
                    purpose.value: [_certificate(one) for one in self.own(purpose, self.clock())]
                    for purpose in Purpose
                },
                "theirs": {
                    purpose.value: [_certificate(one) for one in card.of(purpose)]
                    for purpose in Purpose
                },
            },
        }
        with transaction(self.engine) as conn:
            record = audit.AuditRecord(
                at=self.clock(),
                actor=actor.name,
                action="partner.pinged",
                subject_kind="partner",
                subject_key=partner,
                partner=partner,
                facts={"tries": str(len(done)), "verdict": done[-1].verdict},
            )
            audit.write(conn, record)
        return shown

    def _agreement_with(self, partner: str) -> str:
        with reading(self.engine) as conn:
            held = held_agreements(conn)
        own = self.keys.party
        return next(
            (
                one.agreement.agreement_id
                for one in held
                if one.stage is Stage.AGREED and one.agreement.is_between(own, partner)
            ),
            "",
        )

    def _message(self, mode: PartnerMode, agreement_id: str) -> UserMessage:
        pmode = outgoing_test(self.keys.party, agreement_id, mode)
        message_id = self.new_message_id()
        message = addressed(
            pmode, message_id=message_id, at=self.clock(), conversation_id=message_id
        )
        payload = Payload(content=_PAYLOAD, content_id=f"ping.{message_id}")
        return replace(message, payloads=(payload,))

    def _try(self, partner: str, keys: PartnerKeys, message: UserMessage) -> _Try:
        packed = pack(message, keys=self.keys, partner=keys, random_bytes=self.random_bytes)
        sent_at = self.clock()
        probed = self.line.probe(partner, packed.content_type, whole(packed.body))
        if probed.failure is not None or probed.answer is None:
            failed = rules.OF_FAILURE[probed.failure] if probed.failure else rules.NO_RECEIPT
            found = failed.found(value=probed.url or partner, why=probed.why, status="")
            return _Try(probed=probed, verdict=probed.failure or "", findings=(found,))
        # The answer was made half a round trip after the request left, as far as anybody can tell.
        before = {name: probed.milliseconds.get(name, 0.0) for name in ("name", "connect", "tls")}
        half = probed.milliseconds.get("exchange", 0.0) / 2
        made_at = sent_at + timedelta(milliseconds=sum(before.values()) + half)
        verdict, findings, told_at = self._verdict(partner, keys, message, packed, probed.answer)
        receipt_clock = _apart(told_at, made_at)
        if receipt_clock is not None and abs(receipt_clock) > CLOCKS_APART_SECONDS:
            apart = rules.CLOCKS.found(value=partner, seconds=f"{receipt_clock:+.0f}")
            findings = (*findings, apart)
        return _Try(
            probed=probed,
            verdict=verdict,
            findings=findings,
            receipt_clock=receipt_clock,
            http_clock=_apart(_moment(probed.date), made_at),
        )

    def _verdict(
        self,
        partner: str,
        keys: PartnerKeys,
        message: UserMessage,
        packed: Packed,
        answer: Answer,
    ) -> tuple[str, tuple[Finding, ...], datetime | None]:
        """Return what the answer is worth, why it is not worth more, and when it was made."""
        told = {"value": partner, "status": str(answer.status)}
        try:
            signal = read_answer(
                answer.content_type, whole(answer.body), partner=keys, at=self.clock()
            )
            match signal:
                case Receipt():
                    check_receipt(
                        signal, message_id=message.message_id, references=packed.references
                    )
                    return "receipt verified", (), signal.timestamp
                case ErrorSignal():
                    is_signed = signal.is_authenticated or bool(signal.unsure)
                    rule = rules.ERROR if is_signed else rules.UNSIGNED_ERROR
                    why = f"{signal.short} {signal.detail} {signal.unsure}".strip()
                    found = rule.found(**told, code=signal.ebms_code, why=why)
                    return signal.ebms_code, (found,), None
                case None:
                    return "no receipt", (rules.NO_RECEIPT.found(**told),), None
        except InvalidReceiptError as err:
            return "invalid receipt", (rules.INVALID_RECEIPT.found(**told, why=str(err)),), None
        except ProtocolError as err:
            kind = answer.content_type[:80] or "no Content-Type"
            return "no AS4", (rules.NO_AS4.found(**told, kind=kind, why=str(err)),), None


def _shown(one: _Try) -> View:
    status = one.probed.answer.status if one.probed.answer else None
    return {
        "verdict": one.verdict,
        "http_status": status,
        "address": one.probed.address,
        "milliseconds": dict(one.probed.milliseconds),
    }


def _tls(probed: Probed) -> View | None:
    if not probed.certificate and not probed.tls_version:
        return None
    shown: View = {"version": probed.tls_version, "cipher": probed.cipher}
    if probed.certificate:
        try:
            shown["certificate"] = _certificate(read_certificate(probed.certificate))
        except ProtocolError as err:
            shown["certificate"] = {"unreadable": str(err)}
    return shown


def _certificate(certificate: x509.Certificate) -> View:
    return {
        "subject": name_of(certificate),
        "ends": certificate.not_valid_after_utc.isoformat(),
        "fingerprint": fingerprint(certificate),
    }


def _times(done: list[_Try]) -> View:
    """Return least, mean and most of every step, in milliseconds."""
    steps = dict.fromkeys(name for one in done for name in one.probed.milliseconds)
    taken = {
        step: [one.probed.milliseconds[step] for one in done if step in one.probed.milliseconds]
        for step in steps
    }
    return {
        step: {"least": min(values), "mean": round(mean(values), 1), "most": max(values)}
        for step, values in taken.items()
    }


def _clocks(done: list[_Try]) -> View:
    """Return the partner's clock less ours: by its receipt, and by its HTTP server's `Date`.

    The latter counts whole seconds.
    """
    last = done[-1]
    return {"receipt": last.receipt_clock, "http_date": last.http_clock}


def _apart(theirs: datetime | None, ours: datetime) -> float | None:
    return None if theirs is None else round((theirs - ours).total_seconds(), 3)


def _moment(date: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(date)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
