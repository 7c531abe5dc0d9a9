"""A decision and what officers did about it → the channel that stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from exchange_node.domain.decision import Decision, Reason
from exchange_node.risk.deciding.rules import RuleSet
from exchange_node.store.deciding.acts import KeptAct

OVERRULED = "CH-95"
"""The rule of a channel that an officer put in the place of another."""

OVERRULED_REASON = "an officer put {becomes} in the place of {was}: {why}"


def standing(decision: Decision, acts: Sequence[KeptAct], rules: RuleSet) -> Decision:
    """Return the decision that stands after the acts on its movement, the first first.

    An act on this decision holds. One on an earlier decision holds only where it raised the channel
    and raises it still: what lowered it was said of other facts than are known now.
    """
    strength = {one.code: one.strength for one in rules.channels}
    done = [one for one in acts if one.is_in_force and one.becomes in strength]
    if not done:
        return decision
    last = done[-1]
    is_of_this = last.ruling == decision.ruling
    is_raise = strength[last.becomes] > strength.get(last.was, 0)
    if not is_of_this and not (is_raise and strength[last.becomes] > strength[decision.channel]):
        return decision
    if last.becomes == decision.channel:
        return decision  # taken back
    said = Reason(
        rule=OVERRULED,
        sentence=OVERRULED_REASON,
        facts={"becomes": last.becomes, "was": decision.channel, "why": last.reason},
    )
    return replace(
        decision,
        channel=last.becomes,
        rule=OVERRULED,
        to_confirm=False,
        measures=rules.channel(last.becomes).measures,
        reasons=(*decision.reasons, said),
        overruled=decision.channel,
    )
