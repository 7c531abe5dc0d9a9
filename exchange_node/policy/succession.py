"""A message names a version that a newer one has overtaken → whether that still counts for it.

The newest version in force when a message was sealed decides for it (docs/agreements.md). Sealed
just before a newer version began, it may leave and arrive a little later: for as many days as the
newer version says under `change_rules.overlap_days`, else for as long as a message may be tried.
What was sealed afterwards names the wrong version, and is denied as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from exchange_node.domain.countersigning.standing import day_of
from exchange_node.policy.deciding import BINDING, Ask, HeldAgreement


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
