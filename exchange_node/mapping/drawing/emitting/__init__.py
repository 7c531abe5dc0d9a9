"""A line or a group of a plan → one function that carries it out: written, compiled, bound.

What is written holds our own words and numbers alone: whatever a profile says reaches the function
as a value that it is bound to (`source`), never as text of it (docs/adr/0019). Lines of the same
make share what was compiled, whichever profile they stand in.
"""

from exchange_node.mapping.drawing.emitting.groups import grouping
from exchange_node.mapping.drawing.emitting.lines import emitting
from exchange_node.mapping.drawing.emitting.plans import (
    Drawing,
    Emits,
    GroupPlan,
    Groups,
    Items,
    LinePlan,
    Target,
    Way,
)

__all__ = [
    "Drawing", "Emits", "GroupPlan", "Groups", "Items", "LinePlan", "Target", "Way", "emitting",
    "grouping",
]  # fmt: skip
