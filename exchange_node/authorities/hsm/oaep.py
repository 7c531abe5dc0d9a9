"""A block that a module opened with bare RSA → what RSA-OAEP packed into it (RFC 8017, 7.1.2).

For modules that know OAEP with SHA-1 alone, of which SoftHSM 2.6 is one. Every step is taken
whatever the steps before it found, and all that fails fails alike at the end: a sender that could
tell one failure from another could open messages with our key (Manger, CRYPTO 2001).
"""

from __future__ import annotations

import hashlib
import hmac

from exchange_node.security.keys import Oaep


def unpack(block: bytes, oaep: Oaep) -> bytes | None:
    """Return the octets, or None for whatever is not packed so; never why."""
    size = hashlib.new(oaep.digest, usedforsecurity=False).digest_size
    if len(block) < 2 * size + 2:
        return None  # the modulus is too small for this digest: a matter of the key, no secret
    seed_masked, packed_masked = block[1 : 1 + size], block[1 + size :]
    seed = _xor(seed_masked, _mask(packed_masked, size, oaep.mask))
    packed = _xor(packed_masked, _mask(seed, len(packed_masked), oaep.mask))
    label_digest = hashlib.new(oaep.digest, oaep.label, usedforsecurity=False).digest()
    wrong = block[0] | (not hmac.compare_digest(packed[:size], label_digest))
    # After the label's digest come zeros, a one, the octets. No loop ends early.
    has_begun, start = 0, 0
    for place in range(size, len(packed)):
        octet = packed[place]
        is_one, is_zero = int(octet == 1), int(octet == 0)
        begins = is_one & (1 - has_begun)
        start += begins * (place + 1)
        wrong |= (1 - has_begun) & (1 - is_one) & (1 - is_zero)
        has_begun |= begins
    wrong |= 1 - has_begun
    octets = packed[start:]
    return None if wrong else octets


def _mask(seed: bytes, length: int, digest: str) -> bytes:
    """MGF1 (RFC 8017, B.2.1)."""
    made = b""
    counter = 0
    while len(made) < length:
        octets = seed + counter.to_bytes(4)
        made += hashlib.new(digest, octets, usedforsecurity=False).digest()
        counter += 1
    return made[:length]


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))
