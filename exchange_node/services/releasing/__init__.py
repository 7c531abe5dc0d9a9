"""Waiting room → officers look, approve or refuse → outbox."""

from exchange_node.services.releasing.deciding import Releasing

__all__ = ["Releasing"]
