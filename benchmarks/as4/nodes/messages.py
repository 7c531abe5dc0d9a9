"""Finished document → the message that carries it to the node's one partner."""

from __future__ import annotations

from exchange_node.domain.message import Exchange
from exchange_node.ebms.message import UserMessage
from exchange_node.ebms.pack import pack
from exchange_node.ebms.pmodes.derivation import outgoing
from exchange_node.node import Node
from exchange_node.services.stations.agreements import exchange_under, held_agreements
from exchange_node.services.stations.departure.walking import MANIFEST
from exchange_node.services.stations.vocabulary import header_of
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store.database import reading

PURPOSE = "TRANSIT_CONTROL"


class Messages:
    """Makes messages as `Packing.prepare` does, of documents that are sealed already."""

    def __init__(self, node: Node) -> None:
        self._packing, self._clock = node.dispatch.packing, node.clock
        self._exchange = exchange_of(node)
        self._mode = self._packing.modes[self._exchange.recipient]
        self._pmode = outgoing(self._exchange, self._mode)

    def header(self, message_id: str, document: bytes) -> UserMessage:
        """Return the message before it is packed."""
        return header_of(
            self._exchange,
            self._pmode,
            message_id=message_id,
            at=self._clock(),
            conversation_id="benchmark",
            document=document,
        )

    def finished(self, message_id: str, document: bytes) -> Prepared:
        """Return the message ready to be queued."""
        message = self.header(message_id, document)
        packed = pack(
            message,
            keys=self._packing.keys,
            partner=self._packing.partners[self._exchange.recipient],
            random_bytes=self._packing.random_bytes,
            new_spool=self._packing.new_spool,
            compresses=self._mode.compresses,
        )
        return Prepared(
            message_id=message_id,
            exchange=self._exchange,
            pmode=self._pmode,
            conversation_id=message.conversation_id,
            ref_to_message_id="",
            sealed=document,
            packed=packed,
            at=message.timestamp,
        )


def exchange_of(node: Node) -> Exchange:
    """Return the exchange under which this node sends manifests to its one partner."""
    own = str(node.settings.administration.party)
    with reading(node.engine) as conn:
        agreements = [held.agreement for held in held_agreements(conn)]
    agreement, grant = next(
        (agreement, grant)
        for agreement in agreements
        for grant in agreement.grants
        if MANIFEST in grant.message_codes and grant.sender == own
    )
    return exchange_under(
        agreement,
        grant,
        own=node.settings.administration,
        recipient=grant.recipient,
        code=MANIFEST,
        purpose=PURPOSE,
    )
