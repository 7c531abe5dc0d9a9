"""Alerts, what became of them and what they fit → what a liaison officer may see of them."""

from __future__ import annotations

from collections.abc import Sequence

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.domain.retention import Kept
from exchange_node.services.enquiry.alert_lives import shown_life
from exchange_node.services.enquiry.alert_relations import also_alerted, named
from exchange_node.services.enquiry.desk import EVERY, Desk
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.alerting.joining import joint_operation
from exchange_node.services.stations.letters.showing import shown
from exchange_node.services.stations.looking import views
from exchange_node.services.stations.looking.gate import (
    alert_looked_at,
    manifest_looked_at,
    require_purpose,
    require_role,
    require_view,
    sifted,
    weighed,
)
from exchange_node.services.stations.looking.naming import by_id_shown
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.matching.words import search_of
from exchange_node.services.stations.orders import showing
from exchange_node.store.alerting import words
from exchange_node.store.database import reading
from exchange_node.store.records import alerts as held_alerts
from exchange_node.store.records import hits, manifests, recipients
from exchange_node.store.records.held import AlertState, Direction, HeldAlert
from exchange_node.store.records.search import progress
from exchange_node.store.releasing import letters
from exchange_node.wco.alert_codec.acknowledgement import ACKNOWLEDGED

DIRECTIONS = {"": None, "issued": Direction.SENT, "received": Direction.RECEIVED}


def alerts(desk: Desk, actor: Actor, *, direction: str, limit: int, purpose: str) -> View:
    """Return the alerts that may be shown, the newest first, without their names.

    Raises:
        RoleError, NotPermittedError, UnusableQueryError: as `Enquiry.alerts`.
    """
    action, now = "look.alerts", desk.clock()
    require_role(desk.engine, actor, now, Role.LIAISON, action=action, kind="alert")
    require_purpose(desk.engine, actor, now, purpose, action=action, kind="alert")
    if direction not in DIRECTIONS:
        raise UnusableQueryError(what="direction", why="want issued or received")
    with reading(desk.engine) as conn:

        def page(last: HeldAlert | None) -> Sequence[HeldAlert]:
            return held_alerts.search(
                conn,
                direction=DIRECTIONS[direction],
                handling=EVERY,
                after=last.number if last else 0,
                limit=limit,
            )

        found = sifted(conn, actor, now, page, alert_looked_at, limit=limit, purpose=purpose)
    said = {"purpose": purpose} if purpose else {}
    desk.looked(actor, action, "alert", **found.facts, **said)
    return {
        "alerts": [views.alert_line(one) for one in found.shown],
        "not_covered": found.not_covered,
    }


def alert(desk: Desk, actor: Actor, alert_id: str, *, issuer: str, purpose: str) -> View:
    """Return one alert with its recipients and hits; `issuer` where two gave the same id.

    Raises:
        RoleError, UnknownRecordError, NotPermittedError, DisposedRecordError,
        UnusableQueryError: as `Enquiry.alert`.
    """
    action, now = "look.alert", desk.clock()
    require_role(desk.engine, actor, now, Role.LIAISON, action=action, kind="alert", key=alert_id)
    with reading(desk.engine) as conn:
        held = by_id_shown(
            conn, held_agreements(conn), actor, alert_id, issuer=issuer, purpose=purpose, at=now
        )
    require_view(
        desk.engine,
        actor,
        now,
        alert_looked_at(held) if held else None,
        action=action,
        kind="alert",
        key=alert_id,
        purpose=purpose,
    )
    assert held is not None  # noqa: S101 - the gate lets nothing through that is not there
    other = Direction.RECEIVED if held.direction is Direction.SENT else Direction.SENT
    with reading(desk.engine) as conn:
        whole = desk.holding.alert_of(conn, held)
        plain = views.alert(
            held,
            whole,
            recipients.of_alert(conn, held.number),
            [one.said for one in words.of_alert(conn, held, direction=other)],
        )
        versions = held_alerts.versions(conn, held.issuer, held.alert_id)
        plain |= shown_life(conn, versions, desk.vault, now)
        plain["hidden"] = views.hidden(desk.holding.hidden_in(conn, held))
        plain["letter"] = shown(
            letters.latest(conn, ACKNOWLEDGED, held.alert_id, held.partner)
            if held.direction is Direction.RECEIVED
            else None
        )
        plain["joint_operation"] = joint_operation(conn, held.operation, now)
        plain["corrections"] = showing.corrections(conn, Kept.ALERT, held.number, desk.vault)
        agreements = held_agreements(conn)
        plain["also_alerted_by"] = also_alerted(
            desk, conn, actor, held, whole, agreements, purpose=purpose, at=now
        )
        plain["related_alerts"] = named(conn, actor, whole, agreements, purpose=purpose, at=now)
        plain["versions"] = [
            {
                "version": one.version,
                "state": one.state.value,
                "issued_at": one.issued_at.isoformat(),
                "recipients": {
                    to.partner: to.state.value for to in recipients.of_alert(conn, one.number)
                },
                "life": plain["lives"].get(one.version, {}),
            }
            for one in versions
        ]
        del plain["lives"]
        plain["search"] = search_of(progress.of_alert(conn, held.number))
        plain["hits"] = [
            views.hit(one, found)
            | {
                "version": version.version,
                "is_withdrawn": version.state is AlertState.WITHDRAWN,
                "is_superseded": version.state is AlertState.SUPERSEDED,
            }
            for version in versions
            for one in hits.of_alert(conn, version.number)
            if weighed(
                conn,
                agreements,
                actor,
                manifest_looked_at(found := manifests.get(conn, one.manifest)),
                purpose=purpose,
                at=now,
            ).may_be_listed
        ]
    if related := [*plain["also_alerted_by"], *plain["related_alerts"]]:
        shown_too = ", ".join(f"{one['issuer']} {one['alert_id']}" for one in related)
        desk.looked(actor, "look.alerts", "alert", related=shown_too, to=alert_id)
    return plain
