"""HTTP: the AS4 endpoint for partners (mutual TLS) and the API for our own people.

Two listeners that share nothing but the node: partners never reach the API.
"""
