"""A request or an answer → checked · sealed · packed, and, in one transaction, recorded and queued.

A request goes under a grant of any agreement with the partner that names MA-030 in this direction;
an answer against the grant of what it answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import NotPermittedError
from exchange_node.domain.onward.asking import ANSWERED, ASKED, OnwardAnswer, OnwardRequest
from exchange_node.domain.releasing.release import Made
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.gates import permit_answer, permit_sending
from exchange_node.policy.verdict import NO_CLAUSE, Code, Verdict
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.vocabulary import exchange_in
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store import payloads
from exchange_node.store.incoming import Incoming
from exchange_node.store.onward import requests
from exchange_node.store.onward.kept import KeptAnswer, KeptRequest
from exchange_node.store.payloads import Vault
from exchange_node.store.records.held import Direction
from exchange_node.wco.onward_codec import encode_onward_answer, encode_request
from exchange_node.wco.registry import Registry

_NO_WAY = (
    "no grant lets MA-030 go from {own} to {partner}: consent cannot be asked and no use told. "
    "Agree on a version with a grant from {own} to {partner} that names MA-030 and MA-031; until "
    "then what needs either is not exported"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Writes what two administrations say to each other about a further use."""

    own: Administration
    registry: Registry
    corresponding: Corresponding
    packing: Packing
    vault: Vault
    new_id: Callable[[], str]

    def new_number(self, at: datetime) -> str:
        """Return a number for a request or an answer of ours."""
        return f"{self.own.party}-{at.year}-{self.new_id()[-12:]}"

    def can_ask(self, held: Sequence[HeldAgreement], partner: str, at: datetime) -> bool:
        """Return whether a request, or word of a use, may go to a partner now."""
        try:
            return self._way(held, partner, at).is_permitted
        except NotPermittedError:
            return False

    def request(
        self,
        held: Sequence[HeldAgreement],
        request: OnwardRequest,
        partner: str,
        at: datetime,
        by: str,
    ) -> Prepared:
        """Return the finished message that asks a partner, or tells it (MA-030).

        Raises:
            NotPermittedError: no grant lets it go.
            InvalidDocumentError: a text has characters that XML has no room for.
            MissingSettingError: no card of the partner is held.
        """
        document = encode_request(
            request, metadata=self.corresponding.metadata, registry=self.registry
        )
        verdict = self._way(held, partner, at)
        return self.corresponding.prepare(
            self.corresponding.checked(document, at),
            verdict,
            recipient=partner,
            code=ASKED,
            purpose=verdict.facts["purpose"],
            conversation_id=request.request_id,
            at=at,
            made=Made(by=(by,)),
        )

    def answer(
        self,
        held: Sequence[HeldAgreement],
        answer: OnwardAnswer,
        asked: Incoming,
        at: datetime,
        by: str,
    ) -> Prepared:
        """Return the finished message that answers a partner's request (MA-031).

        Raises:
            NotPermittedError: no grant lets it go.
            InvalidDocumentError: a text has characters that XML has no room for.
            MissingSettingError: no card of the partner is held.
        """
        document = encode_onward_answer(
            answer, metadata=self.corresponding.metadata, registry=self.registry
        )
        exchange = exchange_in(asked)
        return self.corresponding.prepare(
            self.corresponding.checked(document, at),
            permit_answer(held, exchange, code=ANSWERED, on=day_of(at)),
            recipient=asked.sender,
            code=ANSWERED,
            purpose=exchange.purpose,
            conversation_id=answer.request_id,
            at=at,
            made=Made(by=(by,)),
            answers=asked.message_id,
        )

    def send_request(
        self, conn: Connection, request: OnwardRequest, prepared: Prepared, *, by: str, at: datetime
    ) -> None:
        """Record a request of ours and queue it."""
        document_id = self._kept(conn, request.request_id, prepared)
        requests.add(
            conn,
            KeptRequest(
                direction=Direction.SENT,
                partner=prepared.exchange.recipient,
                request=request,
                message_id=prepared.message_id,
                document_id=document_id,
                recorded_at=at,
                recorded_by=by,
            ),
        )
        self.packing.queue(conn, prepared)

    def send_answer(
        self,
        conn: Connection,
        answer: OnwardAnswer,
        prepared: Prepared,
        *,
        request: int,
        by: str,
        at: datetime,
    ) -> bool:
        """Record an answer of ours and queue it; return False where another was quicker."""
        document_id = self._kept(conn, answer.answer_id, prepared)
        is_first = requests.add_answer(
            conn,
            KeptAnswer(
                request=request,
                answer=answer,
                message_id=prepared.message_id,
                document_id=document_id,
                recorded_at=at,
                recorded_by=by,
            ),
        )
        if is_first:
            self.packing.queue(conn, prepared)
        return is_first

    def _kept(self, conn: Connection, number: str, prepared: Prepared) -> str:
        document_id = f"onward/{number}"
        payloads.keep(conn, document_id, prepared.sealed, self.vault)
        return document_id

    def _way(self, held: Sequence[HeldAgreement], partner: str, at: datetime) -> Verdict:
        """Return what lets a request go to a partner.

        Raises:
            NotPermittedError: no agreement names MA-030 in this direction.
        """
        nearest: Verdict | None = None
        for purpose in dict.fromkeys(self._purposes(held, partner)):
            verdict = permit_sending(
                held,
                sender=str(self.own.party),
                recipient=partner,
                code=ASKED,
                purpose=purpose,
                test=self.own.test,
                on=day_of(at),
            )
            if verdict.is_permitted:
                return verdict
            nearest = nearest or verdict
        if nearest is not None:
            return nearest
        reason = _NO_WAY.format(own=self.own.party, partner=partner)
        raise NotPermittedError(denial=Code.NO_GRANT.value, clause=NO_CLAUSE, reason=reason)

    def _purposes(self, held: Sequence[HeldAgreement], partner: str) -> Iterator[str]:
        """Yield the purposes of grants that let a request go to a partner."""
        for one in held:
            for grant in one.agreement.grants:
                way = (grant.sender, grant.recipient)
                if ASKED in grant.message_codes and way == (str(self.own.party), partner):
                    yield from grant.purposes
