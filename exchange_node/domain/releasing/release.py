"""Made → seen by officers → let go, or not: the waiting room in front of the outbox, as values.

Four eyes means that nobody lets go alone what they made alone. Everybody who had a hand in making a
message counts as its maker: who handed the declaration in, who drafted the alert, who pressed send.
An approval is of a document, named by its digest: what leaves is what was seen, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from exchange_node.domain.agreement.grant import Approval
from exchange_node.domain.errors import OtherDocumentError, OwnWorkError, ReleaseNotNowError
from exchange_node.domain.message import Exchange

OFFICERS = {Approval.NONE: 0, Approval.ONE: 1, Approval.TWO: 2}
"""How many officers a grant wants to see a message before it leaves."""

REMINDED_AT = 0.75
"""The share of its time after which a message that still waits is told of again (our choice)."""


class State(StrEnum):
    """Where a message in the waiting room stands; all but the first are final."""

    WAITING = "waiting"
    RELEASED = "released"
    REFUSED = "refused"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How a message came about.

    Attributes:
        by: names of those who had a hand in it; none where the node makes it by itself.
        valid_until: when what it says ends, and its sending would be of no use; None for never.
        urgency: of an alert, `flash`, `priority` or `routine`; empty for anything else.
    """

    by: tuple[str, ...] = ()
    valid_until: datetime | None = None
    urgency: str = ""


BY_NODE = Made()
"""Of what the node makes by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One officer's approval of the document that has this digest (SHA-256, lower-case hex)."""

    by: str
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file that goes with the document, as the sealed document names it."""

    content_id: str
    mime_type: str
    payload_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A message that waits for officers, and what they said.

    Attributes:
        needed: how many officers have to approve.
        until: when it lapses.
        digest: SHA-256 of the sealed document, lower-case hex.
        why: the reason of a refusal, or why it lapsed.
        reminded_at: when its clock was told of; None while it was not.
    """

    message_id: str
    exchange: Exchange
    conversation_id: str
    ref_to_message_id: str
    makers: tuple[str, ...]
    urgency: str
    needed: int
    made_at: datetime
    until: datetime
    digest: str
    document_id: str
    files: tuple[SealedFile, ...] = ()
    votes: tuple[Vote, ...] = ()
    state: State = State.WAITING
    settled_at: datetime | None = None
    settled_by: str = ""
    why: str = ""
    reminded_at: datetime | None = None
    number: int = 0

    @property
    def missing(self) -> int:
        """How many officers still have to approve."""
        return max(0, self.needed - len(self.votes))

    @property
    def is_approved(self) -> bool:
        """Whether as many have approved as the grant wants."""
        return not self.missing

    @property
    def remind_at(self) -> datetime:
        """When its clock is near."""
        return self.made_at + (self.until - self.made_at) * REMINDED_AT

    def approved(self, by: str, digest: str, at: datetime) -> Release:
        """Return the message with one officer's approval more.

        Raises:
            ReleaseNotNowError: it waits no longer, its time is over, or this officer has approved
                it before.
            OwnWorkError: the officer had a hand in making it.
            OtherDocumentError: the officer saw another document.
        """
        self._require_waiting("approved")
        self._require_other_hands(by)
        if at >= self.until:
            state = f"past its time, {self.until.isoformat()}"
            raise ReleaseNotNowError(message_id=self.message_id, state=state, wanted="approved")
        if any(vote.by == by for vote in self.votes):
            state = f"approved by {by} already"
            raise ReleaseNotNowError(message_id=self.message_id, state=state, wanted="approved")
        if self.is_approved:
            state = "approved by as many as it needs"
            raise ReleaseNotNowError(message_id=self.message_id, state=state, wanted="approved")
        if digest != self.digest:
            raise OtherDocumentError(message_id=self.message_id, seen=digest[:64], held=self.digest)
        return replace(self, votes=(*self.votes, Vote(by=by, at=at, digest=digest)))

    def refused(self, by: str, why: str, at: datetime) -> Release:
        """Return the message as one officer refused it; one is enough, and makers may.

        Raises:
            ReleaseNotNowError: it waits no longer.
        """
        self._require_waiting("refused")
        return self._settled(State.REFUSED, by, why, at)

    def lapsed(self, by: str, why: str, at: datetime) -> Release:
        """Return the message as it can leave no more.

        Raises:
            ReleaseNotNowError: it waits no longer.
        """
        self._require_waiting("lapsed")
        return self._settled(State.LAPSED, by, why, at)

    def released(self, by: str, at: datetime) -> Release:
        """Return the message as it is let go.

        Raises:
            ReleaseNotNowError: it waits no longer, or officers are missing.
        """
        self._require_waiting("released")
        if not self.is_approved:
            state = f"waiting for {self.missing} more"
            raise ReleaseNotNowError(message_id=self.message_id, state=state, wanted="released")
        return self._settled(State.RELEASED, by, "", at)

    def _settled(self, state: State, by: str, why: str, at: datetime) -> Release:
        return replace(self, state=state, settled_by=by, why=why, settled_at=at)

    def _require_waiting(self, wanted: str) -> None:
        if self.state is not State.WAITING:
            raise ReleaseNotNowError(
                message_id=self.message_id, state=self.state.value, wanted=wanted
            )

    def _require_other_hands(self, by: str) -> None:
        if by in self.makers:
            raise OwnWorkError(message_id=self.message_id, by=by)


def ends_at(made: Made, at: datetime, longest: timedelta) -> datetime:
    """Return until when a message may wait that is made at a moment."""
    end = at + longest
    return end if made.valid_until is None else min(end, made.valid_until)
