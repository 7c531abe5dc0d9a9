"""Four eyes: what waits for officers before it leaves, and what they may do with it."""
