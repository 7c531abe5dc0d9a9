"""Hits → channel: one deterministic function over a rule set and what was drawn.

The channel is a proposal to the officer, who decides; unverified information is never the sole
ground of a measure. An agreement says how far an alert alone may go (`automated_decision`): what it
forbids raises no channel and is shown as a hit for an officer; what it leaves to a person raises
one that an officer has to confirm. So does whatever rests on a likeness alone.
What the hits rest on decides how far they may go:

- an identification (movement, vehicle, trailer, container, customs seal, number of a party, of a
  person or of a document whose kind fits too, a person's name with the day of birth) says that this
  is the consignment meant;
- a container one sign off is probably the one meant;
- a name alone may be that of somebody else;
- a description (goods, countries, offices, a name with them) fits many.

None but the first may raise to the strongest channel (`rules.flaw`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from exchange_node.domain.agreement import AutomatedDecision
from exchange_node.domain.decision import Decision, Hit, Reason
from exchange_node.risk.deciding.rules import Ground, RuleSet
from exchange_node.risk.deciding.ruling import (
    DRAWN,
    LEFT,
    NO_HIT,
    NO_HIT_REASON,
    SENTENCES,
    Inputs,
    Outcome,
    Weighed,
    rule_on,
)

IDENTIFYING = frozenset(
    {
        "movement",
        "means_id",
        "trailer_id",
        "equipment_id",
        "customs_seal",
        "party_id",
        "person_document",
    }
)
"""Criteria that single out one consignment, vehicle, unit, party or person."""

TOGETHER = (("document_id", "document_type"), ("person_name", "person_born"))
"""Criteria that do so together: many have given a document this number, many bear this name."""


def decide(hits: Iterable[Hit], rules: RuleSet) -> Decision:
    """Return the channel of a movement of which nothing is drawn, as `rule_on` has it.

    The order in which the hits come does not matter; they leave the gravest first, and behind them
    those that are left to an officer.
    """
    found = tuple(hits)
    inputs = Inputs(
        movement="", test=False, rules=rules.digest, hits=tuple(weighed(one) for one in found)
    )
    return decision_of(rule_on(inputs, rules), found)


def decision_of(outcome: Outcome, hits: Iterable[Hit], *, ruling: int = 0) -> Decision:
    """Return an outcome as a decision on the hits that it was made from."""
    by_weight = {weighed(one): one for one in hits}
    return Decision(
        channel=outcome.channel,
        rule=outcome.rule,
        hits=tuple(by_weight[one] for one in outcome.order),
        to_confirm=outcome.to_confirm,
        measures=outcome.measures,
        reasons=outcome.reasons,
        is_drawn=outcome.is_drawn,
        ruling=ruling,
    )


def weighed(hit: Hit) -> Weighed:
    """Return a hit as the decision has it, without the values on either side."""
    return Weighed(
        alert=hit.alert_id,
        issuer=hit.issuer,
        subject=hit.subject,
        severity=hit.severity,
        ground=ground_of(hit),
        automated=hit.automated,
    )


def stricter(*several: AutomatedDecision) -> AutomatedDecision:
    """Return the strictest of what several agreements say."""
    return max(several, key=tuple(AutomatedDecision).index, default=AutomatedDecision.ALLOW)


def reasons(decision: Decision) -> tuple[Reason, ...]:
    """Return the reasons of a decision; of one that was kept without any, those of its hits."""
    if decision.reasons:
        return decision.reasons
    if not decision.hits:
        return (_NOTHING,)
    return tuple(reason_of(one, decision) for one in decision.hits)


def told_without(
    decision: Decision, kept_back: Container[tuple[str, str]]
) -> tuple[str, tuple[Reason, ...]]:
    """Return rule and reasons for somebody who may not know of some alerts, by issuer and id.

    Where one of these raised a channel, channel and rule stand alone. Where they all raise nothing,
    it is told what would be told if they were not there.
    """
    every = reasons(decision)
    told = tuple(one for one in every if _alert_in(one) not in kept_back)
    hidden = [one for one in every if _alert_in(one) in kept_back]
    if not hidden or any(one.rule != LEFT for one in hidden):
        return decision.rule, told
    is_none_left = not any(one.rule == LEFT for one in told)
    rule = NO_HIT if decision.rule == LEFT and is_none_left else decision.rule
    if not any(all(_alert_in(one)) or one.rule == DRAWN for one in told):
        told = (_NOTHING, *told)
    return rule, told


def _alert_in(reason: Reason) -> tuple[str, str]:
    return reason.facts.get("issuer", ""), reason.facts.get("alert", "")


def reason_of(hit: Hit, decision: Decision | None) -> Reason:
    """Return what a decision says of one of its hits."""
    if decision is not None:
        for one, said in zip(decision.hits, decision.reasons, strict=False):
            if (one.issuer, one.alert_id, one.subject) == (hit.issuer, hit.alert_id, hit.subject):
                return said
    facts = {"alert": hit.alert_id, "issuer": hit.issuer, "severity": str(hit.severity)}
    rule = decision.rule if decision is not None else ""
    return Reason(rule=rule, sentence=SENTENCES[ground_of(hit)], facts=facts)


def ground_of(hit: Hit) -> Ground:
    """Return what a hit rests on."""
    if hit.is_name_only:
        return Ground.NAME
    identifying = [one for one in hit.matches if one.criterion in IDENTIFYING]
    fitting = {one.criterion for one in hit.matches}
    if any(one.score >= 1 for one in identifying) or any(
        fitting.issuperset(pair) for pair in TOGETHER
    ):
        return Ground.IDENTIFICATION
    if identifying:
        return Ground.PROBABLE
    return Ground.DESCRIPTION


_NOTHING = Reason(rule=NO_HIT, sentence=NO_HIT_REASON, facts={})
