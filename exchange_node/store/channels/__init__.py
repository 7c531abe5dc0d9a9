"""Message partition channels: what waits for a partner to pull, and what this node pulls itself."""
