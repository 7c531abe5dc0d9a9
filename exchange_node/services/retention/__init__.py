"""Records end when their agreement says, stay where the law says, and either is proved."""

from exchange_node.services.retention.disposing import Disposing, disposing_by
from exchange_node.services.retention.keeping import Keeping
from exchange_node.services.retention.watching import Watch

__all__ = ["Disposing", "Keeping", "Watch", "disposing_by"]
