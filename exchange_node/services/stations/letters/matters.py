"""What became of a paper of mutual assistance → where its matter stands, and which clocks run.

A paper that did not come did not happen: its matter stands as if it had not been written, the
clocks that it stopped run on, and when it comes after all, or is sent anew, it counts again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.assistance.clocks import Clock, of_request
from exchange_node.domain.assistance.life import MOVES, Act, Stage, Who, moved
from exchange_node.domain.assistance.standing import Word, standing_after
from exchange_node.domain.errors import NotPermittedError
from exchange_node.domain.releasing.fate import Fate
from exchange_node.services.stations.agreements import agreement_under, held_agreements
from exchange_node.services.stations.letters.ended import audited
from exchange_node.store.records.assistance import cases, clocks, papers
from exchange_node.store.records.assistance.cases import Case
from exchange_node.store.records.assistance.papers import Paper
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing import letters
from exchange_node.store.releasing.letters import Letter

_OPENING = frozenset({Act.ASKED, Act.INFORMED})


def follow(conn: Connection, letter: Letter, at: datetime) -> None:
    """Bring a matter to where it stands after what became of a paper of ours."""
    paper = papers.carried_by(conn, letter.message_id)
    if paper is None:
        return
    if letter.fate is Fate.REJECTED:
        papers.reject(conn, paper, at)
    before = cases.by_number(conn, paper.case_number, lock=True)
    if Act(paper.act) in _OPENING:
        _opened(conn, before, Act(paper.act), letter, at)
    else:
        reckon(conn, before, paper, at)
    after = cases.by_number(conn, paper.case_number)
    if letter.has_ended or after.stage is not before.stage:
        audited(conn, letter, at, "assistance", stage=after.stage.value)


def came_after_all(conn: Connection, case: Case, at: datetime) -> Case:
    """Let a request stand as asked that brought no receipt, and is answered."""
    _back(conn, case, Act.ASKED, at)
    return cases.by_number(conn, case.number, lock=True)


def reckon(conn: Connection, case: Case, changed: Paper, at: datetime) -> None:
    """Let a request that the caller holds locked stand by the replies that count.

    Replies of ours that were not taken do not; `changed` is the one that counts now, or no longer.
    """
    told = [
        one
        for one in papers.of_case(conn, case.number)
        if Act(one.act) not in _OPENING and not _is_out(conn, one)
    ]
    standing = standing_after(_word(one) for one in told)
    if _has_run_out(conn, case):
        standing = standing.at(at)
    if standing != case.standing:
        cases.stand(conn, case, standing, by="node", at=at)
    is_postponed = standing.stage is Stage.POSTPONED
    if changed in told:
        clocks.stop(conn, case.number, Act(changed.act), changed.stored_at)
        if is_postponed and standing.postponed_until is not None:
            clocks.put_off(conn, case.number, standing.postponed_until)
        return
    clocks.take_up(conn, case.number, changed.stored_at)
    if Act(changed.act) is Act.POSTPONED:
        until = standing.postponed_until if is_postponed else None
        clocks.bring_back(conn, case.number, until, _answer_due(conn, case))
    for one in told:
        clocks.stop(conn, case.number, Act(one.act), one.stored_at)


def confirm_no_more(conn: Connection, case: Case, act: Act, at: datetime) -> None:
    """Let the oral request wait again that a request was to confirm."""
    oral = _oral(conn, case)
    if oral is None or oral.confirmed_by != case.reference:
        return
    who = MOVES[oral.stage, act].who
    stage = moved(oral.reference, oral.stage, act, who)
    cases.move(conn, oral, stage, by=case.partner, at=at, confirmed_by="", closed_at=None)
    clocks.go_on(conn, oral.number, Clock.CONFIRM)


def _opened(conn: Connection, case: Case, act: Act, letter: Letter, at: datetime) -> None:
    if case.message_id != letter.message_id:
        return
    if not letter.has_ended:
        _back(conn, case, act, at)
        return
    ended = Act.REJECTED if letter.fate is Fate.REJECTED else Act.UNDELIVERED
    move = MOVES.get((case.stage, ended))
    if move is None:
        return  # it was answered meanwhile, so that it must have come
    cases.move(conn, case, move.to, by=case.partner, at=at, closed_at=at)
    clocks.stop(conn, case.number, ended, at)
    confirm_no_more(conn, case, ended, at)


def _back(conn: Connection, case: Case, act: Act, at: datetime) -> None:
    move = MOVES.get((case.stage, act))
    if move is None:
        return  # it stands already
    cases.move(conn, case, move.to, by=case.partner, at=at, closed_at=None)
    if case.closed_at is not None:
        clocks.take_up(conn, case.number, case.closed_at)
    oral = _oral(conn, case)
    if oral is not None and oral.stage is Stage.ORAL:
        stage = moved(oral.reference, oral.stage, Act.CONFIRMED, Who.REQUESTER)
        cases.move(
            conn, oral, stage, by=case.partner, at=at, confirmed_by=case.reference, closed_at=at
        )
        clocks.stop(conn, oral.number, Act.CONFIRMED, at)


def _oral(conn: Connection, case: Case) -> Case | None:
    if not case.oral_request:
        return None
    return cases.find(conn, case.opener, case.oral_request, lock=True)


def _is_out(conn: Connection, one: Paper) -> bool:
    return one.direction is Direction.SENT and letters.has_ended(conn, one.message_id)


def _has_run_out(conn: Connection, case: Case) -> bool:
    running = clocks.of_case(conn, case.number)
    return any(one.clock is Clock.POSTPONEMENT and one.ran_out_at for one in running)


def _answer_due(conn: Connection, case: Case) -> datetime | None:
    try:
        agreement = agreement_under(held_agreements(conn), case.exchange)
    except NotPermittedError:
        return None
    return of_request(agreement.requests, case.asked_at).get(Clock.ANSWER)


def _word(one: Paper) -> Word:
    return Word(
        act=Act(one.act),
        at=one.stored_at,
        dated=min(one.issued_at, one.stored_at),
        ground=one.ground,
        until=one.until,
    )
