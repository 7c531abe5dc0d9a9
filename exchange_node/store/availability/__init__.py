"""When nodes are away, as they have said it."""
