"""Alerts in force and no more: the clocks that agreements set, and what a withdrawal ends."""
