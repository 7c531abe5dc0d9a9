"""The only reader of settings, schemas, code lists, agreements, profiles, keys and environment.

A node's folder → `Settings`, `Keyring`, partner cards; what is shipped → schemas, lists, profiles.
Everything is read once, at the start, and handed on as values.
"""
