"""What a border post takes along: `Printing` makes the paper, `Expecting` states what comes."""

from exchange_node.services.posts.expecting import Expecting
from exchange_node.services.posts.printing import Printing

__all__ = ["Expecting", "Printing"]
