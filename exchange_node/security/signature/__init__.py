"""XML signatures: elements and payloads → references → `ds:Signature`, and back by strict reading.

The document seal and the message signature both stand on this.
"""

from exchange_node.security.signature.reference import (
    Reference,
    Transform,
    canonical,
    ds,
    elements_by_id,
    read_reference,
    reference_to,
    write_reference,
)
from exchange_node.security.signature.xmldsig import (
    MAX_REFERENCES,
    DetachedSignature,
    Verifier,
    add_references,
    build,
    check_digest,
    read,
    sign_in_place,
    verify,
)

__all__ = [
    "MAX_REFERENCES",
    "DetachedSignature",
    "Reference",
    "Transform",
    "Verifier",
    "add_references",
    "build",
    "canonical",
    "check_digest",
    "ds",
    "elements_by_id",
    "read",
    "read_reference",
    "reference_to",
    "sign_in_place",
    "verify",
    "write_reference",
]
