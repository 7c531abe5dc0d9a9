"""Security suites: the interface, the content cipher they share, one file a kind of keys."""

from exchange_node.security.suites.content import ContentDecryption, ContentEncryption, ContentKey
from exchange_node.security.suites.elliptic import EDELIVERY_2_0, EDELIVERY_2_0_ECC, Elliptic
from exchange_node.security.suites.registry import SUITES, suite_for
from exchange_node.security.suites.rsa import EDELIVERY_1_15, SIGN_ONLY, Rsa
from exchange_node.security.suites.suite import (
    AgreedKey,
    EncryptedKey,
    Suite,
    Token,
    TransportedKey,
)

__all__ = [
    "EDELIVERY_1_15",
    "EDELIVERY_2_0",
    "EDELIVERY_2_0_ECC",
    "SIGN_ONLY",
    "SUITES",
    "AgreedKey",
    "ContentDecryption",
    "ContentEncryption",
    "ContentKey",
    "Elliptic",
    "EncryptedKey",
    "Rsa",
    "Suite",
    "Token",
    "TransportedKey",
    "suite_for",
]
