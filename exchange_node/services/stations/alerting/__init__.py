"""Where an alert stands at each recipient, seen from either end; feedback that comes."""
