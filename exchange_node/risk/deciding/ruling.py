"""Inputs → outcome: the function that decides, and that is asked again years later.

Everything that goes in is stored as canonical JSON and names no value of a person: alerts by issuer
and id, what each hit rests on, the digest of the rule set, the day and the number that was drawn.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from exchange_node.domain.agreement import AutomatedDecision
from exchange_node.domain.decision import Reason
from exchange_node.risk.deciding.draws import Draw
from exchange_node.risk.deciding.rules import Ground, Line, RuleSet, canonical

FUNCTION = 1
"""Which function decided; one that decides otherwise has the next number."""

NO_HIT = "CH-00"
"""The rule of a decision without hits: the quiet channel."""

NO_HIT_REASON = "no live alert fits this consignment"

LEFT = "CH-90"
"""The rule of a hit that raises no channel, because an agreement forbids it."""

LEFT_REASON = "alert {alert} of {issuer}, severity {severity}, fits; an officer has to decide"
"""What is said of such a hit."""

DRAWN = "CH-80"
"""The rule of the random share."""

DRAWN_REASON = "drawn at random on {day}; no alert is the reason and nobody chose it"

UNVERIFIABLE_REASON = (
    "drawn at random on {day}, but its key was not committed to before that day: this draw proves"
    " nothing to others"
)

SENTENCES = {
    Ground.IDENTIFICATION: "alert {alert} of {issuer}, severity {severity}, identifies this"
    " consignment",
    Ground.PROBABLE: "alert {alert} of {issuer}, severity {severity}, means a container whose"
    " number is one sign off",
    Ground.NAME: "alert {alert} of {issuer}, severity {severity}, fits a name and nothing else",
    Ground.DESCRIPTION: "alert {alert} of {issuer}, severity {severity}, describes such a"
    " consignment",
}
"""What is said of a hit, by what it rests on."""

SURE = frozenset({Ground.IDENTIFICATION, Ground.DESCRIPTION})
"""Grounds that are about more than a likeness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A hit as the decision has it: which alert, what it rests on, how far it may decide."""

    alert: str
    issuer: str
    subject: int
    severity: int
    ground: Ground
    automated: AutomatedDecision = AutomatedDecision.ALLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that a decision follows from, beside the rule set that it names.

    Attributes:
        rules: digest of the rule set.
        draw: what was drawn; None where the rule set draws nothing of this kind.
    """

    movement: str
    test: bool
    rules: str
    hits: tuple[Weighed, ...] = ()
    draw: Draw | None = None

    @property
    def octets(self) -> bytes:
        """The inputs as canonical JSON; the order in which hits were found leaves no trace."""
        draw = self.draw
        hits = [
            {
                "alert": one.alert,
                "issuer": one.issuer,
                "subject": one.subject,
                "severity": one.severity,
                "ground": one.ground.value,
                "automated": one.automated.value,
            }
            for one in sorted(self.hits, key=_order)
        ]
        drawn = draw and {
            "day": draw.day.isoformat(),
            "rules": draw.rules,
            "number": f"{draw.number:016x}",
            "per_million": draw.per_million,
            "verifiable": draw.is_verifiable,
        }
        return canonical(
            {
                "function": FUNCTION,
                "movement": self.movement,
                "test": self.test,
                "rules": self.rules,
                "hits": hits,
                "draw": drawn,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What follows: channel, measures, reasons.

    Attributes:
        order: the hits as they count, the one that decides first.
    """

    channel: str
    rule: str
    to_confirm: bool
    is_drawn: bool
    measures: tuple[str, ...]
    reasons: tuple[Reason, ...]
    order: tuple[Weighed, ...] = ()

    @property
    def octets(self) -> bytes:
        """The outcome as canonical JSON."""
        return canonical(
            {
                "channel": self.channel,
                "rule": self.rule,
                "to_confirm": self.to_confirm,
                "drawn": self.is_drawn,
                "measures": list(self.measures),
                "reasons": [
                    {"rule": one.rule, "sentence": one.sentence, "facts": dict(one.facts)}
                    for one in self.reasons
                ],
            }
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, lower-case hex."""
        return hashlib.sha256(self.octets).hexdigest()


def inputs_from(octets: bytes) -> Inputs:
    """Return the inputs whose canonical JSON this is.

    Raises:
        ValueError: they are none, or those of another function than this program's.
    """
    try:
        plain = json.loads(octets)
        draw = plain["draw"]
        found = Inputs(
            movement=plain["movement"],
            test=plain["test"],
            rules=plain["rules"],
            hits=tuple(
                Weighed(
                    alert=one["alert"],
                    issuer=one["issuer"],
                    subject=one["subject"],
                    severity=one["severity"],
                    ground=Ground(one["ground"]),
                    automated=AutomatedDecision(one["automated"]),
                )
                for one in plain["hits"]
            ),
            draw=draw
            and Draw(
                day=date.fromisoformat(draw["day"]),
                rules=draw["rules"],
                number=int(draw["number"], 16),
                per_million=draw["per_million"],
                is_verifiable=draw["verifiable"],
            ),
        )
        is_same = found.octets == octets
    except (AttributeError, KeyError, TypeError, RecursionError) as err:
        raise ValueError("these are no inputs") from err
    if not is_same:
        raise ValueError("these are no inputs of this function in their one form")
    return found


def rule_on(inputs: Inputs, rules: RuleSet) -> Outcome:
    """Return what follows from inputs by a rule set: the strongest channel that anything raises.

    Raises:
        ValueError: the inputs name another rule set.
    """
    if inputs.rules != rules.digest:
        raise ValueError("the inputs name another rule set")
    ordered = tuple(sorted(inputs.hits, key=lambda one: _rank(one, rules)))
    raising = [one for one in ordered if not _is_left(one)]
    first = line_for(raising[0], rules) if raising else None
    rule, channel = (first.rule, first.channel) if first else (LEFT if ordered else NO_HIT, "")
    channel = channel or rules.quiet
    alone = [line_for(one, rules).channel for one in raising if _decides_alone(one)]
    is_drawn = inputs.draw is not None and inputs.draw.is_drawn
    share = rules.share
    if is_drawn:
        alone.append(share.channel)
        if rules.channel(share.channel).strength > rules.channel(channel).strength:
            rule, channel = DRAWN, share.channel
    strength = rules.channel(channel).strength
    is_raised = bool(raising) or is_drawn
    measures = rules.channel(channel).measures + (share.measures if is_drawn else ())
    return Outcome(
        channel=channel,
        rule=rule,
        to_confirm=is_raised and all(rules.channel(one).strength < strength for one in alone),
        is_drawn=is_drawn,
        measures=tuple(dict.fromkeys(measures)),
        reasons=_reasons(ordered, inputs.draw if is_drawn else None, rules),
        order=ordered,
    )


def line_for(one: Weighed, rules: RuleSet) -> Line:
    """Return the line of the rule set that a hit falls under."""
    return rules.line(one.ground, one.severity)


def _reasons(ordered: Iterable[Weighed], draw: Draw | None, rules: RuleSet) -> tuple[Reason, ...]:
    found = [_reason(one, rules) for one in ordered]
    if draw is not None:
        sentence = DRAWN_REASON if draw.is_verifiable else UNVERIFIABLE_REASON
        found.append(Reason(rule=DRAWN, sentence=sentence, facts={"day": draw.day.isoformat()}))
    return tuple(found) or (Reason(rule=NO_HIT, sentence=NO_HIT_REASON, facts={}),)


def _reason(one: Weighed, rules: RuleSet) -> Reason:
    facts = {"alert": one.alert, "issuer": one.issuer, "severity": str(one.severity)}
    if _is_left(one):
        return Reason(rule=LEFT, sentence=LEFT_REASON, facts=facts)
    rule = line_for(one, rules).rule
    return Reason(rule=rule, sentence=SENTENCES[one.ground], facts=facts)


def _order(one: Weighed) -> tuple[str, str, int, int, str, str]:
    """Order all that tells two hits apart: versions of one alert may both fit."""
    return (
        one.issuer, one.alert, one.subject, one.severity, one.ground.value, one.automated.value,
    )  # fmt: skip


def _is_left(one: Weighed) -> bool:
    return one.automated is AutomatedDecision.FORBID


def _decides_alone(one: Weighed) -> bool:
    """Whether nobody has to confirm a hit: it may decide, and is about more than a likeness."""
    return one.automated is AutomatedDecision.ALLOW and one.ground in SURE


def _rank(
    one: Weighed, rules: RuleSet
) -> tuple[bool, int, str, int, tuple[str, str, int, int, str, str]]:
    """Order hits: those that may decide, the strongest line first, then severity, issuer, alert."""
    line = line_for(one, rules)
    strength = rules.channel(line.channel).strength
    return (_is_left(one), -strength, line.rule, one.severity, _order(one))
