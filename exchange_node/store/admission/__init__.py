"""Who and what is let in: agreements that an operator switched on, tokens that were given out."""
