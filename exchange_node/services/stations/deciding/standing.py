"""A decision and what officers did about it → the channel that stands."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from exchange_node.domain.decision import Decision, Reason
from exchange_node.risk.deciding.rules import RuleSet
from exchange_node.store.deciding.acts import KeptAct

OVERRULED = "CH-95"
"""The rule of a channel that an officer put in the place of another."""

OVERRULED_REASON = "an officer put {becomes} in the place of {was}: {why}"


def standing(
    decision: Decision,
    acts: Sequence[KeptAct],
    rules: RuleSet,
    *,
    leg: str,
    same: Container[int] = (),
) -> Decision:
    """Return the decision that stands after the acts on its movement, the first first.

    The last act on this decision holds. Where there is none, the strongest raise does that any
    decision on the movement was given and nobody took back, as long as it raises the channel still:
    what lowered it was said of other facts than are known now.

    Args:
        leg: that of the manifest that was decided on, as the acts name theirs.
        same: numbers of decisions that are this one to the post: what was done to them, was to it.
    """
    strength = {one.code: one.strength for one in rules.channels}
    done = [one for one in acts if one.is_in_force and one.becomes in strength]
    of_this = [one for one in done if one.ruling == decision.ruling or one.ruling in same]
    last = of_this[-1] if of_this else _strongest_raise(done, strength, leg)
    if last is None or last.becomes == decision.channel:
        return decision  # nobody did anything, or it was taken back
    if not of_this and strength[last.becomes] < strength[decision.channel]:
        return decision
    # Whatever is drawn is checked alike in any channel, unless two persons lifted the draw itself.
    measures = rules.channel(last.becomes).measures
    measures += rules.share.measures if decision.is_drawn and not last.lifts_draw else ()
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
        measures=tuple(dict.fromkeys(measures)),
        reasons=(*decision.reasons, said),
        overruled=decision.channel,
    )


def _strongest_raise(
    done: Sequence[KeptAct], strength: Mapping[str, int], leg: str
) -> KeptAct | None:
    """Return the strongest raise that stands; None where there is none.

    Only who saw it takes it back: an act that lowers from there, on the same leg or on this one.
    """
    found = None
    for place, one in enumerate(done):
        gained = strength[one.becomes]
        is_taken_back = any(
            later.leg in (one.leg, leg)
            and strength[later.becomes] < gained <= strength.get(later.was, 0)
            for later in done[place + 1 :]
        )
        is_raise = gained > strength.get(one.was, 0)
        if is_raise and not is_taken_back and (not found or gained >= strength[found.becomes]):
            found = one
    return found
