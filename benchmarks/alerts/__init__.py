"""Manifests against many live alerts, and a new alert against many held manifests."""
