"""Decisions as they are kept: draws, rulings, what officers put in their place."""
