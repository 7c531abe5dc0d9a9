"""Messages that people write: what became of each is told to the register that it belongs to."""
