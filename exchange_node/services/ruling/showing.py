"""Days that draw and officers' acts as they are shown, and what is shown to nobody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.access import Actor
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.policy.viewing import ViewCode
from exchange_node.risk.deciding.draws import begins
from exchange_node.risk.deciding.ruling import inputs_from
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.deciding.alike import hidden_from, series
from exchange_node.services.stations.looking.gate import alert_looked_at, weighed
from exchange_node.services.stations.looking.views import View
from exchange_node.store.deciding import draws, rulings
from exchange_node.store.deciding.acts import KeptAct
from exchange_node.store.deciding.rulings import KeptRuling
from exchange_node.store.records import alerts


def rests_on_secret(conn: Connection, kept: KeptRuling, actor: Actor, now: datetime) -> bool:
    """Whether a decision names an alert that is secret, and not to this officer."""
    try:
        named = {(one.issuer, one.alert) for one in inputs_from(kept.inputs).hits}
    except ValueError:
        return False  # altered: nothing in it can be relied upon, which is for the officer to see
    agreements = held_agreements(conn)
    return any(
        weighed(conn, agreements, actor, alert_looked_at(alert), purpose="", at=now).code
        is ViewCode.SECRET
        for alert in (alerts.get(conn, issuer, alert_id) for issuer, alert_id in sorted(named))
    )


def told(conn: Connection, actor: Actor, number: int, now: datetime) -> KeptRuling | None:
    """Return a decision by the number that an officer is told; None where it is told of none."""
    try:
        kept = rulings.get(conn, number)
    except UnknownRecordError:
        return None
    every = series(rulings.of_manifest(conn, kept.manifest), hidden_from(conn, actor, now))
    return kept if any(same[0] == number for same in every) else None


def day_view(one: draws.DrawDay) -> View:
    """Return a day that draws, with what was committed to; never its key."""
    return {
        "day": one.day.isoformat(),
        "commitment": one.commitment,
        "committed_at": one.committed_at.isoformat(),
        "verifiable": one.committed_at < begins(one.day),
    }


def act_view(one: KeptAct) -> View:
    """Return what an officer did, without the words."""
    return {
        "by": one.by,
        "at": one.at.isoformat(),
        "was": one.was,
        "becomes": one.becomes,
        "reason": one.reason,
        "in_force": one.is_in_force,
        "lifts_draw": one.lifts_draw,
    }
