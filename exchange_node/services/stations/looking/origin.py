"""Record → the grant that it came under → what may be read of it, what a machine may decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from exchange_node.domain.agreement import AutomatedDecision, Grant
from exchange_node.domain.alert import PermittedAction
from exchange_node.domain.retention import Kept
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.minimising import Readable, readable
from exchange_node.risk.decision import stricter
from exchange_node.services.stations.agreements import grant_under, held_agreements
from exchange_node.store import payloads
from exchange_node.store.orders import orders, standing
from exchange_node.store.payloads import Vault
from exchange_node.store.records.held import Direction, HeldAlert, HeldManifest
from exchange_node.wco.customisation.versions import Versions
from exchange_node.wco.document import Document, read
from exchange_node.wco.orders import corrected

Agreements = Sequence[HeldAgreement] | None
"""Those that are held, where the caller has read them."""


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


def readable_of(
    conn: Connection,
    held: HeldManifest | HeldAlert,
    vault: Vault,
    versions: Versions,
    agreements: Agreements = None,
) -> Readable:
    """Return what may be read of a record's document: kept as it came, corrected, and sifted."""
    document = corrected_of(conn, held, vault, versions)
    return sifted_of(conn, held, document, agreements)


def corrected_of(
    conn: Connection, held: HeldManifest | HeldAlert, vault: Vault, versions: Versions
) -> Document:
    """Return a record's document as it came, with the values that were corrected since.

    Corrections name places of this document, as its supplier sealed it: where something is hidden,
    what is read has fewer occurrences, and they are counted otherwise.
    """
    kept = read(payloads.fetch(conn, held.document_id, vault))
    document = versions.ours(kept)[0]
    kind = Kept.MANIFEST if isinstance(held, HeldManifest) else Kept.ALERT
    for _, item in standing.corrections(conn, kind, held.number):
        document = corrected(document, orders.corrections_in(conn, item, vault))
    return document


def sifted_of(
    conn: Connection,
    held: HeldManifest | HeldAlert,
    document: Document,
    agreements: Agreements = None,
) -> Readable:
    """Return what may be read of a record whose document this is."""
    came = came_under(held_agreements(conn) if agreements is None else agreements, held)
    return readable(document, came[1]) if came else Readable(document=document)


def automated_in(
    agreements: Sequence[HeldAgreement], alert: HeldAlert, manifest: HeldManifest
) -> AutomatedDecision:
    """Return how far an alert may decide on a manifest by itself: as the stricter grant has it.

    What this administration made itself leaves it free. While the agreement or the grant of an
    alert is suspended, the alert is there to be read, and raises nothing. Nor does one, whoever
    issued it, that permits nothing but to watch: a channel would show what is watched for.
    """
    if alert.permitted_action is PermittedAction.COVERT:
        return AutomatedDecision.FORBID
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
