"""Certificates: make · request · load · tell apart · check."""

from exchange_node.security.certificates.fitness import (
    ENDS_SOON,
    Purpose,
    check_certificate,
)
from exchange_node.security.certificates.making import (
    Issuer,
    Subject,
    authority,
    issued,
    request,
    self_signed,
)
from exchange_node.security.certificates.names import is_named
from exchange_node.security.certificates.paths import read_path, split_path, write_path
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
from exchange_node.security.certificates.succession import (
    Succession,
    check_succession,
    successions,
)

__all__ = [
    "ENDS_SOON",
    "Issuer",
    "Purpose",
    "Subject",
    "Succession",
    "authority",
    "check_certificate",
    "check_succession",
    "der_of",
    "fingerprint",
    "is_named",
    "is_pinned",
    "is_valid_at",
    "issued",
    "load_certificates",
    "name_of",
    "read_certificate",
    "read_path",
    "request",
    "self_signed",
    "split_path",
    "successions",
    "write_path",
    "write_pem",
]
