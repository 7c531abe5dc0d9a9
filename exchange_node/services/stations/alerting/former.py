"""What an officer read of an alert of ours ↔ what is held of it when a change is written.

Between the two others change it too: a second officer drafts a correction, sends the one that was
drafted, or withdraws the alert. Whoever comes second is told so, and looks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from exchange_node.domain.errors import InvalidAlertError
from exchange_node.services.stations.holding import Holding
from exchange_node.store.records import alerts
from exchange_node.store.records.held import AlertState, HeldAlert
from exchange_node.wco.rules.alerts import require_unnamed

_LEAVING = {AlertState.APPROVED: AlertState.SENT}
"""A message that leaves meanwhile changes nothing of the versions."""


def require_as_read(conn: Connection, versions: Sequence[HeldAlert]) -> None:
    """Wait until nobody else changes an alert of ours, and pass one that stands as it was read.

    Whoever changes it after this waits until the transaction ends. Messages are locked before it:
    who lets one go locks it before its alert.

    Args:
        versions: all that were held of it when it was read, the newest first; at least one.

    Raises:
        InvalidAlertError: a version was drafted, sent, discarded or withdrawn since.
    """
    first = versions[0]
    held = alerts.versions(conn, first.issuer, first.alert_id, locked=True)
    if _standing(held) != _standing(versions):
        why = f"{first.alert_id} was changed by another a moment ago: look at it, and begin anew"
        raise InvalidAlertError(why=why)


def require_names_no_former(
    conn: Connection, holding: Holding, versions: Iterable[HeldAlert], *words: str
) -> None:
    """Pass words that name nothing which any version of an alert looks for or looked for.

    They go to partners who may not know the names; one that a version left out again is a name
    all the same.

    Raises:
        InvalidAlertError: they do; every reason is named, with the version.
    """
    for one in versions:
        if one.disposed_at is None:
            former = holding.alert_of(conn, one)
            for said in words:
                require_unnamed(said, former)


def _standing(versions: Iterable[HeldAlert]) -> list[tuple[int, AlertState]]:
    return [(one.number, _LEAVING.get(one.state, one.state)) for one in versions]
