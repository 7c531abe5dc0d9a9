"""Private keys and who holds them: make · encrypt to PEM · load · sign · decrypt · agree."""

from exchange_node.security.keys.custody import (
    Decrypter,
    Oaep,
    PemDecrypter,
    PemSigner,
    Signer,
    is_signed_by,
    wrap_oaep,
)
from exchange_node.security.keys.files import (
    encrypt_private_key,
    load_private_key,
    passphrase_octets,
)
from exchange_node.security.keys.kinds import (
    OpeningKey,
    PrivateKey,
    PublicKey,
    SigningKey,
    agreement_of,
    algorithm_of,
    kind_of,
    new_ec_key,
    new_ed25519_key,
    new_rsa_key,
    new_x25519_key,
    opens,
    public_key_of,
    public_octets,
)

__all__ = [
    "Decrypter",
    "Oaep",
    "OpeningKey",
    "PemDecrypter",
    "PemSigner",
    "PrivateKey",
    "PublicKey",
    "Signer",
    "SigningKey",
    "agreement_of",
    "algorithm_of",
    "encrypt_private_key",
    "is_signed_by",
    "kind_of",
    "load_private_key",
    "new_ec_key",
    "new_ed25519_key",
    "new_rsa_key",
    "new_x25519_key",
    "opens",
    "passphrase_octets",
    "public_key_of",
    "public_octets",
    "wrap_oaep",
]
