"""The keys of this node and their certificates: find · open."""

from exchange_node.config.keyring.opening import (
    STORAGE_KEY,
    KeyModules,
    Keyring,
    open_decrypter,
    open_keyring,
    open_signer,
)
from exchange_node.config.keyring.pairs import (
    Pair,
    certificates_to_show,
    open_key,
    own_certificates,
    own_pairs,
)

__all__ = [
    "STORAGE_KEY",
    "KeyModules",
    "Keyring",
    "Pair",
    "certificates_to_show",
    "open_decrypter",
    "open_key",
    "open_keyring",
    "open_signer",
    "own_certificates",
    "own_pairs",
]
