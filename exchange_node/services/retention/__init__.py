"""Records end: disposed of when their agreement says, kept where the law says, proved either way."""

from exchange_node.services.retention.disposing import Disposing
from exchange_node.services.retention.keeping import Keeping

__all__ = ["Disposing", "Keeping"]
