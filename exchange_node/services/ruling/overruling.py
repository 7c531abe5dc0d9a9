"""A decision + an officer → another channel in its place, with a reason, counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.access import Actor
from exchange_node.domain.decision import Decision, OverrideReason
from exchange_node.domain.errors import DecisionStandsError, UnusableQueryError
from exchange_node.risk.deciding.rules import RuleSet
from exchange_node.services.stations.deciding.judging import Judging
from exchange_node.store import audit
from exchange_node.store.deciding import acts
from exchange_node.store.deciding.acts import KeptAct
from exchange_node.store.deciding.rulings import KeptRuling
from exchange_node.store.records import hits, manifests

MOST_WORDS = 500
"""Characters of what an officer writes to a reason (our choice)."""


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
) -> tuple[Decision, KeptAct]:
    """Record an act on a decision, and the decision that stands then.

    What was drawn at random is lowered by two persons alone: the first act only waits.

    Raises:
        DecisionStandsError: it is no longer the one that counts, it says so already, or the same
            person has asked for it before.
    """
    hits.queue_as_alert(conn)  # nothing is decided anew meanwhile
    held = manifests.get(conn, kept.manifest)
    now = held.decision
    if now is None or now.ruling != kept.number or held.superseded_by is not None:
        raise DecisionStandsError(decision=kept.number, why="a later one has taken its place")
    if now.channel == channel:
        raise DecisionStandsError(decision=kept.number, why=f"its channel is {channel} already")
    rules = judging.drawing.rules
    strength = {one.code: one.strength for one in rules.channels}
    lifts = kept.drawn and strength[channel] < strength[rules.share.channel]
    waiting = [
        one
        for one in acts.of_ruling(conn, kept.number)
        if one.lifts_draw and not one.is_in_force and one.becomes == channel
    ]
    if lifts and any(one.by == actor.name for one in waiting):
        raise DecisionStandsError(
            decision=kept.number, why="it was drawn at random, and another person has to agree"
        )
    act = acts.add(
        conn,
        KeptAct(
            ruling=kept.number,
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
    decision = judging.judge(conn, held, at) if act.is_in_force else now
    if act.is_in_force and decision.ruling != kept.number:
        # Agreements have changed since: what the officer saw is not what is decided now.
        raise DecisionStandsError(decision=kept.number, why="it is decided anew just now")
    audit.write(
        conn,
        audit.AuditRecord(
            at=at,
            actor=actor.name,
            action="decision.overruled" if act.is_in_force else "decision.first-of-two",
            subject_kind="decision",
            subject_key=str(kept.number),
            movement=kept.movement,
            facts={"was": act.was, "becomes": act.becomes, "reason": act.reason},
        ),
    )
    return decision, act
