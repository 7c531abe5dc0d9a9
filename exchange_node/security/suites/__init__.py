"""Security suites: the interface, the content cipher they share, one file an edition."""

from exchange_node.security.suites.content import ContentDecryption, ContentEncryption, ContentKey
from exchange_node.security.suites.rsa import EDELIVERY_1_15, Rsa
from exchange_node.security.suites.suite import AgreedKey, EncryptedKey, Suite, TransportedKey

__all__ = [
    "EDELIVERY_1_15",
    "AgreedKey",
    "ContentDecryption",
    "ContentEncryption",
    "ContentKey",
    "EncryptedKey",
    "Rsa",
    "Suite",
    "TransportedKey",
]
