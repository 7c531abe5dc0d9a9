"""Accounts between nodes: what went between them, and what does not agree."""
