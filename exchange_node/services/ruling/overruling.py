"""A decision + an officer → another channel in its place, with a reason, counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.access import Actor
from exchange_node.domain.decision import Decision, OverrideReason
from exchange_node.domain.errors import DecisionStandsError, UnusableQueryError
from exchange_node.risk.deciding.rules import RuleSet
from exchange_node.services.stations.deciding.alike import Hides, hidden_from, quiet, series
from exchange_node.services.stations.deciding.judging import Judging
from exchange_node.store import audit
from exchange_node.store.deciding import acts, rulings
from exchange_node.store.deciding.acts import KeptAct
from exchange_node.store.deciding.rulings import KeptRuling
from exchange_node.store.records import hits, manifests

MOST_WORDS = 500
"""Characters of what an officer writes to a reason (our choice)."""

ASK_PATIENCE = timedelta(hours=24)
"""How long the first of two persons' act waits for the second (our choice): the next day's shift
looks at the movement anew."""


def checked(channel: str, reason: str, words: str, rules: RuleSet) -> OverrideReason:
    """Return the reason of an act that can be read.

    Raises:
        UnusableQueryError: there is no such channel or reason, or the words are missing or too
            long.
    """
    codes = [one.code for one in rules.channels]
    if channel not in codes:
        raise UnusableQueryError(what="channel", why=f"want one of {', '.join(codes)}")
    try:
        found = OverrideReason(reason)
    except ValueError:
        why = f"want one of {', '.join(OverrideReason)}"
        raise UnusableQueryError(what="reason", why=why) from None
    if len(words) > MOST_WORDS:
        raise UnusableQueryError(what="words", why=f"want at most {MOST_WORDS} characters")
    if found is OverrideReason.OTHER and not words.strip():
        raise UnusableQueryError(what="words", why="want what the other reason is")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Anew:
    """What was decided anew, as far as the one who asked may know.

    Attributes:
        decision: what stands; its number may be none that the officer is told.
        same: the numbers of decisions that are this one to the officer; the first is the one told.
        is_changed: whether it is another than was shown.
    """

    decision: Decision
    same: tuple[int, ...]
    is_changed: bool


def judged_anew(
    conn: Connection,
    judging: Judging,
    manifest: int,
    at: datetime,
    *,
    hides: Hides,
    about: int = 0,
) -> Anew:
    """Decide on a manifest by what is known and in force now, and say whether that differs.

    Nothing else is decided until the transaction ends.

    Args:
        hides: what is kept from the officer that asks.
        about: number of the decision that was asked about.

    Raises:
        DecisionStandsError: a later document has taken the manifest's place.
    """
    hits.queue_as_alert(conn)
    held = manifests.get(conn, manifest)
    if held.superseded_by is not None:
        why = "a later document has taken the place of its manifest"
        raise DecisionStandsError(decision=about, why=why)
    now, shown = judging.ruled(conn, held, at), held.decision
    if shown is None or _as_shown(shown) != _as_shown(now):
        now = judging.judge(conn, held, at)
    same = series(rulings.of_manifest(conn, manifest), hides)[-1]
    is_changed = (
        shown is None
        or shown.ruling not in same
        or (shown.channel, quiet(shown.rule)) != (now.channel, quiet(now.rule))
    )
    return Anew(decision=now, same=same, is_changed=is_changed)


def _as_shown(one: Decision) -> tuple[int, str, str]:
    return one.ruling, one.channel, one.rule


def overrule(
    conn: Connection,
    judging: Judging,
    kept: KeptRuling,
    actor: Actor,
    at: datetime,
    *,
    channel: str,
    reason: OverrideReason,
    words: str,
) -> tuple[Anew, KeptAct | None]:
    """Record an act on a decision, and the decision that stands then.

    Rules, agreements and what others did may have changed since: it is decided anew first. Where
    that is not what the officer saw, the new decision is recorded, and no act; the caller commits,
    and says so. What was drawn at random is lowered by two persons alone: the first act only waits.

    Raises:
        DecisionStandsError: a later document has taken the manifest's place, it says so already, or
            the same person has asked for it before.
    """
    hides = hidden_from(conn, actor, at)
    anew = judged_anew(conn, judging, kept.manifest, at, hides=hides, about=kept.number)
    now = anew.decision
    if anew.is_changed or kept.number not in anew.same:
        return anew, None
    if now.channel == channel:
        raise DecisionStandsError(decision=kept.number, why=f"its channel is {channel} already")
    rules = judging.drawing.rules
    strength = {one.code: one.strength for one in rules.channels}
    lifts = kept.drawn and strength[channel] < strength[rules.share.channel]
    done = [act for number in anew.same for act in acts.of_ruling(conn, number)]
    waiting = _waiting(sorted(done, key=lambda act: act.number), channel, at)
    if lifts and any(one.by == actor.name for one in waiting):
        raise DecisionStandsError(
            decision=kept.number, why="it was drawn at random, and another person has to agree"
        )
    act = acts.add(
        conn,
        KeptAct(
            ruling=now.ruling,
            movement=kept.movement,
            test=kept.test,
            was=now.channel,
            becomes=channel,
            reason=reason.value,
            lifts_draw=lifts,
            is_in_force=not lifts or bool(waiting),
            by=actor.name,
            at=at,
        ),
        words,
        judging.drawing.vault,
    )
    decision = now
    if act.is_in_force:
        decision = judging.judge(conn, manifests.get(conn, kept.manifest), at)
    audit.write(
        conn,
        audit.AuditRecord(
            at=at,
            actor=actor.name,
            action="decision.overruled" if act.is_in_force else "decision.first-of-two",
            subject_kind="decision",
            subject_key=str(now.ruling),
            movement=kept.movement,
            facts={"was": act.was, "becomes": act.becomes, "reason": act.reason},
        ),
    )
    return replace(anew, decision=decision), act


def _waiting(done: Iterable[KeptAct], channel: str, at: datetime) -> list[KeptAct]:
    """Return the asks for a channel that wait for a second person.

    Whatever took effect answered those before it; who lowers again asks again.
    """
    found: list[KeptAct] = []
    for one in done:
        if one.is_in_force:
            found = []
        elif one.becomes == channel and at - one.at < ASK_PATIENCE:
            found.append(one)
    return found
