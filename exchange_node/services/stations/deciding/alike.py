"""The decisions on one manifest → those that are one to whoever may not know of every alert.

A covert alert that comes, changes or ends decides anew, and changes nothing that a post may see: a
number that moved without a cause would tell of it, and so would an officer's act that lapsed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Connection

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import AutomatedDecision
from exchange_node.domain.alert import PermittedAction
from exchange_node.policy.viewing import ViewCode
from exchange_node.risk.deciding.ruling import LEFT, NO_HIT, Weighed, inputs_from
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.looking.gate import alert_looked_at, weighed
from exchange_node.store.deciding import rulings
from exchange_node.store.deciding.rulings import KeptRuling
from exchange_node.store.records import alerts
from exchange_node.store.records.held import HeldManifest

Hides = Callable[[Weighed], bool]
"""Whether a hit of a decision is kept from somebody."""


def watched(conn: Connection) -> Hides:
    """Return what says of a hit that its alert permits, or once permitted, nothing but to watch.

    A later version may have ended it; what was decided while it stood is kept from the post still.
    """

    @cache
    def is_covert(issuer: str, alert_id: str) -> bool:
        found = alerts.versions(conn, issuer, alert_id)
        return any(one.permitted_action is PermittedAction.COVERT for one in found)

    return lambda one: (
        one.automated is AutomatedDecision.FORBID and is_covert(one.issuer, one.alert)
    )


def hidden_from(conn: Connection, actor: Actor, at: datetime) -> Hides:
    """Return what says which hits an officer may not know of: as `secret_alerts`, of all times."""
    agreements = held_agreements(conn)
    is_watched: Hides | None = None if Role.LIAISON in actor.roles else watched(conn)

    @cache
    def is_secret(issuer: str, alert_id: str) -> bool:
        found = alerts.versions(conn, issuer, alert_id)
        return any(
            weighed(conn, agreements, actor, alert_looked_at(one), purpose="", at=at).code
            is ViewCode.SECRET
            for one in found
        )

    return lambda one: bool(is_watched and is_watched(one)) or is_secret(one.issuer, one.alert)


def series(kept: Sequence[KeptRuling], hides: Hides) -> tuple[tuple[int, ...], ...]:
    """Return the numbers of decisions, together where nothing but what is hidden tells them apart.

    Args:
        kept: the decisions on one manifest, the first first.
    """
    found: list[list[int]] = []
    before: tuple[object, bool] | None = None
    for one in kept:
        told, is_part = _told(one, hides)
        if before is not None and before[0] == told and (is_part or before[1]):
            found[-1].append(one.number)
        else:
            found.append([one.number])
        before = told, is_part
    return tuple(tuple(numbers) for numbers in found)


def told_numbers(
    conn: Connection, actor: Actor, shown: Sequence[HeldManifest], at: datetime
) -> Mapping[int, int]:
    """Return, by the number of a manifest, that of its decision as an officer is told it."""
    kept: dict[int, list[KeptRuling]] = {}
    for one in rulings.of_manifests(conn, [it.number for it in shown if it.decision is not None]):
        kept.setdefault(one.manifest, []).append(one)
    several = {number: of_one for number, of_one in kept.items() if len(of_one) > 1}
    hides = hidden_from(conn, actor, at) if several else None
    stands = {it.number: it.decision.ruling for it in shown if it.decision is not None}
    return {
        number: numbers[0]
        for number, of_one in several.items()
        if hides is not None
        for numbers in series(of_one, hides)
        if stands[number] in numbers
    }


def quiet(rule: str) -> str:
    """Return a rule without the trace of what raises nothing."""
    return NO_HIT if rule == LEFT else rule


def _told(kept: KeptRuling, hides: Hides) -> tuple[object, bool]:
    """Return what may be known of a decision, and whether that is not all of it."""
    try:
        inputs = inputs_from(kept.inputs)
        outcome = json.loads(kept.outcome)
        said = outcome["channel"], quiet(outcome["rule"]), outcome["to_confirm"]
    except (ValueError, KeyError, TypeError):
        return kept.number, False  # altered: like no other
    told = frozenset(one for one in inputs.hits if not hides(one))
    return (said, inputs.rules, inputs.draw, told), len(told) < len(inputs.hits)
