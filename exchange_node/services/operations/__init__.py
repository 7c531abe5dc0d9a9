"""What liaison officers do with joint operations: open, list, show, close."""

from exchange_node.services.operations.draft import OperationDraft
from exchange_node.services.operations.walk import Operations

__all__ = ["OperationDraft", "Operations"]
