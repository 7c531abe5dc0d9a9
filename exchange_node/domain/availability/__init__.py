"""Whether a partner's node is there: what it announces of itself, and what it answers."""
