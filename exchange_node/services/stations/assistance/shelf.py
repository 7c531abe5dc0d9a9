"""Papers of a matter ↔ the store: filed with the stamps of their grant, read again as they say."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Agreement, Grant
from exchange_node.domain.agreement.clauses.basis import Matter
from exchange_node.domain.assistance.life import Act
from exchange_node.domain.assistance.papers import (
    INFORMATION,
    REQUEST,
    AssistanceRequest,
    Information,
    OralRequest,
    Reply,
)
from exchange_node.domain.errors import DisposedRecordError, InvalidDocumentError
from exchange_node.domain.message import Exchange
from exchange_node.policy.minimising import readable
from exchange_node.services.stations.agreements import grant_under, held_agreements
from exchange_node.services.stations.assistance.faults import FULL, REFERENCE_TAKEN
from exchange_node.store import payloads
from exchange_node.store.payloads import Vault
from exchange_node.store.records.assistance import papers
from exchange_node.store.records.assistance.cases import Case
from exchange_node.store.records.assistance.papers import NewPaper, Paper
from exchange_node.store.records.held import Direction
from exchange_node.wco.assistance_codec import decode_information, decode_reply, decode_request
from exchange_node.wco.customisation.versions import Versions
from exchange_node.wco.document import read

MOST_PAPERS = 200
"""Papers of one matter (our choice): replies are weighed together, each time one comes."""

Said = AssistanceRequest | Reply | Information | OralRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """How a paper came or went.

    Attributes:
        grant: that lets it move; its retention stamps what is received.
        content: the document, as it is kept.
        by: who did it: a user, or `node` where it was received.
    """

    direction: Direction
    exchange: Exchange
    agreement: Agreement
    grant: Grant
    content: bytes
    message_id: str
    by: str
    at: datetime

    @property
    def partner(self) -> str:
        """The other side."""
        one, other = self.exchange.sender, self.exchange.recipient
        return other if self.direction is Direction.SENT else one


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where the papers stand."""

    vault: Vault
    versions: Versions

    def said(self, conn: Connection, paper: Paper) -> Said:
        """Return what a paper says, as far as the grant that it came under lets it be read.

        Raises:
            DisposedRecordError: its retention has ended.
        """
        if paper.disposed_at is not None:
            day = paper.disposed_at.date().isoformat()
            raise DisposedRecordError(kind="paper", key=paper.reference, day=day)
        content = payloads.fetch(conn, paper.document_id, self.vault)
        if not paper.code:
            return oral_of(content)
        document = self.versions.ours(read(content))[0]  # what came is kept as it came
        if paper.direction is Direction.RECEIVED:
            named = (paper.agreement_id, paper.agreement_version, paper.grant_id)
            came = grant_under(held_agreements(conn), *named)
            document = readable(document, came[1]).document if came else document
        if paper.code == REQUEST:
            return decode_request(document)
        return decode_information(document) if paper.code == INFORMATION else decode_reply(document)

    def is_known(self, conn: Connection, issuer: str, reference: str, said: Said) -> bool:
        """Return whether a paper of that number is filed, and says the same.

        Raises:
            InvalidDocumentError: it says something else. Answered as accepted, that would be lost.
        """
        paper = papers.find(conn, issuer, reference)
        if paper is None:
            return False
        if paper.disposed_at is not None or self.said(conn, paper) != said:
            raise taken(issuer, reference)
        return True

    def file(
        self,
        conn: Connection,
        case: Case,
        issuer: str,
        reference: str,
        issued_at: datetime,
        code: str,
        came: Came,
        said: Said,
    ) -> None:
        """File a paper; what was received is stamped with how long it may be kept.

        Raises:
            InvalidDocumentError: the matter has as many papers as it may have.
        """
        if papers.count_of_case(conn, case.number) >= MOST_PAPERS:
            full = FULL.found(value=case.reference, most=str(MOST_PAPERS))
            raise InvalidDocumentError((full,))
        is_received = came.direction is Direction.RECEIVED
        retention = came.grant.retention
        reply = said if isinstance(said, Reply) else None
        new = NewPaper(
            issuer=issuer,
            reference=reference,
            direction=came.direction,
            code=code,
            act=_act_of(said).value,
            issued_at=issued_at,
            exchange=came.exchange,
            message_id=came.message_id,
            at=came.at,
            by=came.by,
            ground=reply.ground.value if reply and reply.ground else "",
            until=reply.until if reply else None,
            kept_since=retention.begins(came.at) if is_received else None,
            retention=timedelta(days=retention.max_days) if is_received else None,
        )
        papers.file(conn, case, new, came.content, self.vault)


def taken(issuer: str, reference: str) -> InvalidDocumentError:
    """Return the error that says that a number stands for another text."""
    return InvalidDocumentError((REFERENCE_TAKEN.found(value=reference, issuer=issuer),))


def oral_bytes(oral: OralRequest) -> bytes:
    """Return what a desk wrote down, as it is kept."""
    plain = asdict(oral) | {"asked_at": oral.asked_at.isoformat()}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()


def oral_of(content: bytes) -> OralRequest:
    """Return what `oral_bytes` wrote."""
    plain = json.loads(content)
    return OralRequest(
        **plain
        | {
            "asked_at": datetime.fromisoformat(plain["asked_at"]),
            "matter": Matter(plain["matter"]) if plain["matter"] else None,
        }
    )


def _act_of(said: Said) -> Act:
    match said:
        case AssistanceRequest():
            return Act.ASKED
        case Information():
            return Act.INFORMED
        case OralRequest():
            return Act.ASKED_ORALLY
        case Reply():
            return said.act
