"""The floor: what a message contains, done by the libraries alone."""
