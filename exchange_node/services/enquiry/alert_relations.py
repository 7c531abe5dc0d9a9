"""An alert → those that look for the same, and those that it names; each is asked for by itself.

Nothing of it is stored: an alert that comes later is found from both sides at once, and one that is
withdrawn, has ended or was deleted is found no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from exchange_node.domain.access import Actor
from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.alert.sameness import same_subjects
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.risk.keys import LIKENESS, keys_of_alert
from exchange_node.services.enquiry.desk import Desk
from exchange_node.services.stations.looking.gate import alert_looked_at, weighed
from exchange_node.services.stations.looking.views import View
from exchange_node.store.records import alerts
from exchange_node.store.records.held import LIVE, HeldAlert
from exchange_node.store.records.search.alerts import of_id
from exchange_node.store.records.search.keyed import ANY

MOST_COMPARED = 200
"""Alerts that are opened to compare them with one, the newest (our choice)."""


def also_alerted(
    desk: Desk,
    conn: Connection,
    actor: Actor,
    held: HeldAlert,
    whole: RiskAlert,
    agreements: Iterable[HeldAgreement],
    *,
    purpose: str,
    at: datetime,
) -> list[View]:
    """Return the alerts of others that look for a subject of this one, as far as the actor may.

    Both are in force, or will be, in one time; test and production never meet.
    """
    if held.state not in LIVE or held.valid_until <= at:
        return []
    keys = {
        (key.kind.value, key.value)
        for groups in keys_of_alert(whole)
        for key in (groups[0] if groups else ())
        if key.kind not in LIKENESS
    }
    known = tuple(agreements)
    if not all(keys_of_alert(whole)):
        keys.add((ANY, ANY))  # it looks for what no key tells, and so does whatever is the same
    others = (one for one in alerts.newest_by_keys(conn, keys, at) if _may_be(held, one))
    found: list[View] = []
    for one in islice(others, MOST_COMPARED):
        looked_at = alert_looked_at(one)
        sight = weighed(conn, known, actor, looked_at, purpose=purpose, at=at)
        if not sight.may_be_listed:
            continue
        pairs = same_subjects(whole, desk.holding.alert_of(conn, one, known))
        if pairs:
            found.append(
                {
                    "issuer": one.issuer,
                    "alert_id": one.alert_id,
                    "version": one.version,
                    "category": one.category,
                    "severity": one.severity,
                    "valid_until": one.valid_until.isoformat(),
                    "subjects": [{"here": mine, "there": its} for mine, its in pairs],
                }
            )
    return found


def named(
    conn: Connection,
    actor: Actor,
    whole: RiskAlert,
    agreements: Iterable[HeldAgreement],
    *,
    purpose: str,
    at: datetime,
) -> list[View]:
    """Return the alerts that an alert says it has to do with, as far as the actor may know of them.

    Another administration may have given that id too: each is linked. What is not held and what is
    held for others looks the same: nothing is linked.
    """
    if not whole.related_alert:
        return []
    known = tuple(agreements)
    return [
        {
            "issuer": one.issuer,
            "alert_id": one.alert_id,
            "version": one.version,
            "state": one.state.value,
            "is_in_force": one.state in LIVE and one.valid_from <= at < one.valid_until,
        }
        for one in of_id(conn, whole.related_alert)
        if (one.issuer, one.alert_id) != (whole.issuer, whole.alert_id)
        and weighed(conn, known, actor, alert_looked_at(one), purpose=purpose, at=at).may_be_listed
    ]


def _may_be(held: HeldAlert, one: HeldAlert) -> bool:
    return (
        (one.issuer, one.alert_id) != (held.issuer, held.alert_id)
        and one.test == held.test
        and one.disposed_at is None
        and one.valid_from < held.valid_until
        and held.valid_from < one.valid_until
    )
