"""EDIFACT: bytes → segments with their lines → the tree of a message, in its segment groups."""

from exchange_node.mapping.sources.edifact.interchange import Edifact, read_edifact

__all__ = ["Edifact", "read_edifact"]
