"""Hits → channel: one deterministic function over a small table.

The channel is a proposal to the officer, who decides; unverified information is never the sole
ground of a measure. An agreement says how far an alert alone may go (`automated_decision`): what it
forbids raises no channel and is shown as a hit for an officer; what it leaves to a person raises
one that an officer has to confirm. So does whatever rests on a likeness alone.
What the hits rest on decides how far they may go:

- an identification (movement, vehicle, trailer, container, customs seal, number of a party) says
  that this is the consignment meant;
- a container one sign off is probably the one meant: it raises at most orange;
- a name alone may be that of somebody else: it raises at most orange;
- a description (goods, countries, offices, a name with them) fits many: at most orange.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from exchange_node.domain.agreement import AutomatedDecision
from exchange_node.domain.decision import Channel, Decision, Hit

IDENTIFYING = frozenset(
    {"movement", "means_id", "trailer_id", "equipment_id", "customs_seal", "party_id"}
)
"""Criteria that single out one consignment, vehicle, unit or party."""


class Ground(StrEnum):
    """What a hit rests on."""

    IDENTIFICATION = "identification"
    PROBABLE = "probable"
    NAME = "name"
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: for hits on this ground and of these severities, this channel.

    Attributes:
        rule: stable id, kept with every decision.
        reason: the sentence, a template over alert, issuer and severity.
    """

    rule: str
    ground: Ground
    severities: tuple[int, ...]
    channel: Channel
    reason: str


TABLE = (
    Line(
        rule="CH-10",
        ground=Ground.IDENTIFICATION,
        severities=(1, 2),
        channel=Channel.RED,
        reason="alert {alert} of {issuer}, severity {severity}, identifies this consignment",
    ),
    Line(
        rule="CH-20",
        ground=Ground.IDENTIFICATION,
        severities=(3, 4),
        channel=Channel.ORANGE,
        reason="alert {alert} of {issuer}, severity {severity}, identifies this consignment",
    ),
    Line(
        rule="CH-25",
        ground=Ground.PROBABLE,
        severities=(1, 2, 3, 4),
        channel=Channel.ORANGE,
        reason="alert {alert} of {issuer}, severity {severity}, means a container whose number is"
        " one sign off",
    ),
    Line(
        rule="CH-30",
        ground=Ground.NAME,
        severities=(1, 2, 3, 4),
        channel=Channel.ORANGE,
        reason="alert {alert} of {issuer}, severity {severity}, fits a name and nothing else",
    ),
    Line(
        rule="CH-40",
        ground=Ground.DESCRIPTION,
        severities=(1, 2, 3),
        channel=Channel.ORANGE,
        reason="alert {alert} of {issuer}, severity {severity}, describes such a consignment",
    ),
    Line(
        rule="CH-50",
        ground=Ground.DESCRIPTION,
        severities=(4,),
        channel=Channel.BLUE,
        reason="alert {alert} of {issuer}, severity {severity}, describes such a consignment",
    ),
)
"""Every line, the one that counts more first; docs/alerts.md prints it."""

NO_HIT = "CH-00"
"""The rule of a decision without hits: green."""

NO_HIT_REASON = "no live alert fits this consignment"

LEFT = "CH-90"
"""The rule of a hit that raises no channel, because an agreement forbids it."""

LEFT_REASON = "alert {alert} of {issuer}, severity {severity}, fits; an officer has to decide"
"""What is said of such a hit."""

_STRENGTH: Mapping[Channel, int] = MappingProxyType(
    {Channel.GREEN: 0, Channel.BLUE: 1, Channel.ORANGE: 2, Channel.RED: 3}
)
_GRAVEST, _LIGHTEST = 1, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a channel: a template and its facts."""

    rule: str
    sentence: str
    facts: Mapping[str, str]

    @property
    def text(self) -> str:
        """The English sentence with the facts filled in."""
        return self.sentence.format_map(self.facts)


def decide(hits: Iterable[Hit]) -> Decision:
    """Return the channel of a movement: the strongest that any hit raises which may decide.

    The order in which the hits come does not matter; they leave the gravest first, and behind them
    those that are left to an officer.
    """
    ordered = tuple(sorted(hits, key=_rank))
    raising = [one for one in ordered if one.automated is not AutomatedDecision.FORBID]
    if not raising:
        return Decision(channel=Channel.GREEN, rule=LEFT if ordered else NO_HIT, hits=ordered)
    line = line_of(raising[0])
    alone = [line_of(one).channel for one in raising if _decides_alone(one)]
    return Decision(
        channel=line.channel,
        rule=line.rule,
        hits=ordered,
        to_confirm=all(_STRENGTH[one] < _STRENGTH[line.channel] for one in alone),
    )


def _decides_alone(hit: Hit) -> bool:
    """Whether nobody has to confirm a hit: it may decide, and is about more than a likeness."""
    is_free = hit.automated is AutomatedDecision.ALLOW
    return is_free and ground_of(hit) not in (Ground.NAME, Ground.PROBABLE)


def stricter(*several: AutomatedDecision) -> AutomatedDecision:
    """Return the strictest of what several agreements say."""
    return max(several, key=tuple(AutomatedDecision).index, default=AutomatedDecision.ALLOW)


def reasons(decision: Decision) -> tuple[Reason, ...]:
    """Return a reason for every hit of a decision, or the one for having none."""
    if not decision.hits:
        return (Reason(rule=NO_HIT, sentence=NO_HIT_REASON, facts=MappingProxyType({})),)
    return tuple(_reason(one) for one in decision.hits)


def line_of(hit: Hit) -> Line:
    """Return the line of the table that a hit falls under."""
    ground = ground_of(hit)
    # A severity outside the scale cannot be issued; one read from elsewhere counts as its nearest.
    severity = min(max(hit.severity, _GRAVEST), _LIGHTEST)
    return next(one for one in TABLE if one.ground is ground and severity in one.severities)


def ground_of(hit: Hit) -> Ground:
    """Return what a hit rests on."""
    if hit.is_name_only:
        return Ground.NAME
    identifying = [one for one in hit.matches if one.criterion in IDENTIFYING]
    if any(one.score >= 1 for one in identifying):
        return Ground.IDENTIFICATION
    if identifying:
        return Ground.PROBABLE
    return Ground.DESCRIPTION


def _reason(hit: Hit) -> Reason:
    line = line_of(hit)
    facts = {"alert": hit.alert_id, "issuer": hit.issuer, "severity": str(hit.severity)}
    if hit.automated is AutomatedDecision.FORBID:
        return Reason(rule=LEFT, sentence=LEFT_REASON, facts=MappingProxyType(facts))
    return Reason(rule=line.rule, sentence=line.reason, facts=MappingProxyType(facts))


def _rank(hit: Hit) -> tuple[bool, int, str, int, str, str, int]:
    """Order hits: those that may decide, the strongest line first, then severity, issuer, alert."""
    line = line_of(hit)
    is_left = hit.automated is AutomatedDecision.FORBID
    strength = _STRENGTH[line.channel]
    return (is_left, -strength, line.rule, hit.severity, hit.issuer, hit.alert_id, hit.subject)
