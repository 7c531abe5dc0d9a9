"""P-Modes: what two parties agreed on, and which agreed exchange a header belongs to."""
