"""When this node is away → its partners; who is away → whoever asks."""

from exchange_node.services.availability.pulsing import Pulsing
from exchange_node.services.availability.walk import Availability, Intended

__all__ = ["Availability", "Intended", "Pulsing"]
