"""A folder → a Node: settings, keys, cards and store wired into the walks."""

from exchange_node.node.building.assembly import build
from exchange_node.node.building.node import Node

__all__ = ["Node", "build"]
