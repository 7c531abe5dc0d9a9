"""Manifests and what is attached to them → what an officer may see of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.alert import PermittedAction
from exchange_node.domain.errors import UnknownRecordError, UnusableQueryError
from exchange_node.domain.identifiers import folded
from exchange_node.domain.message import AttachedFile
from exchange_node.domain.moments import window
from exchange_node.domain.retention import Kept
from exchange_node.policy.viewing import ViewCode
from exchange_node.services.enquiry.desk import Desk
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.deciding.alike import told_numbers
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
from exchange_node.services.stations.looking.opened import require_kept
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.orders import showing
from exchange_node.services.stations.posts.board import Board
from exchange_node.store import payloads
from exchange_node.store.database import reading
from exchange_node.store.records import alerts, attachments, hits
from exchange_node.store.records.held import LEADS_NOWHERE, Direction, HeldAlert, HeldManifest, Kind

AT_THE_BORDER = (Role.BORDER_POST, Role.LIAISON)


def prearrival(
    desk: Desk,
    actor: Actor,
    keys: dict[Kind, str],
    *,
    begin: datetime | None,
    end: datetime | None,
    limit: int,
    after: str,
    purpose: str,
) -> View:
    """Return the received manifests that fit every key given and may be shown, the newest first.

    Raises:
        RoleError, NotPermittedError, UnusableQueryError: as `Enquiry.prearrival`.
    """
    action, now = "look.prearrival", desk.clock()
    require_role(desk.engine, actor, now, *AT_THE_BORDER, action=action, kind="manifest")
    require_purpose(desk.engine, actor, now, purpose, action=action, kind="manifest")
    expected = window(begin, end)
    if after and not (after.isascii() and after.isdigit() and len(after) < 19):
        raise UnusableQueryError(what="after", why="want the `next` of the page before")
    wanted = {kind: folded(value) for kind, value in keys.items() if folded(value)}
    with reading(desk.engine) as conn:

        def page(last: HeldManifest | None) -> Sequence[HeldManifest]:
            begins = int(after) if after else 0
            return desk.find(
                conn,
                wanted,
                window=expected,
                after=last.number if last else begins,
                limit=limit,
            )

        found = sifted(conn, actor, now, page, manifest_looked_at, limit=limit, purpose=purpose)
        kept_back = secret_alerts(conn, actor, found.shown, now)
        numbers = told_numbers(conn, actor, found.shown, now)
        age = desk.age(conn) | desk.missing(conn)
    asked = ", ".join(f"{kind.value} {value}" for kind, value in wanted.items())
    said = {"purpose": purpose} if purpose else {}
    desk.listed(actor, action, found.shown, asked=asked, **found.facts, **said)
    return {
        "arrivals": [views.arrival(one, kept_back, numbers) for one in found.shown],
        "not_covered": found.not_covered,
        "next": str(found.last.number) if found.last else None,
        **age,
    }


def manifest(desk: Desk, actor: Actor, number: int, *, purpose: str) -> View:
    """Return one manifest as it may be seen, with its decision and the reasons.

    Raises:
        RoleError, UnknownRecordError, NotPermittedError, DisposedRecordError: as
            `Enquiry.manifest`.
    """
    action = "look.manifest"
    held = _permitted(desk, actor, number, action=action, purpose=purpose)
    if desk.board is not None:
        return _as_told(desk, desk.board, held)
    with reading(desk.engine) as conn:
        view = desk.holding.manifest_of(conn, held)
        hidden = desk.holding.hidden_in(conn, held)
        files = _attached(conn, held)
        corrections = showing.corrections(conn, Kept.MANIFEST, number, desk.vault)
        kept_back = secret_alerts(conn, actor, [held], desk.clock())
        numbers = told_numbers(conn, actor, [held], desk.clock())
    return views.arrival(held, kept_back, numbers) | {
        "manifest": views.manifest(view),
        "hidden": views.hidden(hidden),
        "attachments": [views.attachment(one) for one in files],
        "corrections": corrections,
    }


def _as_told(desk: Desk, board: Board, held: HeldManifest) -> View:
    """Return a manifest as this office's node was told of it: no file, nothing that was hidden."""
    with reading(desk.engine) as conn:
        said = board.shown(conn, held.number)
    return views.arrival(held) | {
        "manifest": {"movement": held.movement} | said,
        "hidden": views.hidden(()),
        "attachments": [],
        "corrections": [],
    }


def attachment(
    desk: Desk, actor: Actor, number: int, position: int, *, purpose: str
) -> AttachedFile:
    """Return a file that came with a manifest; positions count from 1.

    Raises:
        RoleError, UnknownRecordError, NotPermittedError, DisposedRecordError: as
            `Enquiry.attachment`.
    """
    key = f"{number}/{position}"
    now, action = desk.clock(), "look.attachment"
    require_role(
        desk.engine, actor, now, *AT_THE_BORDER, action=action, kind="manifest", key=str(number)
    )
    with reading(desk.engine) as conn:
        held = desk.manifest(conn, number)
        found = [one for one in _attached(conn, held) if one.position == position] if held else []
    if held is None or not found:
        held = None
    try:
        require_view(
            desk.engine,
            actor,
            now,
            manifest_looked_at(held) if held else None,
            action=action,
            kind="manifest",
            key=str(number),
            purpose=purpose,
            **({"movement": held.movement, "digest": found[0].digest} if held else {}),
        )
    except UnknownRecordError:
        raise UnknownRecordError(kind="attachment", key=key) from None
    assert held is not None  # noqa: S101 - the gate lets nothing through that is not there
    require_kept(held, "attachment", key)
    content = payloads.fetch_content(desk.engine, found[0].payload_id, desk.vault, desk.new_spool)
    return AttachedFile(name=found[0].name, mime_type=found[0].mime_type, content=content)


def _permitted(desk: Desk, actor: Actor, number: int, *, action: str, purpose: str) -> HeldManifest:
    now, key = desk.clock(), str(number)
    require_role(desk.engine, actor, now, *AT_THE_BORDER, action=action, kind="manifest", key=key)
    with reading(desk.engine) as conn:
        held = desk.manifest(conn, number)
    require_view(
        desk.engine,
        actor,
        now,
        manifest_looked_at(held) if held else None,
        action=action,
        kind="manifest",
        key=key,
        purpose=purpose,
        **({"movement": held.movement} if held else {}),
    )
    assert held is not None  # noqa: S101 - the gate lets nothing through that is not there
    return held


def secret_alerts(
    conn: Connection, actor: Actor, shown: Sequence[HeldManifest], at: datetime
) -> frozenset[tuple[str, str]]:
    """Return issuer and id of what fits these manifests, and this officer may not know of.

    That is what is secret, and not to this officer; and, of whoever is no liaison officer, what may
    only be watched: an officer at the post who knew of it would show it.
    """
    fitting = {
        one.alert
        for held in shown
        if held.decision is not None and held.decision.hits
        for one in hits.of_manifest(conn, held.number)
    }
    if not fitting:
        return frozenset()
    agreements = held_agreements(conn)
    found = [alerts.by_number(conn, number) for number in sorted(fitting)]

    def is_watched(one: HeldAlert) -> bool:
        return one.permitted_action is PermittedAction.COVERT and one.state not in LEADS_NOWHERE

    return frozenset(
        (one.issuer, one.alert_id)
        for one in found
        if (is_watched(one) and Role.LIAISON not in actor.roles)
        or weighed(conn, agreements, actor, alert_looked_at(one), purpose="", at=at).code
        is ViewCode.SECRET
    )


def _attached(conn: Connection, held: HeldManifest) -> list[attachments.KeptAttachment]:
    if held.direction is Direction.SENT:
        return []
    return attachments.of_message(conn, held.partner, held.message_id)
