"""Desks: who is told of what, by which way and at which hour, and who is next."""
