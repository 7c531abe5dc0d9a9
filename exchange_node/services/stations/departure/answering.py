"""An acknowledgement → the exchange of the alert that it answers, where one may still be sent."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import InvalidAlertError, UnknownRecordError
from exchange_node.domain.message import Exchange
from exchange_node.services.stations.vocabulary import exchange_in
from exchange_node.store import inbox
from exchange_node.store.database import reading
from exchange_node.store.records import alerts
from exchange_node.store.records.held import AlertState, Direction
from exchange_node.wco.alert_codec import decode_acknowledgement
from exchange_node.wco.document import Document


def answering(engine: Engine, actor: Actor, issuer: str) -> Callable[[Document], Exchange]:
    """Return what tells, as `answered_by` does, under what came what goes back to an issuer.

    Whether an alert is held and what became of it is for liaison officers alone to learn: to
    anybody else it raises RoleError.
    """

    def answered(document: Document) -> Exchange:
        actor.require(Role.LIAISON)
        with reading(engine) as conn:
            return answered_by(conn, document, issuer)

    return answered


def answered_by(conn: Connection, document: Document, issuer: str) -> Exchange:
    """Return under what an alert came, that a document acknowledges to its issuer.

    Raises:
        InvalidDocumentError: the document is no acknowledgement that can be read.
        InvalidAlertError: the issuer sent no such alert, or it is acknowledged or out of force.
    """
    alert_id = decode_acknowledgement(document).alert_id
    try:
        held = alerts.by_id(conn, alert_id, issuer=issuer, direction=Direction.RECEIVED)
    except UnknownRecordError:
        raise InvalidAlertError(why=f"{issuer} sent no alert {alert_id[:80]}") from None
    if held.state is not AlertState.RECEIVED:
        raise InvalidAlertError(
            why=f"{alert_id} is {held.state.value}: no acknowledgement of it is sent"
        )
    return exchange_in(inbox.get(conn, held.partner, held.message_id))
