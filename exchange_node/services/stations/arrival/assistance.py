"""MA-010 to MA-014, MA-020: a partner asks, replies, informs; it is entered in the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration, Agreement
from exchange_node.domain.assistance.papers import REQUEST
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Finding
from exchange_node.domain.message import Exchange
from exchange_node.policy.requests.checking import check_information, check_reply, check_request
from exchange_node.services.stations.agreements import agreement_under, held_agreements
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.arrival.taking import NODE
from exchange_node.services.stations.assistance.faults import UNKNOWN_REQUEST
from exchange_node.services.stations.assistance.register import Register, first_postponed
from exchange_node.services.stations.assistance.shelf import Came
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store.records.assistance import cases
from exchange_node.store.records.assistance.cases import Case
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing import letters
from exchange_node.wco.assistance_codec import decode_information, decode_reply, decode_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Takes requests for assistance."""

    register: Register

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Enter a request, set its clocks and leave word for the desk.

        Raises:
            InvalidDocumentError: it cannot be read, lacks what the agreement has it say, confirms
                an oral request that lapsed, or its number stands for another text.
        """
        request = decode_request(opened.document)
        agreement = _agreement(conn, opened.exchange)
        _require(check_request(request, agreement))
        case = self.register.ask(conn, request, _came(opened, agreement, now))
        clause = agreement.requests
        channel = clause.urgent_channel if clause is not None and case.urgent else ""
        _tell(conn, "assistance.requested", case, opened, now, oral=case.oral_request, via=channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """Takes what a partner says to a request of ours."""

    own: Administration
    register: Register

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Enter a reply and bring the request to where it stands now.

        Raises:
            InvalidDocumentError: it cannot be read, answers no request that the partner was sent,
                or rests on what the agreement does not list.
            IllegalStepError: the request is answered or refused, or was never sent.
        """
        reply = decode_reply(opened.document)
        case = cases.find(conn, str(self.own.party), reply.request_id, lock=True)
        ref = opened.incoming.header.get("refTo", "")
        if (
            case is None
            or case.partner != opened.incoming.sender
            or reply.requester != case.opener
            # Sent anew, a request has several messages: the partner may have taken an earlier one.
            or not letters.carried(conn, ref, REQUEST, case.reference, case.partner)
            or case.exchange.test != opened.exchange.test
        ):
            raise InvalidDocumentError((UNKNOWN_REQUEST.found(value=reply.request_id),))
        agreement = _agreement(conn, case.exchange)
        since = first_postponed(case, reply, now)
        _require(check_reply(reply, agreement, code=opened.exchange.code, postponed_at=since))
        came = _came(opened, agreement, now)
        moved = self.register.reply(conn, case, reply, came, is_arriving=True)
        _tell(conn, "assistance.replied", moved, opened, now, said=reply.act.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Informations:
    """Takes what a partner tells unasked."""

    register: Register

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Enter information and leave word for the desk.

        Raises:
            InvalidDocumentError: it cannot be read, its matter or language was not agreed, or its
                number stands for another text.
        """
        information = decode_information(opened.document)
        agreement = _agreement(conn, opened.exchange)
        _require(check_information(information, agreement))
        case = self.register.inform(conn, information, _came(opened, agreement, now))
        _tell(conn, "assistance.informed", case, opened, now, related=information.related)


def _agreement(conn: Connection, exchange: Exchange) -> Agreement:
    return agreement_under(held_agreements(conn), exchange)


def _require(findings: tuple[Finding, ...]) -> None:
    if findings:
        raise InvalidDocumentError(findings)


def _came(opened: Opened, agreement: Agreement, now: datetime) -> Came:
    return Came(
        direction=Direction.RECEIVED,
        exchange=opened.exchange,
        agreement=agreement,
        grant=opened.grant,
        content=opened.content,
        message_id=opened.incoming.message_id,
        by=NODE,
        at=now,
    )


def _tell(
    conn: Connection, code: str, case: Case, opened: Opened, now: datetime, **facts: str
) -> None:
    """Leave a notice for the desk: codes and numbers, nothing that names anybody."""
    leave_notice(
        conn,
        code,
        f"{opened.incoming.sender}.{opened.document.value('InterGov/ID')}",
        now,
        partner=case.partner,
        reference=case.reference,
        matter=case.matter,
        urgent="yes" if case.urgent else "no",
        stage=case.stage.value,
        **{name: value for name, value in facts.items() if value},
    )
