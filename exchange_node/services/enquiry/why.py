"""A hit → why: what was alerted, what was found, how the two were compared, and who says so.

Both sides pass the view gate: whoever may not see the alert or may not see the manifest learns of
no hit.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.services.enquiry.desk import Desk
from exchange_node.services.stations.looking import views
from exchange_node.services.stations.looking.gate import (
    alert_looked_at,
    manifest_looked_at,
    require_role,
    require_view,
)
from exchange_node.services.stations.looking.views import View
from exchange_node.store.database import reading
from exchange_node.store.records import alerts, hits, manifests
from exchange_node.store.records.held import LIVE, HeldAlert
from exchange_node.store.records.hits import RecordedHit

_HIT = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,17})-([1-9][0-9]{0,3})")


def why(desk: Desk, actor: Actor, hit_id: str, *, purpose: str) -> View:
    """Return why a hit is one.

    Raises:
        RoleError, UnknownRecordError, NotPermittedError, DisposedRecordError: as `Enquiry.why`.
    """
    action, now = "look.hit", desk.clock()
    require_role(desk.engine, actor, now, Role.LIAISON, action=action, kind="hit", key=hit_id)
    with reading(desk.engine) as conn:
        recorded = _perhaps(conn, hit_id)
        alert = alerts.by_number(conn, recorded.alert) if recorded else None
        manifest = manifests.get(conn, recorded.manifest) if recorded else None
    looked_at = (
        alert_looked_at(alert) if alert else None,
        manifest_looked_at(manifest) if manifest else None,
    )
    for one in looked_at:
        try:
            require_view(
                desk.engine, actor, now, one, action=action, kind="hit", key=hit_id, purpose=purpose
            )
        except UnknownRecordError:
            raise UnknownRecordError(kind="hit", key=hit_id) from None
    assert recorded is not None  # noqa: S101 - the gate lets nothing through that is not there
    assert alert is not None  # noqa: S101 - nor without its alert
    assert manifest is not None  # noqa: S101 - nor without its manifest
    with reading(desk.engine) as conn:
        whole = desk.holding.alert_of(conn, alert)
    return {
        **views.hit(recorded, manifest),
        "found_at": recorded.at.isoformat(),
        "alert": _alert(alert, whole, now),
        "subject_confidence": _confidence_of(whole, recorded.hit.subject),
        "matches": _matches(recorded),
    }


def _confidence_of(whole: RiskAlert, subject: int) -> str:
    """Return how far the issuer believes what it says of a subject, by its number from 1."""
    stated = whole.subjects[subject - 1].confidence if subject <= len(whole.subjects) else ""
    return stated or whole.confidence


def _perhaps(conn: Connection, hit_id: str) -> RecordedHit | None:
    numbers = _HIT.fullmatch(hit_id)
    if numbers is None:
        return None
    try:
        return hits.get(conn, *(int(one) for one in numbers.groups()))
    except UnknownRecordError:
        return None


def _alert(held: HeldAlert, whole: RiskAlert, now: datetime) -> View:
    """Return what the alert is worth: its grading, its validity, what may be done because of it."""
    return {
        "alert_id": held.alert_id,
        "issuer": held.issuer,
        "version": held.version,
        "state": held.state.value,
        "severity": held.severity,
        "urgency": held.urgency.value,
        "confidence": whole.confidence,
        "grading_scheme": whole.grading_scheme,
        "grade": whole.grade,
        "unverified": held.unverified,
        "marking": held.marking.value,
        "permitted_action": held.permitted_action.value,
        "valid_from": held.valid_from.isoformat(),
        "valid_until": held.valid_until.isoformat(),
        "measures": [asdict(one) for one in whole.measures],
        "is_in_force": held.state in LIVE and held.valid_from <= now < held.valid_until,
    }


def _matches(recorded: RecordedHit) -> list[View]:
    return [
        {
            "field": one.criterion,
            "pointer": one.pointer,
            "alerted": one.alerted,
            "alerted_as": one.alerted_as or one.compared,
            "found": one.found,
            "found_as": one.compared,
            "score": one.score,
            "is_certain": one.score >= 1,
        }
        for one in recorded.hit.matches
    ]
