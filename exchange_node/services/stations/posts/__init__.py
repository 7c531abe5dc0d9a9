"""What an office expects: found, weighed for it, and put into words; on its way to its own node."""
