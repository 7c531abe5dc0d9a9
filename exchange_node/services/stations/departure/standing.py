"""What a node says of the exchange itself → finished message, under an agreement that stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import has_errors
from exchange_node.domain.standing import STANDING_PURPOSE, StandingAgreement
from exchange_node.services.stations.agreements import exchange_under
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingMail:
    """Prepares what needs no countersigned agreement."""

    own: Administration
    packing: Packing

    @property
    def metadata(self) -> Metadata:
        """The head of a document of ours."""
        return Metadata(country=self.own.country, agency=self.own.name, type_name="InterGov")

    def prepare(
        self,
        document: Document,
        under: StandingAgreement,
        *,
        code: str,
        partner: str,
        conversation_id: str,
        at: datetime,
    ) -> Prepared:
        """Return the finished message.

        Raises:
            MissingSettingError: no card of the partner is held.
            InvalidDocumentError: the partner's version of the documents has no place for it.
        """
        agreement = under.between(str(self.own.party), partner, test=self.own.test)
        exchange = exchange_under(
            agreement,
            agreement.grants[0],
            own=self.own,
            recipient=partner,
            code=code,
            purpose=STANDING_PURPOSE,
        )
        written = self.packing.versions.written(document, partner, at.date())
        if has_errors(written.findings):
            raise InvalidDocumentError(written.findings)
        return self.packing.prepare(written, exchange, at=at, conversation_id=conversation_id)
