"""AS4 without I/O: message ⇄ signed, encrypted MIME bytes; receipts and errors; P-Modes.

OASIS ebMS 3.0 Core and AS4 Profile 1.0 as eDelivery AS4 1.15 narrows them: One-Way/Push, payloads
as MIME parts only, an empty Body, signed non-repudiation receipts. Bytes and moments go in, values
come out; everything fails closed and only the `ProtocolError` family leaves.
"""
