"""What stays of a document: its fields and nothing beside; some taken out, some written over."""

from __future__ import annotations

from exchange_node.wco.sifting.taking import attributes_of, plain, sifted

__all__ = ["attributes_of", "plain", "sifted"]
