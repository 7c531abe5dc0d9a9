"""Commands about movements."""
