"""Clocks of agreements: alerts, manifests in advance, telling in time; what a withdrawal ends."""
