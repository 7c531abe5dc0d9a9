"""Signals: receipt, error, pull request → bytes for the line, and a partner's → values."""

from exchange_node.ebms.signals.reading import (
    MOST_SIGNAL_BYTES,
    Arrived,
    authenticated,
    read_answer,
    read_signal,
)
from exchange_node.ebms.signals.receipts import check_receipt
from exchange_node.ebms.signals.writing import error_for, pull_request, receipt_for

__all__ = [
    "MOST_SIGNAL_BYTES",
    "Arrived",
    "authenticated",
    "check_receipt",
    "error_for",
    "pull_request",
    "read_answer",
    "read_signal",
    "receipt_for",
]
