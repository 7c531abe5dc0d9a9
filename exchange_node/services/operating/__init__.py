"""The operator's hand: messages kept back or let go, partners tried, captures read again."""

from exchange_node.services.operating.messages import Operating

__all__ = ["Operating"]
