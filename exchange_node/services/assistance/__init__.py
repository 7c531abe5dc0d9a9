"""Mutual assistance between administrations: what is asked of each other, and what comes of it."""
