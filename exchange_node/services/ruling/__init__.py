"""Decisions looked at, made again, overruled and counted; the days' keys committed to and shown."""

from exchange_node.services.ruling.committing import Committing
from exchange_node.services.ruling.counting import counted
from exchange_node.services.ruling.rulings import Rulings

__all__ = ["Committing", "Rulings", "counted"]
