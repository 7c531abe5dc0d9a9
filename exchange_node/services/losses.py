"""What was lost on the way from a declaration to its document, as it was kept with the submission.

Every look leaves a line in the access log, as `enquiry` has it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.loss import explained, mapping_of, told_of, visible
from exchange_node.store import payloads
from exchange_node.store.database import reading
from exchange_node.store.payloads import Vault
from exchange_node.store.records.submissions import Submission
from exchange_node.wco.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """Answers what became of each value of a submission."""

    registry: Registry
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]

    def report(self, actor: Actor, submission_id: str) -> View:
        """Return the whole report of a submission: every row, the trace, what was withheld.

        Raises:
            RoleError: the actor neither submits nor operates.
            UnknownRecordError: there is none of that id, or it is somebody else's.
            AlteredRecordError: what was kept is not what can be read.
        """
        one, kept = self._kept(actor, submission_id)
        told = told_of(kept)
        report = mapping_of(kept)
        looked(
            self.engine,
            actor,
            self.clock(),
            "look.report",
            "submission",
            one.submission_id,
            movement=one.movement,
        )
        return told | (report.as_dict() if report is not None else {})

    def explain(self, actor: Actor, submission_id: str, pointer: str) -> View:
        """Return what made what stands at a place of a submission's document, or became of a leaf.

        `pointer` is a WCO pointer, a chain of WCO ids, or a source path of the declaration.

        Raises:
            RoleError: the actor neither submits nor operates.
            UnknownRecordError: there is none of that id, or it is somebody else's.
            UnusableQueryError: nothing stands there; the nearest places are named.
            AlteredRecordError: what was kept is not what can be read.
        """
        one, kept = self._kept(actor, submission_id)
        report = mapping_of(kept)
        looked(
            self.engine,
            actor,
            self.clock(),
            "look.explanation",
            "submission",
            one.submission_id,
            movement=one.movement,
            asked=pointer,
        )
        if report is None:
            raise UnknownRecordError(kind="report", key=submission_id)
        return {"submission_id": submission_id} | explained(report, pointer, self.registry)

    def _kept(self, actor: Actor, submission_id: str) -> tuple[Submission, bytes]:
        with reading(self.engine) as conn:
            one = visible(conn, actor, submission_id)
            return one, self._report(conn, one)

    def _report(self, conn: Connection, one: Submission) -> bytes:
        return payloads.fetch(conn, one.report_id, self.vault) if one.report_id else b""
