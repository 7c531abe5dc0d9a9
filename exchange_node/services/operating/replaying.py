"""A capture → what this node thinks of it, step by step, by the walk's own functions; no change.

The steps are those of reception and filing in their order: each is told with what it found, the
first that does not hold with its error and what to do about it, and there it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import (
    ConflictingDuplicateError,
    InvalidDocumentError,
    InvalidHeaderError,
    NodeError,
)
from exchange_node.domain.finding import has_errors
from exchange_node.domain.transmission.content import (
    Content,
    Joined,
    NewSpool,
    handy,
    size_of,
    whole,
)
from exchange_node.ebms.message import ErrorSignal, Limits, OwnKeys, PartnerKeys, Received
from exchange_node.ebms.payloads import open_payloads
from exchange_node.ebms.pmodes.derivation import Derivation
from exchange_node.ebms.pmodes.matching import Arrival
from exchange_node.ebms.pmodes.partner_mode import Binding
from exchange_node.ebms.signals import check_receipt, read_answer, read_signal
from exchange_node.ebms.standing import why_unfit
from exchange_node.ebms.steps import Step
from exchange_node.ebms.unpack import authenticate
from exchange_node.policy.gates import permit_receiving
from exchange_node.policy.verdict import require
from exchange_node.security.identity import require_one_identity
from exchange_node.security.trust import Trust
from exchange_node.services.operating.report import Report
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.arrival.opening import CameWith, Opening
from exchange_node.services.stations.giving import named_in
from exchange_node.services.stations.looking import views
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.outgoing import references_of
from exchange_node.services.stations.traffic.taking import CLOCK_SKEW, require_timely
from exchange_node.services.stations.vocabulary import attachments_in, exchange_of, kept_header
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading
from exchange_node.store.incoming import Incoming
from exchange_node.store.payloads import Vault, digest_of
from exchange_node.store.records import captures
from exchange_node.store.records.captures import Capture, Direction

_OURS = frozenset({Direction.SENT, Direction.ANSWERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaying:
    """Lists and gives out what was captured, and takes it through the steps once more."""

    engine: Engine
    vault: Vault
    trust: Trust
    keys: OwnKeys
    partners: Mapping[str, PartnerKeys]
    agreed: Derivation
    limits: Limits
    opening: Opening
    new_spool: NewSpool
    clock: Callable[[], datetime]

    def captures(
        self, actor: Actor, *, partner: str = "", message_id: str = "", limit: int = 50
    ) -> View:
        """Return what was captured, the newest first, without its bytes.

        Raises:
            RoleError: the actor does not operate the node.
        """
        actor.require(Role.OPERATOR)
        with reading(self.engine) as conn:
            found = captures.search(conn, partner=partner, message_id=message_id, limit=limit)
        return {"captures": [views.capture(one) for one in found]}

    def export(self, actor: Actor, number: int) -> Content:
        """Return a capture as a file: its Content-Type as a header, a blank line, its bytes.

        Raises:
            RoleError: the actor does not operate the node.
            UnknownRecordError: there is no such capture, or not any more.
        """
        actor.require(Role.OPERATOR)
        capture, content = captures.get(self.engine, number, self.vault, self.new_spool)
        self._looked(actor, "look.capture", capture)
        head = f"Content-Type: {capture.content_type}\r\n\r\n".encode()
        return handy(Joined([head, content]))

    def replay(self, actor: Actor, number: int) -> View:
        """Return what this node thinks of a capture, at the moment when it was taken.

        Raises:
            RoleError, UnknownRecordError: as `export`.
        """
        actor.require(Role.OPERATOR)
        capture, content = captures.get(self.engine, number, self.vault, self.new_spool)
        self._looked(actor, "look.replay", capture)
        return views.capture(capture) | self._report(capture, content)

    def replay_file(self, actor: Actor, file: bytes, *, partner: str = "") -> View:
        """Return what this node thinks of an exported capture now; `partner` is who called.

        Raises:
            RoleError: the actor does not operate the node.
            InvalidHeaderError: the file does not begin with its Content-Type.
        """
        actor.require(Role.OPERATOR)
        head, blank, content = file.partition(b"\r\n\r\n")
        name, _, content_type = head.decode("latin-1").partition(":")
        if not blank or name.lower() != "content-type" or "\n" in content_type:
            raise InvalidHeaderError(why="the file begins with no Content-Type and a blank line")
        capture = Capture(
            at=self.clock(),
            partner=partner,
            direction=Direction.RECEIVED,
            message_id="",
            content_type=content_type.strip(),
        )
        return self._report(capture, content)

    def _report(self, capture: Capture, content: Content) -> View:
        report = Report()
        try:
            if capture.direction in _OURS:
                self._ours(report, capture, content)
            elif read_signal(capture.content_type, content, self.limits) is None:
                self._message(report, capture, content)
            else:
                self._signal(report, capture, content)
        except NodeError as err:
            report.failed(report.next_step, err)
        return {"ok": all(one["ok"] for one in report.steps), "steps": report.steps}

    def _ours(self, report: Report, capture: Capture, content: Content) -> None:
        partner = self.partners.get(capture.partner)
        if partner is None:
            raise InvalidHeaderError(why=f"no card of {capture.partner} is held")
        why = why_unfit(
            capture.content_type,
            content,
            own=self.keys,
            partner=partner,
            at=capture.at,
            new_spool=self.new_spool,
        )
        if why:
            raise InvalidHeaderError(why=why)
        report.passed("ours", "made by a certificate of ours, for the partner as it is known now")

    def _signal(self, report: Report, capture: Capture, content: Content) -> None:
        partner = self.partners.get(capture.partner)
        if partner is None:
            raise InvalidHeaderError(why="say from whom it came: a signal does not")
        signal = read_answer(capture.content_type, whole(content), partner=partner, at=capture.at)
        if signal is None:
            report.passed("signal", "nothing was answered")
            return
        if isinstance(signal, ErrorSignal):
            by = "signed by the partner" if signal.is_authenticated else signal.doubt
            told = f"{signal.ebms_code} {signal.severity}, {by}: {signal.short} {signal.detail}"
            report.passed("error", told.strip())
            return
        report.passed("signature", f"a receipt for {signal.ref_to_message_id}, by the partner")
        with reading(self.engine) as conn:
            ours = outbox.get(conn, signal.ref_to_message_id)
        message_id = ours.transmission.message_id
        check_receipt(signal, message_id=message_id, references=references_of(ours.references))
        report.passed("digests", f"{len(signal.references)} references are those that were sent")

    def _message(self, report: Report, capture: Capture, content: Content) -> None:
        now = capture.at
        binding = Binding.PULL if capture.direction is Direction.GOT else Binding.PUSH
        with reading(self.engine) as conn:
            held = held_agreements(conn)
            authenticated = authenticate(
                capture.content_type,
                content,
                own=self.keys,
                partners=self.partners,
                pmodes=self.agreed.of([one.agreement for one in held]),
                at=now,
                limits=self.limits,
                arrival=Arrival(caller=capture.partner, binding=binding),
                passed=report.passed,
                new_spool=self.new_spool,
            )
            received = open_payloads(authenticated, self.limits, self.new_spool)
            report.passed(Step.PAYLOADS, _payloads(received))
            require_one_identity(
                self.trust.partner(received.sender),
                signer=received.signer,
                from_party=received.sender,
                at=now,
                above=received.above,
            )
            report.passed("identity", f"{received.sender} in header and signature")
            require_timely(received, now)
            report.passed("window", f"made at {received.message.timestamp.isoformat()}")
            seen = inbox.seen(conn, received.sender, received.message.message_id, self.vault)
            if seen is not None and seen.digest != received.digest:
                raise ConflictingDuplicateError(message_id=received.message.message_id)
            known = f"held since {seen.received_at.isoformat()}" if seen else "not held here"
            report.passed("duplicate", known)
            if received.pmode.is_test:
                report.passed("agreement", "a test message: receipted, delivered to nobody")
                return
            exchange = exchange_of(received)
            verdict = permit_receiving(
                held,
                exchange,
                day_of(now),
                attachments=len(received.message.payloads) - 1,
                made_at=received.message.timestamp,
                patience=received.pmode.mode.window + CLOCK_SKEW,
                given_on=named_in(
                    conn,
                    exchange,
                    received.message.ref_to_message_id or "",
                    is_arriving=True,
                    allowance=CLOCK_SKEW,
                ),
            )
            require(verdict)
            report.passed("agreement", verdict.text or "a grant covers it")
            self._document(conn, report, received, now)

    def _document(
        self, conn: Connection, report: Report, received: Received, now: datetime
    ) -> None:
        exchange = exchange_of(received)
        incoming = Incoming(
            sender=received.sender,
            message_id=received.message.message_id,
            digest=received.digest,
            header=kept_header(exchange, received.message),
            received_at=now,
        )
        message = received.message
        came = tuple(
            CameWith(
                content_id=one.content_id,
                mime_type=one.mime_type,
                size=size_of(one.content),
                digest=digest_of(one.content),
            )
            for one in attachments_in(message)
        )
        sealed = whole(message.payloads[0].content)
        opened = self.opening.read(conn, sealed, came, incoming, exchange)
        report.passed("seal", f"the document of {exchange.sender}, {exchange.code}")
        if has_errors(opened.findings):
            raise InvalidDocumentError(opened.findings)
        report.passed("validation", f"{len(opened.findings)} remarks, no error")

    def _looked(self, actor: Actor, action: str, one: Capture) -> None:
        key, of = str(one.number), {"message_id": one.message_id, "partner": one.partner}
        looked(self.engine, actor, self.clock(), action, "capture", key, **of)


def _payloads(received: Received) -> str:
    sizes = ", ".join(f"{size_of(one.content)} bytes" for one in received.message.payloads)
    return f"{len(received.message.payloads)} payloads: {sizes}"
