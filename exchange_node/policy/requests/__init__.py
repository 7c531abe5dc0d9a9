"""Paper of mutual assistance + the agreement it comes under → what stands against it."""
