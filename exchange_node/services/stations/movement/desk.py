"""Telling the desk that answers for movements what the node did, or nobody did in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement.clauses.operation import ContactRole
from exchange_node.domain.movement import awaited
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.movement.following import Following
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store.movements.views import KeptMovement


def desk_of(own: str, agreements: tuple[HeldAgreement, ...]) -> dict[str, str]:
    """Return the desk that an agreement names for our operations, as a fact of a notice."""
    return next(
        (
            {"desk": one.name}
            for held in agreements
            for one in held.agreement.contact_points
            if one.role is ContactRole.OPERATIONS and one.party == own
        ),
        {},
    )


def left_untold(untold: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return whom nobody could tell, and by which refusal, as a fact of a notice."""
    named = ", ".join(f"{one['partner']} ({one['denial']})" for one in untold)
    return {"untold": named} if named else {}


def tell_desk(
    conn: Connection,
    following: Following,
    kept: KeptMovement,
    code: str,
    now: datetime,
    about: str = "",
    **facts: str,
) -> None:
    """Tell the desk of a movement, and who is waited for; of one thing once a day.

    What may happen to it twice on one day is told apart by `about`.
    """
    parts = awaited(kept.state, following.view_of(kept))
    parties = [one for one in kept.route.parties if kept.route.part_of(one) in parts]
    key = f"{kept.number}.{now:%Y%m%d}"
    leave_notice(
        conn, code, f"{key}.{about}" if about else key, now,
        movement=kept.movement, state=kept.state.value, waits_for=", ".join(parties), **facts,
        **desk_of(str(following.own.party), held_agreements(conn)),
    )  # fmt: skip
