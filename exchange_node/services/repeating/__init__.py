"""What did not reach the partner, or was not taken, is sent anew: the same word, a new message."""

from exchange_node.services.repeating.walk import Repeating

__all__ = ["Repeating"]
