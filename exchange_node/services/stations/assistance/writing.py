"""Paper of ours → finished message, and how it is entered in the register here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange_node.domain.agreement import Administration
from exchange_node.domain.assistance.papers import AssistanceRequest
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.releasing.release import Made
from exchange_node.policy.verdict import Verdict, require
from exchange_node.services.stations.assistance.shelf import Came
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.faults import AGREEMENT_AT_FAULT
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store.records.held import Direction
from exchange_node.wco.assistance_codec import PLACES, decode_request
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import Document
from exchange_node.wco.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Where a paper goes and what for.

    Attributes:
        about: the matter's number; it is the ConversationId.
        by: the officer.
        answers: MessageId of what it answers.
    """

    to: str
    code: str
    purpose: str
    about: str
    by: str
    at: datetime
    answers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Writes papers to partners."""

    own: Administration
    registry: Registry
    packing: Packing
    corresponding: Corresponding

    @property
    def metadata(self) -> Metadata:
        """The head of a document of ours."""
        return self.corresponding.metadata

    def prepared(
        self, document: Document, verdict: Verdict, errand: Errand
    ) -> tuple[Prepared, Came]:
        """Return the finished message, and its paper as it is entered here: whole, as it was made.

        Raises:
            NotPermittedError: the gate denies, or the grant asks for what the document lacks.
            InvalidDocumentError: a value does not fit, or what the grant leaves is not valid.
            MissingSettingError: no card of the partner is held.
        """
        agreement, grant = require(verdict)
        prepared = self.corresponding.prepare(
            self.corresponding.checked(document, errand.at),
            verdict,
            recipient=errand.to,
            code=errand.code,
            purpose=errand.purpose,
            conversation_id=errand.about,
            at=errand.at,
            made=Made(by=(errand.by,)),
            answers=errand.answers,
        )
        came = Came(
            direction=Direction.SENT,
            exchange=prepared.exchange,
            agreement=agreement,
            grant=grant,
            content=document.to_bytes(),
            message_id=prepared.message_id,
            by=errand.by,
            at=errand.at,
        )
        return prepared, came

    def require_let_out(self, document: Document, request: AssistanceRequest, came: Came) -> None:
        """Pass a request of which the grant lets every obligatory part out.

        Raises:
            InvalidDocumentError: it withholds one: a fault of the agreement, named as such.
        """
        agreement, grant = came.agreement, came.grant
        left = decode_request(self.packing.minimised(document, agreement, grant).document)
        clause = agreement.requests
        withheld = tuple(
            AGREEMENT_AT_FAULT.found(
                pointer=PLACES[part], grant=grant.grant_id, agreement=agreement.agreement_id
            )
            for part in (clause.required if clause else ())
            if request.says(part) and not left.says(part)
        )
        if withheld:
            raise InvalidDocumentError(withheld)
