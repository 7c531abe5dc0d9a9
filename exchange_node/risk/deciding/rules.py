"""A rule set as a value: channels, lines, the random share; its canonical bytes and their digest.

The digest is what a decision names and what a draw is bound to: a rule set that differs in one
character is another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

GRAVEST, LIGHTEST = 1, 4
"""The scale of an alert's severity."""

MILLION = 1_000_000

FLOOR_PER_MILLION = 5_000
"""Of production movements at least so many in a million are drawn: half a percent (our choice)."""


class Ground(StrEnum):
    """What a hit rests on."""

    IDENTIFICATION = "identification"
    PROBABLE = "probable"
    NAME = "name"
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRule:
    """A channel that a rule set knows.

    Attributes:
        code: stable; decisions, lists and statistics have it.
        strength: the greater goes before; no two channels have the same.
        measures: codes of what is to be done.
        calls: whether officers are told at once of what falls into it.
    """

    code: str
    strength: int
    measures: tuple[str, ...] = ()
    calls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: for hits on this ground and of these severities, this channel.

    Attributes:
        rule: stable id, kept with every decision.
    """

    rule: str
    ground: Ground
    severities: tuple[int, ...]
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomShare:
    """How many movements are drawn without any reason, and what becomes of them.

    Attributes:
        per_million, test_per_million: of production and of test movements.
        channel: that a drawn movement is raised to; one that hits raise higher stays there.
        measures: codes of what is done to every drawn movement, beside those of the channel: a
            random check tells nothing unless all of them are checked alike.
    """

    per_million: int
    test_per_million: int
    channel: str
    measures: tuple[str, ...] = ()

    def of(self, *, test: bool) -> int:
        """Return the share, in a million, of test or of production movements."""
        return self.test_per_million if test else self.per_million


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """What decisions are made by.

    Attributes:
        name: for people.
        quiet: channel of a movement that nothing raises.
    """

    name: str
    quiet: str
    channels: tuple[ChannelRule, ...]
    lines: tuple[Line, ...]
    share: RandomShare

    def channel(self, code: str) -> ChannelRule:
        """Return a channel of this rule set by its code.

        Raises:
            KeyError: it has none of that code.
        """
        found = next((one for one in self.channels if one.code == code), None)
        if found is None:
            raise KeyError(code)
        return found

    def line(self, ground: Ground, severity: int) -> Line:
        """Return the line for a hit on a ground; a severity off the scale counts as its nearest."""
        near = min(max(severity, GRAVEST), LIGHTEST)
        return next(one for one in self.lines if one.ground is ground and near in one.severities)

    @property
    def octets(self) -> bytes:
        """The rule set as canonical JSON."""
        return canonical(
            {
                "name": self.name,
                "quiet": self.quiet,
                "channels": [
                    {
                        "code": one.code,
                        "strength": one.strength,
                        "measures": list(one.measures),
                        "calls": one.calls,
                    }
                    for one in self.channels
                ],
                "lines": [
                    {
                        "rule": one.rule,
                        "ground": one.ground.value,
                        "severities": list(one.severities),
                        "channel": one.channel,
                    }
                    for one in self.lines
                ],
                "share": {
                    "per_million": self.share.per_million,
                    "test_per_million": self.share.test_per_million,
                    "channel": self.share.channel,
                    "measures": list(self.share.measures),
                },
            }
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, lower-case hex."""
        return hashlib.sha256(self.octets).hexdigest()


def rules_from(octets: bytes) -> RuleSet:
    """Return the rule set whose canonical JSON this is.

    Raises:
        ValueError: it is none.
    """
    try:
        plain = json.loads(octets)
        found = RuleSet(
            name=plain["name"],
            quiet=plain["quiet"],
            channels=tuple(
                ChannelRule(**{**one, "measures": tuple(one["measures"])})
                for one in plain["channels"]
            ),
            lines=tuple(
                Line(
                    rule=one["rule"],
                    ground=Ground(one["ground"]),
                    severities=tuple(one["severities"]),
                    channel=one["channel"],
                )
                for one in plain["lines"]
            ),
            share=RandomShare(**{**plain["share"], "measures": tuple(plain["share"]["measures"])}),
        )
    except (KeyError, TypeError, RecursionError) as err:
        raise ValueError("no rule set") from err
    if found.octets != octets:
        raise ValueError("no canonical rule set")
    return found


def flaw(rules: RuleSet) -> tuple[str, str] | None:
    """Return the first thing wrong with a rule set: its place and why; None where it is sound.

    A rule set that is taken decides every hit once, draws in production never less than the floor,
    and raises nothing to the strongest channel but by an identification.
    """
    codes = [one.code for one in rules.channels]
    strengths = [one.strength for one in rules.channels]
    if len(set(codes)) < len(codes):
        return "channel", "two channels have the same code"
    if len(set(strengths)) < len(strengths):
        return "channel", "two channels have the same strength"
    named = {"quiet": rules.quiet, "random.channel": rules.share.channel}
    named |= {f"line {one.rule}": one.channel for one in rules.lines}
    for place, code in named.items():
        if code not in codes:
            return place, f"there is no channel {code}"
    if rules.channel(rules.quiet).strength != min(strengths):
        return "quiet", "the channel of what nothing raises has to be the weakest"
    return _flaw_of_lines(rules, max(strengths)) or _flaw_of_share(rules)


def _flaw_of_lines(rules: RuleSet, strongest: int) -> tuple[str, str] | None:
    ids = [one.rule for one in rules.lines]
    if len(set(ids)) < len(ids):
        return "line", "two lines have the same rule id"
    for ground in Ground:
        for severity in range(GRAVEST, LIGHTEST + 1):
            fits = [o for o in rules.lines if o.ground is ground and severity in o.severities]
            if len(fits) != 1:
                how = "two lines decide" if fits else "no line decides"
                return "line", f"{how} on ground {ground.value}, severity {severity}"
    for one in rules.lines:
        is_strongest = rules.channel(one.channel).strength == strongest
        if is_strongest and one.ground is not Ground.IDENTIFICATION:
            return f"line {one.rule}", "only an identification may raise to the strongest channel"
    return None


def _flaw_of_share(rules: RuleSet) -> tuple[str, str] | None:
    share = rules.share
    if not FLOOR_PER_MILLION <= share.per_million <= MILLION:
        return "random.per_million", f"want {FLOOR_PER_MILLION} to {MILLION}"
    if not 0 <= share.test_per_million <= MILLION:
        return "random.test_per_million", f"want 0 to {MILLION}"
    if share.channel == rules.quiet:
        return "random.channel", "a movement that is drawn has to be raised"
    return None


def canonical(plain: Mapping[str, object]) -> bytes:
    """Return JSON in one form only: names sorted, no spaces, UTF-8; no fractions are in it."""
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")
