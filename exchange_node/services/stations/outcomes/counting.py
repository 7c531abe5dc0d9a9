"""The step that counts: next to the end of a transaction, before the audit.

What is counted is undone with what it counts, and what moved nothing (a submission under a used
key, an answer that came before) never gets here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.finding import Finding
from exchange_node.domain.message import BusinessAnswer, Exchange
from exchange_node.mapping.report import Report, supplied_in
from exchange_node.services.stations.outcomes import cells
from exchange_node.services.stations.outcomes.known import Known, office_of
from exchange_node.store.incoming import Incoming
from exchange_node.store.records import quality, submissions
from exchange_node.store.records.held import Direction
from exchange_node.store.records.quality import Origin
from exchange_node.store.records.submissions import Submission
from exchange_node.wco.document import Document

_OFFICE = "Declaration/DeclarationOfficeID"
_NUMBER = "Declaration/ID"
_REFERENCE = "Declaration/FunctionalReferenceID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """Counts quality; days are those of UTC, and kept for a time."""

    known: Known
    keep: timedelta

    def tried(
        self, conn: Connection, one: Submission, document: Document, declaration: bytes
    ) -> Submission:
        """Return a new submission with what it is counted by: its office, and which try it is.

        A declaration that is handed in again is told by its number, else by its reference; one
        that names itself by neither is only the same as a file of the same bytes.
        """
        number = _folded(document.value(_NUMBER))
        reference = _folded(document.value(_REFERENCE))
        # A profile lets the submission's id stand in where there is no reference.
        given = one.submission_id.replace("-", "").upper()
        if reference.replace("-", "") in {"", given}:
            reference = ""
        file = hashlib.sha256(declaration).hexdigest()
        named = replace(
            one,
            office=office_of(document.value(_OFFICE)),
            number_digest=_digest("number", number) if number else "",
            reference_digest=_digest("reference", reference or f"file {file}"),
        )
        return replace(named, tries=quality.tries_before(conn, named) + 1)

    def handed_in(self, conn: Connection, one: Submission, report: Report) -> None:
        """Count a submission as it was recorded: refused here, or sent on."""
        counted = cells.of_submission(
            one.findings,
            supplied_in(report.columns),
            self.known,
            refused=one.is_refused,
            first=one.tries == 1,
        )
        self._count(conn, _origin(one), counted, one.at)

    def answered(self, conn: Connection, answer: BusinessAnswer, at: datetime) -> None:
        """Count what a partner answered, on the day on which the submission was handed in.

        Nothing is counted of what is no submission, or was handed in before anybody counted.
        """
        one = submissions.by_message(conn, answer.message_id)
        if one is None or not one.tries:
            return
        counted = cells.of_answer(
            answer.findings, self.known, accepted=answer.accepted, first=one.tries == 1
        )
        self._count(conn, _origin(one), counted, at)

    def received(
        self,
        conn: Connection,
        incoming: Incoming,
        exchange: Exchange,
        document: Document | None,
        findings: tuple[Finding, ...],
        *,
        accepted: bool,
        at: datetime,
    ) -> None:
        """Count a message that came, of a kind that is answered: filed, or refused."""
        origin = Origin(
            day=_day(at),
            direction=Direction.RECEIVED,
            partner=incoming.sender,
            office=office_of(document.value(_OFFICE) if document is not None else ""),
            format=exchange.code,
        )
        counted = cells.of_received(findings, self.known, accepted=accepted)
        self._count(conn, origin, counted, at)

    def _count(self, conn: Connection, origin: Origin, counted: cells.Cells, at: datetime) -> None:
        quality.count(conn, origin, counted, keep_since=_day(at) - self.keep)


def _origin(one: Submission) -> Origin:
    return Origin(
        day=_day(one.at),
        direction=Direction.SENT,
        partner=one.partner,
        office=one.office,
        format=one.format,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _folded(text: str) -> str:
    return " ".join(text.split()).upper()


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind} {text}".encode()).hexdigest()
