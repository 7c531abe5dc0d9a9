"""What this node sent, as its recipients hold it."""
