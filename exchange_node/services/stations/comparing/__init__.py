"""What offices saw, kept so that it can be compared and names nobody."""
