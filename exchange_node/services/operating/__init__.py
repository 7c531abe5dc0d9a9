"""The operator's hand: messages kept back or let go, partners tried, captures read again."""

from exchange_node.services.operating.messages import Operating
from exchange_node.services.operating.probing import Probing
from exchange_node.services.operating.replaying import Replaying

__all__ = ["Operating", "Probing", "Replaying"]
