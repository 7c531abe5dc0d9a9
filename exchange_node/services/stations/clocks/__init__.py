"""Clocks that agreements set for alerts and for manifests in advance; what a withdrawal ends."""
