"""Inbox → record: what came is opened, validated, gated, filed and answered."""

from exchange_node.services.filing.filing import Filing

__all__ = ["Filing"]
