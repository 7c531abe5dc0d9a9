"""Agreement → findings: what a text says that cannot be meant, or that nobody would enforce."""
