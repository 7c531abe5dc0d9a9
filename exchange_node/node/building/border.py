"""What a node does for its border posts and for those who travel: wired in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from cryptography import x509
from sqlalchemy import Engine

from exchange_node.domain.agreement import Administration
from exchange_node.domain.transmission.content import NewSpool
from exchange_node.node.building.node import Node
from exchange_node.node.surroundings import Clock
from exchange_node.security.trust import Trust
from exchange_node.security.vault import NodeVault
from exchange_node.services.enquiry import Enquiry
from exchange_node.services.enquiry.desk import Desk
from exchange_node.services.enquiry.scanning import Scanning
from exchange_node.services.movements.merging import Merging
from exchange_node.services.movements.placing import Placing
from exchange_node.services.posts.expecting import Expecting
from exchange_node.services.posts.printing import Printing
from exchange_node.services.ruling import Rulings
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.posts.board import SEARCH, Board
from exchange_node.services.stations.posts.taking import OfficeStatements


def statements_of(own: Administration, trust: Trust, vault: NodeVault) -> OfficeStatements:
    """Return what takes and keeps what an office's own node is told of manifests."""
    board = Board(vault=vault, key=vault.derived_key(SEARCH))
    return OfficeStatements(own=own, trust=trust, board=board)


def enquiry_of(
    own: Administration,
    holding: Holding,
    board: Board,
    engine: Engine,
    clock: Clock,
    spool: NewSpool,
) -> Enquiry:
    """Return what answers questions; of an office's own node, out of what it was told."""
    return Enquiry(
        own=own,
        holding=holding,
        engine=engine,
        vault=holding.vault,
        clock=clock,
        new_spool=spool,
        board=board if own.party.office else None,
    )


def printing(node: Node) -> Printing:
    """Return what makes accompanying documents."""
    return Printing(
        own=node.settings.administration,
        holding=node.enquiry.holding,
        seal_key=node.keyring.seal_at,
        engine=node.engine,
        clock=node.clock,
    )


def expecting(node: Node) -> Expecting:
    """Return what states to border posts what is expected, and whom to trust."""
    return Expecting(
        own=node.settings.administration,
        holding=node.enquiry.holding,
        seal_key=node.keyring.seal_at,
        trusted=lambda: _seals(node),
        engine=node.engine,
        clock=node.clock,
    )


def scanning(node: Node) -> Scanning:
    """Return what takes the codes of papers."""
    return Scanning(
        own=node.settings.administration,
        desk=Desk(
            holding=node.enquiry.holding,
            engine=node.engine,
            vault=node.enquiry.vault,
            clock=node.clock,
            new_spool=node.new_spool,
            board=node.enquiry.board,
        ),
        trusted=lambda: _seals(node),
    )


def ruling(node: Node) -> Rulings:
    """Return what answers about decisions, and lets officers overrule them."""
    return Rulings(judging=node.enquiry.holding.judging, engine=node.engine, clock=node.clock)


def merging(node: Node) -> Merging:
    """Return what takes in what border posts recorded."""
    return Merging(
        telling=node.movements.telling,
        vault=node.enquiry.vault,
        patience=timedelta(hours=node.settings.post_hours),
        seal_key=node.keyring.seal_at,
        engine=node.engine,
        clock=node.clock,
    )


def placing(node: Node) -> Placing:
    """Return what lets officers settle records whose movement is not known."""
    return Placing(merging=merging(node))


def _seals(node: Node) -> Mapping[str, Sequence[x509.Certificate]]:
    """Return by party id the seal certificates of every administration that is known here."""
    own = {str(node.settings.administration.party): [one.certificate for one in node.keyring.seals]}
    return {str(card.party): card.partner.seal for card in node.cards} | own
