"""Algorithms, keys, trust, XML signature, encryption and the document seal, all without I/O.

Everything comes in as an argument: octets, keys, certificates, the moment, random bytes.
"""
