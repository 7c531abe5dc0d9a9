"""Three administrations and their alerts: Uzbekistan issues, one partner may know the names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from exchange_node import node as nodes
from exchange_node.domain.alert import NOMINAL
from exchange_node.wco.alert_codec.criteria import CRITERIA, SUBJECT
from tests.exchange.corridor import Corridor
from tests.exchange.routes import four_country_declaration, four_country_facts
from tests.world import LIAISON, NATIONAL, Clock, replaced

ISSUER = "uz"
NAMED, UNNAMED = "kz", "tm"
"""Who may know whom an alert means, and who gets its summary alone."""

THREE = (NAMED, ISSUER, UNNAMED)
"""On the way of the goods."""
PLATE = "017ABC02"
HEADING = "8504"
"""The vehicle and the goods of the sample, that goes through all three."""

DESKS = {NAMED: "KZ550302", UNNAMED: "TM010101"}


def withholding(text: str, grant: str) -> str:
    """Return an agreement one of whose grants lets out alerts, and not who is meant by them."""
    masks = "".join(
        f'\n[[grants.mask]]\npath = "{SUBJECT}/ext:{tag}"\nmethod = "drop"\n'
        for name, tag in CRITERIA.items()
        if name in NOMINAL
    )
    head, tail = text.split(f'id = "{grant}"')
    retention = "\n[grants.retention]"
    return f'{head}id = "{grant}"{replaced(tail, retention, masks + retention)}'


def differing(first: str, second: str, clock: Clock) -> tuple[str, ...]:
    """Return what two agree on: names go from Uzbekistan to Kazakhstan alone."""
    text = nodes.pair_agreement(first.upper(), second.upper(), on=clock().date())
    if {first, second} == {ISSUER, UNNAMED}:
        text = withholding(text, f"alerts-{ISSUER}-{UNNAMED}")
    return (text,)


def cross(world: Corridor) -> None:
    """Let the sample go to both its partners from Kazakhstan, so that all three hold it."""
    for one in (ISSUER, UNNAMED):
        submission = world.nodes[NAMED].dispatch.submit(
            NATIONAL,
            four_country_declaration(),
            partner=f"customs.{one}",
            facts=four_country_facts(),
        )
        assert not submission.is_refused
    world.run()


def plain(
    world: Corridor,
    *subjects: Mapping[str, str],
    lasting: timedelta = timedelta(days=30),
) -> dict[str, object]:
    """Return what Uzbekistan drafts: an alert on the vehicle and on the goods, or on others."""
    return {
        "valid_until": (world.clock() + lasting).isoformat(),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "flash",
        "category": "TRD",
        "severity": 1,
        "summary": "Goods in transit may leave the corridor.",
        "contact_office": "UZ270101",
        "subjects": list(subjects) or [{"means_id": PLATE}, {"commodity_prefix": HEADING}],
        "feedback_requested": True,
    }


def issue(world: Corridor, *, lasting: timedelta = timedelta(days=30)) -> str:
    """Let Uzbekistan send an alert to both, on the vehicle and on the goods."""
    node = world.nodes[ISSUER]
    drafted = node.alerting.draft(LIAISON, plain(world, lasting=lasting))
    alert_id = str(drafted["alert_id"])
    to = [f"customs.{one}" for one in DESKS]
    node.alerting.send(LIAISON, alert_id, to=to, purpose="RISK_ANALYSIS")
    return alert_id


def shown(world: Corridor, name: str, alert_id: str) -> dict[str, Any]:
    """Return an alert as a liaison officer of one node sees it."""
    return dict(world.nodes[name].enquiry.alert(LIAISON, alert_id))


def report(world: Corridor, name: str, alert_id: str, **said: object) -> dict[str, object]:
    """Let a desk tell what came of an alert; a control was done just now, unless it is said."""
    if said["result"] != "NCK":
        said = {"controlled_at": world.clock().isoformat(), **said}
    return world.nodes[name].alerting.reporting.report(
        LIAISON, alert_id, {"contact_office": DESKS[name], **said}
    )


def sighted(world: Corridor, name: str, alert_id: str, **more: object) -> dict[str, object]:
    """Let a desk tell that something was seen just now."""
    said = {
        "seen_at": world.clock().isoformat(), "seen_in": "CAM",
        "office": DESKS[name], "what": "It passed.",
    }  # fmt: skip
    return world.nodes[name].alerting.reporting.sighted(LIAISON, alert_id, {**said, **more})
