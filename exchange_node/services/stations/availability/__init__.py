"""Outages: told (`telling`), taken in (`taking`), asked for (`seeing`)."""
