"""Outage → every partner, by a message of its own; withdrawn, or all of them listed anew.

Who is away says so, in advance where it can. The partners' nodes let what they have for it wait, or
tell their officers at once; nobody has to be called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.availability.outage import (
    LONGEST,
    LONGEST_QUEUED,
    MOST_AHEAD,
    NOTICE,
    SCHEDULE,
    SKEW,
    Function,
    Meanwhile,
    Outage,
)
from exchange_node.domain.errors import (
    InvalidOutageError,
    NodeError,
    StoreError,
    UnknownRecordError,
)
from exchange_node.domain.finding import Finding
from exchange_node.ebms.pmodes.partner_mode import is_of_office
from exchange_node.services.availability.promised import late_findings
from exchange_node.services.availability.rules import NOT_TOLD
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.availability.presence import (
    presence_findings,
    presence_view,
)
from exchange_node.services.stations.availability.seeing import shown
from exchange_node.services.stations.availability.telling import TellingOutages, record
from exchange_node.services.stations.looking import views
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.store.availability import outages
from exchange_node.store.database import reading, transaction

LONGEST_REASON = 256
"""Characters of a reason, as the document has room for (ext:ReasonText)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """What an operator wants to announce.

    Attributes:
        functions: at least one.
        begins: None for now.
        paper: whether the paper forms of the procedure are taken meanwhile.
        is_planned: it was known beforehand.
    """

    functions: Sequence[Function]
    ends: datetime
    reason: str
    begins: datetime | None = None
    meanwhile: Meanwhile = Meanwhile.QUEUE
    paper: bool = False
    is_planned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Tells partners when this node is away, and shows who is."""

    telling: TellingOutages
    engine: Engine
    clock: Callable[[], datetime]

    @property
    def _own(self) -> str:
        return str(self.telling.mail.own.party)

    def announce(self, actor: Actor, intended: Intended) -> View:
        """Tell every partner of an outage; return it, whom it was told, and what is remarked.

        Raises:
            RoleError: the actor does not operate the node.
            InvalidOutageError: partners could not go by it.
        """
        actor.require(Role.OPERATOR)
        now = self._now()
        outage = Outage(
            number=self.telling.new_id(),
            party=self._own,
            functions=tuple(dict.fromkeys(intended.functions)),
            begins=(intended.begins or now).replace(microsecond=0),
            ends=intended.ends.replace(microsecond=0),
            reason=intended.reason.strip(),
            meanwhile=intended.meanwhile,
            paper=intended.paper,
            is_planned=intended.is_planned,
            told_at=now,
        )
        _require_sound(outage, now)
        with transaction(self.engine) as conn:
            outages.forget_old(conn, self._own, now)
            if len(outages.ahead(conn, self._own, now)) >= MOST_AHEAD:
                raise InvalidOutageError(why=f"{MOST_AHEAD} lie ahead already")
            outages.note(conn, outage)
            record(conn, "announced", outage, actor.name, now)
            told, findings = self._tell(conn, [outage], NOTICE, now)
            late = late_findings(outage, held_agreements(conn), now)
        return {
            **shown(outage),
            "told": told,
            "findings": [views.finding(one) for one in (*late, *findings)],
        }

    def withdraw(self, actor: Actor, number: str) -> View:
        """Tell every partner that an outage has ended, or will not be.

        Raises:
            RoleError: the actor does not operate the node.
            UnknownRecordError: no outage of this node's with that number lies ahead or is on.
            InvalidOutageError: something newer was said of it meanwhile.
        """
        actor.require(Role.OPERATOR)
        now = self._now()
        with transaction(self.engine) as conn:
            held = outages.get(conn, self._own, number, lock=True)
            if held is None or held.is_withdrawn or held.ends <= now:
                raise UnknownRecordError(kind="outage", key=number)
            # By a clock that lags it would be older than what it withdraws, and count nowhere.
            ended = replace(held, is_withdrawn=True, told_at=max(now, held.told_at))
            if not outages.note(conn, ended):  # the partners would be told what does not count here
                raise InvalidOutageError(why=f"{number} was said anew a moment ago")
            record(conn, "withdrawn", ended, actor.name, now)
            told, findings = self._tell(conn, [ended], NOTICE, ended.told_at)
        return {
            **shown(ended),
            "told": told,
            "findings": [views.finding(one) for one in findings],
        }

    def schedule(self, actor: Actor) -> View:
        """Tell every partner of all outages that are on or lie ahead; what is not listed is off.

        Raises:
            RoleError: the actor does not operate the node.
        """
        actor.require(Role.OPERATOR)
        now = self._now()
        with transaction(self.engine) as conn:
            ahead = outages.ahead(conn, self._own, now, lock=True)
            # What was said by a clock that ran ahead must not be older than its own schedule.
            at = max([now, *(one.told_at for one in ahead)])
            told, findings = self._tell(conn, ahead, SCHEDULE, at)
        return {
            "outages": [shown(one) for one in ahead],
            "told": told,
            "findings": [views.finding(one) for one in findings],
        }

    def show(self, actor: Actor) -> View:
        """Return who is away and will be, the soonest first; who was heard, and what is remarked.

        Raises:
            RoleError: the actor is neither an operator, nor at a post, nor a liaison officer, nor
                submits.
        """
        actor.require(Role.OPERATOR, Role.BORDER_POST, Role.LIAISON, Role.SUBMITTER)
        now = self.clock()
        with reading(self.engine) as conn:
            found = [
                one
                for party in outages.parties(conn, now)
                for one in outages.ahead(conn, party, now)
            ]
            partners = sorted(self.telling.mail.packing.partners)
            known = [one for one in partners if presence_view(conn, one, now) is not None]
            heard = [presence_view(conn, one, now) for one in known]
            findings = presence_findings(conn, known, held_agreements(conn), self._own, now)
        looked(self.engine, actor, now, "look.availability", "outage")
        return {
            "ours": [_standing(one, now) for one in found if one.party == self._own],
            "partners": [_standing(one, now) for one in found if one.party != self._own],
            "heard": heard,
            "findings": [views.finding(one) for one in findings],
        }

    def _now(self) -> datetime:
        return self.clock().replace(microsecond=0)  # moments are told to the second

    def _tell(
        self, conn: Connection, said: Sequence[Outage], code: str, at: datetime
    ) -> tuple[list[str], list[Finding]]:
        """Queue a message to every partner; one that cannot be told keeps no other from it."""
        packing = self.telling.mail.packing
        told, findings = [], []
        for partner in sorted(packing.partners):
            if is_of_office(self._own, partner):
                continue  # the node of an office is told what is expected there, and nothing else
            if not packing.modes[partner].availability:
                why = "its P-Mode file says availability = false"
                findings.append(NOT_TOLD.found(value=partner, why=why))
                continue
            try:
                with conn.begin_nested():
                    self.telling.tell(conn, partner, said, code=code, at=at)
            except StoreError:
                raise
            except NodeError as err:
                findings.append(NOT_TOLD.found(value=partner, why=str(err)))
            else:
                told.append(partner)
        return told, findings


def _require_sound(outage: Outage, now: datetime) -> None:
    """Return when partners can go by an outage.

    Raises:
        InvalidOutageError: they cannot.
    """
    length = outage.ends - outage.begins
    why = ""
    if not outage.functions:
        why = "it names no function"
    elif length <= timedelta() or outage.ends <= now:
        why = "it has to end after it begins, and after now"
    elif length > LONGEST:
        why = f"it lasts for more than {LONGEST.days} days"
    elif outage.meanwhile is Meanwhile.QUEUE and length > LONGEST_QUEUED:
        why = (
            f"messages cannot wait for more than {LONGEST_QUEUED.days} days:"
            " what is older is refused for its age; let them fail"
        )
    elif len(outage.reason) > LONGEST_REASON:
        why = f"its reason has more than {LONGEST_REASON} characters"
    elif not outage.is_planned and outage.begins > now + SKEW:
        why = "what has not begun is planned"
    if why:
        raise InvalidOutageError(why=why)


def _standing(outage: Outage, now: datetime) -> View:
    return {**shown(outage), "now": outage.is_on(now)}
