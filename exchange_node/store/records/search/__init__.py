"""What records are searched with."""
