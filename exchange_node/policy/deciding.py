"""Versions held here + what is to move → the version of an agreement that decides on a day.

The newest that both parties have agreed on and that has begun. Suspended, expired or terminated, it
does not bring an older one back; terminated before it began, it never counts.

The one in force when a message was sealed decides for it. Sealed just before a newer one began, it
may leave and arrive a little later (`succession`): for as many days as the newer one says under
`change_rules.overlap_days`, else for as long as a message may be tried. What was sealed afterwards
names the wrong version, and is denied as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.assistance.given_on import GivenOn
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.countersigning.standing import Standing, day_of, standing_on
from exchange_node.domain.message import BUSINESS_ANSWER, OUTLIVING, Exchange
from exchange_node.domain.standing import standing
from exchange_node.policy.minimising.conditions import Said

BINDING = frozenset({Stage.AGREED, Stage.SUSPENDED, Stage.TERMINATED})
"""Stages that both parties have brought a version to; only such a version decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAgreement:
    """A version of an agreement as this node holds it.

    Attributes:
        is_suspended: whether a party has suspended the whole. Before both know that both have
            signed it says nothing of the stage: nothing flows, and nothing older is overtaken.
        suspended_grants: grants that a party has suspended by themselves.
        ended_on: the day on which it was terminated.
        agreed_at: when both parties had signed it, where that is known.
    """

    agreement: Agreement
    stage: Stage
    is_suspended: bool = False
    suspended_grants: frozenset[str] = frozenset()
    ended_on: date | None = None
    agreed_at: datetime | None = None

    @property
    def begins_at(self) -> datetime:
        """The moment from which it decides: midnight (UTC) of its first day, or its signing."""
        first = datetime.combine(self.agreement.in_force_on, time.min, UTC)
        return max(first, self.agreed_at or first)

    @property
    def is_free(self) -> bool:
        """Whether no suspension of the whole stands."""
        return self.stage is not Stage.SUSPENDED and not self.is_suspended

    def has_begun(self, on: date) -> bool:
        """Whether its first day has come, and came before it was terminated."""
        return self.agreement.in_force_on <= min(on, self.ended_on or on)

    def standing(self, on: date, held: Iterable[HeldAgreement] = ()) -> Standing:
        """Return how it stands on a day beside the other versions that are held."""
        agreement = self.agreement
        return standing_on(
            on,
            self.stage,
            in_force_on=agreement.in_force_on,
            expires_on=agreement.expires_on,
            is_overtaken=any(
                one.agreement.agreement_id == agreement.agreement_id
                and one.agreement.version > agreement.version
                and one.stage in BINDING
                and one.has_begun(on)
                for one in held
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is to move; the named parts are empty where the gate itself chooses the grant.

    Attributes:
        made_at: when the message was sealed, as it says itself; None where nothing is sealed yet.
        patience: how long after a newer version began the one before it counts for what was made
            under it, where the newer one does not say; None for ever.
        said: what the document says that conditions of grants ask (`conditions.said_by`); None
            where there is none to look at.
        given_on: the request of the recipient that the message names, where this node has it.
        is_request_known: whether that could be looked up at all; where not, nobody asks for it.
    """

    sender: str
    recipient: str
    code: str
    purpose: str
    test: bool
    on: date
    agreement_id: str = ""
    version: int = 0
    digest: str = ""
    grant_id: str = ""
    handling: str = ""
    attachments: int = 0
    made_at: datetime | None = None
    patience: timedelta | None = None
    said: Said | None = None
    given_on: GivenOn | None = None
    is_request_known: bool = True

    @classmethod
    def of(
        cls,
        exchange: Exchange,
        on: date,
        *,
        attachments: int = 0,
        made_at: datetime | None = None,
        patience: timedelta | None = None,
        given_on: GivenOn | None = None,
        is_request_known: bool = True,
    ) -> Ask:
        """Ask for what a message names."""
        return cls(
            sender=exchange.sender,
            recipient=exchange.recipient,
            code=exchange.code,
            purpose=exchange.purpose,
            test=exchange.test,
            on=on,
            agreement_id=exchange.agreement_id,
            version=exchange.agreement_version,
            digest=exchange.agreement_digest,
            grant_id=exchange.grant,
            handling=exchange.handling,
            attachments=attachments,
            made_at=made_at,
            patience=patience,
            given_on=given_on,
            is_request_known=is_request_known,
        )


def between(held: Iterable[HeldAgreement], ask: Ask) -> tuple[HeldAgreement, ...]:
    """Return those between the two, of the agreement that is named, if one is.

    What nodes say of their exchange passes under a standing agreement, and nothing else does.
    """
    own = standing(ask.code, ask.sender, ask.recipient, test=ask.test)
    if own is not None:
        named = ask.agreement_id in ("", own.agreement_id)
        return (HeldAgreement(agreement=own, stage=Stage.AGREED),) if named else ()
    return tuple(
        one
        for one in held
        if one.agreement.is_between(ask.sender, ask.recipient)
        and ask.agreement_id in ("", one.agreement.agreement_id)
    )


def deciding(held: Sequence[HeldAgreement], on: date) -> tuple[HeldAgreement, ...]:
    """Return of each agreement the version that decides on a day, in the order held."""

    def weight(one: HeldAgreement) -> tuple[bool, bool, int]:
        begun = one.has_begun(on)
        # Before anything has begun the one that begins first is the one to name.
        ahead = one.agreement.version if begun else -one.agreement.version
        return (one.stage in BINDING, begun, ahead)

    best: dict[str, HeldAgreement] = {}
    for one in held:
        known = best.get(one.agreement.agreement_id)
        if known is None or weight(one) > weight(known):
            best[one.agreement.agreement_id] = one
    return tuple(best.values())


def named_version(
    held: Sequence[HeldAgreement], ask: Ask, *, is_arriving: bool
) -> HeldAgreement | None:
    """Return the version that an answered message or a record came under, else what decides.

    A version that this side has countersigned decides for the partner as soon as it knows: what
    it sends under it is taken before its confirmation is here.
    """
    for one in held:
        if (one.agreement.version, one.agreement.digest) == (ask.version, ask.digest) and (
            ask.code == BUSINESS_ANSWER
            or (ask.code in OUTLIVING and one.stage in BINDING)
            or (is_arriving and one.stage is Stage.COUNTERSIGNED and one.has_begun(ask.on))
        ):
            return one
    return next(iter(deciding(held, ask.on)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """One version gave way to another.

    Attributes:
        before: the version that is named.
        after: the one that took its place.
        until: the last day on which what was made before counts; None for no last day.
        is_made_before: whether the message was sealed before the newer one began.
    """

    before: HeldAgreement
    after: HeldAgreement
    until: date | None
    is_made_before: bool

    def counts(self, on: date) -> bool:
        """Whether the version that is named still counts for the message on a day."""
        return self.is_made_before and (self.until is None or on <= self.until)


def succession(held: Sequence[HeldAgreement], ask: Ask) -> Succession | None:
    """Return what overtook the version that a sealed message names; None if nothing did."""
    if ask.made_at is None:
        return None
    named = named_text(held, ask)
    if named is None or named.stage not in BINDING:
        return None
    newer = [
        one
        for one in held
        if one.agreement.agreement_id == named.agreement.agreement_id
        and one.agreement.version > named.agreement.version
        and one.stage in BINDING
        and one.has_begun(ask.on)
    ]
    if not newer:
        return None
    after = min(newer, key=lambda one: one.agreement.version)
    rules = after.agreement.change_rules
    agreed = rules.overlap_days if rules is not None else None
    overlap = ask.patience if agreed is None else timedelta(days=agreed)
    return Succession(
        before=named,
        after=after,
        until=None if overlap is None else day_of(after.begins_at + overlap),
        is_made_before=ask.made_at < after.begins_at,
    )


def named_text(held: Sequence[HeldAgreement], ask: Ask) -> HeldAgreement | None:
    """Return the version whose very text a message names; None where it is not held."""
    named = (ask.agreement_id, ask.version, ask.digest)
    return next(
        (
            one
            for one in held
            if (one.agreement.agreement_id, one.agreement.version, one.agreement.digest) == named
        ),
        None,
    )
