"""A folder → a Node: settings, keys, cards and store wired into the walks."""

from exchange_node.node.building.assembly import build
from exchange_node.node.building.node import Node
from exchange_node.node.building.played import Director, Met, play, post_again

__all__ = ["Director", "Met", "Node", "build", "play", "post_again"]
