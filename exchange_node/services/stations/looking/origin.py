"""Record → the grant that it came under, and how far that lets a machine decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exchange_node.domain.agreement import AutomatedDecision, Grant
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.risk.decision import stricter
from exchange_node.services.stations.agreements import grant_under
from exchange_node.store.records.held import Direction, HeldAlert, HeldManifest


def came_under(
    agreements: Iterable[HeldAgreement], held: HeldManifest | HeldAlert
) -> tuple[HeldAgreement, Grant] | None:
    """Return the version and grant that a received record came under; None where none is held."""
    if held.direction is Direction.SENT:
        return None
    named = (
        (held.exchange.agreement_id, held.exchange.agreement_version, held.exchange.grant)
        if isinstance(held, HeldManifest)
        else (held.agreement_id, held.agreement_version, held.grant)
    )
    return grant_under(agreements, *named)


def automated_in(
    agreements: Sequence[HeldAgreement], alert: HeldAlert, manifest: HeldManifest
) -> AutomatedDecision:
    """Return how far an alert may decide on a manifest by itself: as the stricter grant has it.

    What this administration made itself leaves it free. While the agreement or the grant of an
    alert is suspended, the alert is there to be read, and raises nothing.
    """
    return stricter(*(_says(agreements, one) for one in (alert, manifest)))


def _says(agreements: Sequence[HeldAgreement], held: HeldManifest | HeldAlert) -> AutomatedDecision:
    if held.direction is Direction.SENT:
        return AutomatedDecision.ALLOW
    came = came_under(agreements, held)
    if came is None:  # what the default of an agreement is
        return AutomatedDecision.WITH_HUMAN
    version, grant = came
    is_free = version.is_free and grant.grant_id not in version.suspended_grants
    is_read_only = isinstance(held, HeldAlert) and not is_free
    return AutomatedDecision.FORBID if is_read_only else grant.automated_decision
