"""A notice → what both ends of a message know of it: what its grant lets out, as it is.

What stays behind, and what leaves masked, only one of them knows: comparing it would tell what the
grant keeps back, or find a difference where there is none.
"""

from __future__ import annotations

from dataclasses import replace

from exchange_node.domain.agreement import Grant
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.movement import MovementNotice
from exchange_node.policy.minimising.sieve import sift
from exchange_node.services.stations.comparing.sighting import SEEN
from exchange_node.wco.document import Document
from exchange_node.wco.movement_codec import decode_notice


def known_of(notice: MovementNotice, document: Document, grant: Grant) -> MovementNotice:
    """Return a notice with what sender and recipient both know of it under a grant.

    Args:
        notice: as it was written, or as it came.
        document: that carries it, sealed or not.
        grant: that it goes under, or came under.
    """
    if notice.event not in SEEN:
        return notice
    try:
        left = decode_notice(sift(document, grant, lambda *_: None).document)
    except InvalidDocumentError:  # too little is left for a notice: nothing of it is compared
        return replace(notice, means=None, equipment=(), packages=None, gross_mass_kg=None)
    return replace(
        notice,
        means=left.means,
        equipment=left.equipment,
        packages=left.packages,
        gross_mass_kg=left.gross_mass_kg,
    )
