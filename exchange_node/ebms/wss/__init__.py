"""WS-Security of a message: tokens · signature · encryption (OASIS WSS 1.1.1 and its profiles)."""
