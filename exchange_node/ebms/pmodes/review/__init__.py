"""P-Modes before anybody relies on them: what is wrong with them, and each value by name."""
