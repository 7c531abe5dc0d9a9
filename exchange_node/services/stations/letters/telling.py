"""What became of a message → told to the register that wrote it, in the same transaction.

The one seam: officers who keep a message back, the clock that lets it lapse, the way there and the
partner's answer all come through here. The register looks the message's fate up and brings itself
to it, so that telling it twice is telling it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection

from exchange_node.domain.assistance.papers import INFORMATION, MESSAGES, REQUEST
from exchange_node.domain.onward.asking import ONWARD_CODES
from exchange_node.domain.orders.breach import BREACHED
from exchange_node.domain.orders.order import CERTIFIED, ORDERED
from exchange_node.services.stations.letters import matters, records
from exchange_node.store.releasing import letters
from exchange_node.store.releasing.letters import Letter

Owner = Callable[[Connection, Letter, datetime], None]
"""Brings a register to what became of one of its messages."""

OWNERS: Mapping[str, Owner] = MappingProxyType(
    {
        "RA-020": records.word,
        "RA-021": records.result,
        **dict.fromkeys((REQUEST, *MESSAGES.values(), INFORMATION), matters.follow),
        **dict.fromkeys(sorted(ONWARD_CODES), records.further_use),
        BREACHED: records.misuse,
        ORDERED: records.order,
        CERTIFIED: records.order,
    }
)
"""Whose a message is, by its code. What is not here shows its state where it was submitted."""


def tell_owner(conn: Connection, message_id: str, at: datetime) -> None:
    """Tell the register of a message of ours what has become of it."""
    letter = letters.find(conn, message_id)
    if letter is not None and letter.code in OWNERS:
        OWNERS[letter.code](conn, letter, at)
