"""Until when what was told of an alert is kept: the columns that feedback and words share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exchange_node.store.records.held import Direction

if TYPE_CHECKING:
    from exchange_node.domain.retention import Until
    from exchange_node.store.records.held import HeldAlert


def kept(
    alert: HeldAlert, teller: str, direction: Direction, until: Until | None
) -> dict[str, Any]:
    """Return whose words they are, on which alert, and how long they stay.

    `teller` is who told them; `until` is None where disposal is to find it out.
    """
    return {
        "partner": teller if direction is Direction.RECEIVED else alert.partner,
        "subject": f"{alert.issuer}/{alert.alert_id}",
        "agreement_id": until.agreement_id if until else "",
        "agreement_version": until.agreement_version if until else 0,
        "grant_id": until.grant if until else "",
        "delete_after": until.delete_after if until else None,
        "disposed_at": None,
    }
