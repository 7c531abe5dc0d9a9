"""What became of alerts: what desks said of them, and what came of them."""
