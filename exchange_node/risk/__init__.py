"""Alerts and manifests → hits → channel: keys for looking up, matching with reasons, the decision.

Nothing here reads a file, a clock or a database: alerts, manifests and moments are handed in.
"""
