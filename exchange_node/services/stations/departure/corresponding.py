"""InterGov document + verdict → finished message: what people of two administrations write.

Alerts, acknowledgements and all of mutual assistance leave this way. A partner is told as much as
its grant lets out, in the version that it takes; what is checked last is what it will read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from exchange_node.domain.agreement import Administration
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import InvalidDocumentError, NotPermittedError
from exchange_node.domain.finding import has_errors
from exchange_node.domain.releasing.release import Made
from exchange_node.policy.cutting import is_summary
from exchange_node.policy.minimising import permit_conditions, permit_content
from exchange_node.policy.verdict import Verdict, require
from exchange_node.services.stations.agreements import exchange_under
from exchange_node.services.stations.departure.releasing import written_for
from exchange_node.services.stations.faults import SUMMARY_ONLY
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import Document
from exchange_node.wco.rules import validate
from exchange_node.wco.rules.library import WcoLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Corresponding:
    """Prepares what this administration writes to another."""

    own: Administration
    library: WcoLibrary
    packing: Packing

    @property
    def metadata(self) -> Metadata:
        """The head of a document of ours."""
        return Metadata(country=self.own.country, agency=self.own.name, type_name="InterGov")

    def checked(self, document: Document, at: datetime) -> Document:
        """Return a document in which the rules find no error.

        Raises:
            InvalidDocumentError: they do.
        """
        findings = validate(document, self.library, day_of(at))
        if has_errors(findings):
            raise InvalidDocumentError(findings)
        return document

    def prepare(
        self,
        document: Document,
        verdict: Verdict,
        *,
        recipient: str,
        code: str,
        purpose: str,
        conversation_id: str,
        at: datetime,
        made: Made,
        answers: str = "",
    ) -> Prepared:
        """Return the finished message for one partner, as far as its grant reaches.

        Where the grant asks for officers, it waits for them when it is queued.

        Args:
            verdict: that of the send gate.
            conversation_id: the alert, request or record that it is about.
            made: everybody who had a hand in it: none of them lets it go.
            answers: MessageId of what it answers.

        Raises:
            NotPermittedError: the gate denies, or the grant asks for what the document lacks.
            InvalidDocumentError: what is left of it, or its other version, is not valid.
            MissingSettingError: no card of the partner is held.
        """
        agreement, grant = require(verdict)
        minimised = self.packing.minimised(document, agreement, grant)
        day = day_of(at)
        written = written_for(self.packing.versions, minimised.document, grant, recipient, day)
        schema = written.document.version
        for content in (
            permit_conditions(document, grant, code=code),
            permit_content(written.read_back, grant, code=code, schema=schema, agreement=agreement),
            self.packing.sealing(agreement, grant, code, at),
        ):
            if not content.is_permitted:
                raise NotPermittedError(
                    denial=content.code.value, clause=content.clause, reason=content.text
                )
        findings = (*written.findings, *validate(written.read_back, self.library, day))
        if has_errors(findings):
            raise InvalidDocumentError(findings)
        if is_summary(written.read_back) and not is_summary(document):
            cut = SUMMARY_ONLY.found(partner=recipient, grant=grant.grant_id)
            written = replace(written, findings=(*written.findings, cut))
        return self.packing.prepare(
            written,
            exchange_under(
                agreement, grant, own=self.own, recipient=recipient, code=code, purpose=purpose
            ),
            at=at,
            conversation_id=conversation_id,
            ref_to_message_id=answers or verdict.given_on,
            made=made,
            approval=grant.approval,
        )
