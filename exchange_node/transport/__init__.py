"""Bytes to a partner and back: HTTPS with mutual TLS, and the in-memory line for tests.

What leaves this room is an `Answer` or one of two errors of ours; no type of the HTTP library does.
"""
