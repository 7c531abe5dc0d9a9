"""Paper → register: a matter opened or moved, its paper filed and stamped, its clocks set.

Both nodes enter the same papers by the same steps, and so bring a matter to the same stage. What a
paper says is stored encrypted; the rows have codes, ids and moments alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement.grant_terms import KeptFrom
from exchange_node.domain.assistance.clocks import Clock, of_oral, of_request
from exchange_node.domain.assistance.life import MOVES, Act, Stage, Who, moved
from exchange_node.domain.assistance.papers import (
    INFORMATION,
    REQUEST,
    AssistanceRequest,
    Information,
    OralRequest,
    Reply,
)
from exchange_node.domain.assistance.standing import Word
from exchange_node.domain.errors import (
    InvalidDocumentError,
    UnknownRecordError,
    UnusableQueryError,
)
from exchange_node.services.stations.assistance.faults import LAPSED, NOT_ORAL
from exchange_node.services.stations.assistance.shelf import Came, Said, Shelf, taken
from exchange_node.services.stations.letters.matters import came_after_all, reckon
from exchange_node.services.stations.traffic.taking import CLOCK_SKEW
from exchange_node.store.records.assistance import cases, clocks, papers
from exchange_node.store.records.assistance.cases import Case, CaseKind
from exchange_node.store.records.assistance.papers import Paper
from exchange_node.store.records.held import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The register of mutual assistance."""

    shelf: Shelf

    def ask(self, conn: Connection, request: AssistanceRequest, came: Came) -> Case:
        """Enter a request; the same one again changes nothing.

        Raises:
            InvalidDocumentError: its number stands for another text, or the oral request that it
                confirms lapsed, or is none.
        """
        case = Case(
            kind=CaseKind.REQUEST,
            reference=request.request_id,
            direction=came.direction,
            partner=came.partner,
            stage=moved(request.request_id, Stage.NEW, Act.ASKED, Who.REQUESTER),
            exchange=came.exchange,
            asked_at=came.at,
            stored_at=came.at,
            stored_by=came.by,
            form=request.form.value,
            matter=request.matter.value if request.matter else "",
            urgent=request.urgent,
            language=request.language,
            reciprocity={None: "", True: "yes", False: "no"}[request.could_reciprocate],
            oral_request=request.oral_request,
            message_id=came.message_id,
        )
        entered, is_new = self._opened(conn, case, request, came, request.issued_at, REQUEST)
        if is_new:
            if request.oral_request:
                self._confirm(conn, entered, came)
            clocks.start(conn, entered.number, of_request(came.agreement.requests, came.at))
        return entered

    def inform(self, conn: Connection, information: Information, came: Came) -> Case:
        """Enter information that was given unasked; the same again changes nothing.

        Raises:
            InvalidDocumentError: its number stands for another text.
        """
        number = information.information_id
        case = Case(
            kind=CaseKind.INFORMATION,
            reference=number,
            direction=came.direction,
            partner=came.partner,
            stage=moved(number, Stage.NEW, Act.INFORMED, Who.EITHER),
            exchange=came.exchange,
            asked_at=came.at,
            stored_at=came.at,
            stored_by=came.by,
            matter=information.matter.value,
            urgent=information.urgent,
            language=information.language,
            message_id=came.message_id,
        )
        issued_at = information.issued_at
        return self._opened(conn, case, information, came, issued_at, INFORMATION)[0]

    def ask_orally(self, conn: Connection, oral: OralRequest, came: Came) -> Case:
        """Enter what was asked by word of mouth; it lapses unless it is confirmed in time.

        Raises:
            InvalidDocumentError: its number stands for another text.
        """
        case = Case(
            kind=CaseKind.ORAL,
            reference=oral.oral_id,
            direction=came.direction,
            partner=came.partner,
            stage=moved(oral.oral_id, Stage.NEW, Act.ASKED_ORALLY, Who.EITHER),
            exchange=came.exchange,
            asked_at=oral.asked_at,
            stored_at=came.at,
            stored_by=came.by,
            form="oral",
            matter=oral.matter.value if oral.matter else "",
            urgent=oral.urgent,
        )
        entered, is_new = self._opened(conn, case, oral, came, oral.asked_at, "")
        if is_new:
            clocks.start(conn, entered.number, of_oral(came.agreement.requests, oral.asked_at))
        return entered

    def reply(
        self, conn: Connection, case: Case, reply: Reply, came: Came, *, is_arriving: bool
    ) -> Case:
        """Enter a reply to a request that the caller holds locked; the same again changes nothing.

        Raises:
            InvalidDocumentError: its number stands for another text.
            IllegalStepError: at the request's stage that is not to be said.
        """
        if self.shelf.is_known(conn, reply.issuer, reply.reply_id, reply):
            return case
        if is_arriving and case.stage is Stage.UNDELIVERED:
            case = came_after_all(conn, case, came.at)
        moved(case.reference, case.stage, reply.act, Who.REQUESTED, is_arriving=is_arriving)
        self.shelf.file(
            conn, case, reply.issuer, reply.reply_id, reply.issued_at, reply.code, came, reply
        )
        if not MOVES[case.stage, reply.act].is_late:
            self._move(conn, case, reply, came)
        return cases.by_number(conn, case.number)

    def send_anew(self, conn: Connection, case: Case, paper: Paper, came: Came) -> bool:
        """Let another message carry a paper of ours; the caller holds its matter locked.

        Returns False where another has done so by now.

        Raises:
            IllegalStepError: at the matter's stage that is not to be said.
            InvalidDocumentError: the oral request that it confirms lapsed.
        """
        act = Act(paper.act)
        if not papers.carry(conn, paper, came.exchange, came.message_id, by=came.by, at=came.at):
            return False
        if case.direction is Direction.RECEIVED:
            moved(case.reference, case.stage, act, Who.REQUESTED)
            reckon(conn, case, papers.get(conn, paper.number), came.at)
            return True
        stage = moved(case.reference, case.stage, act, Who.REQUESTER)
        cases.carry(conn, case, stage, came.exchange, came.message_id, by=came.by, at=came.at)
        if case.kind is CaseKind.REQUEST:
            if case.oral_request:
                self._confirm(conn, case, came)
            clocks.restart(conn, case.number, of_request(came.agreement.requests, came.at))
        return True

    # ------------------------------------------------------------ the steps

    def _opened(
        self, conn: Connection, case: Case, said: Said, came: Came, issued_at: datetime, code: str
    ) -> tuple[Case, bool]:
        """Return the matter as it is entered, and whether it is new."""
        if self.shelf.is_known(conn, case.opener, case.reference, said):
            return cases.get(conn, case.opener, case.reference), False
        if not cases.add(conn, case):
            raise taken(case.opener, case.reference)
        entered = cases.get(conn, case.opener, case.reference)
        self.shelf.file(conn, entered, case.opener, case.reference, issued_at, code, came, said)
        return entered, True

    def _move(self, conn: Connection, case: Case, reply: Reply, came: Came) -> None:
        standing = case.standing.after(
            Word(
                act=reply.act,
                at=came.at,
                dated=min(reply.issued_at, came.at + CLOCK_SKEW),
                ground=reply.ground.value if reply.ground is not None else "",
                until=reply.until,
            )
        )
        cases.stand(conn, case, standing, by=came.by, at=came.at)
        clocks.stop(conn, case.number, reply.act, came.at)
        if reply.act is Act.POSTPONED and reply.until is not None:
            clocks.put_off(conn, case.number, reply.until)
        is_closed = case.closed_at is None and standing.closed_at is not None
        if is_closed and came.grant.retention.counted_from is KeptFrom.CLOSED:
            self._count_from_end(conn, case, came)

    def _count_from_end(self, conn: Connection, case: Case, came: Came) -> None:
        """Let what was received under the grant count from the end of the case, as it says."""
        retention = timedelta(days=came.grant.retention.max_days)
        for one in papers.of_case(conn, case.number):
            if one.delete_after is not None and one.grant_id == came.grant.grant_id:
                papers.count_from(conn, one, came.at, retention)

    def _confirm(self, conn: Connection, case: Case, came: Came) -> None:
        """Note that a request confirms an oral one, where this desk wrote that down."""
        oral = cases.find(conn, case.opener, case.oral_request, lock=True)
        if oral is None:
            if came.direction is Direction.SENT:
                raise _not_oral(case, "unknown")
            return  # it was not written down here; the request stands by itself
        if oral.kind is not CaseKind.ORAL or oral.partner != case.partner:
            raise _not_oral(case, oral.kind.value)
        running = {one.clock: one for one in clocks.of_case(conn, oral.number)}
        due = running[Clock.CONFIRM].due_at if Clock.CONFIRM in running else None
        is_over = due is not None and due <= came.at and oral.stage is Stage.ORAL
        if oral.stage is Stage.LAPSED or is_over:
            found = LAPSED.found(value=oral.reference, lapsed=due.isoformat() if due else "-")
            raise InvalidDocumentError((found,))
        if oral.stage is not Stage.ORAL:
            raise _not_oral(case, oral.stage.value)
        stage = moved(oral.reference, oral.stage, Act.CONFIRMED, Who.REQUESTER)
        cases.move(
            conn, oral, stage, by=came.by, at=came.at,
            confirmed_by=case.reference, closed_at=came.at,
        )  # fmt: skip
        clocks.stop(conn, oral.number, Act.CONFIRMED, came.at)


def first_postponed(case: Case, reply: Reply, at: datetime) -> datetime:
    """Return from when the days count that a request may be postponed for.

    That is when the first postponement was issued. Its issuer says so itself: what it dates ahead
    by more than clocks may differ would last for as long as it likes.
    """
    return case.postponed_at or min(reply.issued_at, at + CLOCK_SKEW)


def _not_oral(case: Case, stage: str) -> InvalidDocumentError:
    found = NOT_ORAL.found(value=case.oral_request, issuer=case.opener, stage=stage)
    return InvalidDocumentError((found,))


def received_request(conn: Connection, reference: str, requester: str = "") -> Case:
    """Return the request of that number that came from a partner.

    Raises:
        UnknownRecordError: no such request came.
        UnusableQueryError: several partners gave that number, and none was named.
    """
    found = [
        one
        for one in cases.by_reference(
            conn, reference, opener=requester, direction=Direction.RECEIVED
        )
        if one.kind is CaseKind.REQUEST
    ]
    if not found:
        raise UnknownRecordError(kind="received request", key=reference)
    if len(found) > 1:
        who = ", ".join(sorted(one.opener for one in found))
        raise UnusableQueryError(what="requester", why=f"{who} gave that number: name one")
    return found[0]
