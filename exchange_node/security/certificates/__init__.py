"""Certificates: make · request · load · tell apart · check."""

from exchange_node.security.certificates.fitness import (
    ENDS_SOON,
    Purpose,
    check_certificate,
)
from exchange_node.security.certificates.making import Subject, request, self_signed
from exchange_node.security.certificates.reading import (
    der_of,
    fingerprint,
    is_pinned,
    is_valid_at,
    load_certificates,
    name_of,
    read_certificate,
    write_pem,
)

__all__ = [
    "ENDS_SOON",
    "Purpose",
    "Subject",
    "check_certificate",
    "der_of",
    "fingerprint",
    "is_pinned",
    "is_valid_at",
    "load_certificates",
    "name_of",
    "read_certificate",
    "request",
    "self_signed",
    "write_pem",
]
