"""Content of a payload ⇄ AES-GCM: chunk by chunk, so that a payload may be larger than memory.

W3C XML Encryption 1.1, section 5.2.4: a 96-bit vector, then the text, then the tag. What a
decryption gives out is not to be believed before `finish` has returned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM

from exchange_node.domain.errors import DecryptionError, SecurityPolicyError
from exchange_node.security import algorithms as alg

_IV_BYTES = 12
_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class ContentKey:
    """A symmetric key for the payloads of one message.

    Invariant: a key that could not be opened is not `is_sound` and decrypts nothing.
    """

    octets: bytes = field(repr=False)
    is_sound: bool = field(default=True, repr=False)


class ContentEncryption:
    """One payload on its way into the cipher."""

    def __init__(self, key: ContentKey, random_bytes: Callable[[int], bytes]) -> None:
        self._vector = random_bytes(_IV_BYTES)
        self._cipher = Cipher(AES(key.octets), GCM(self._vector)).encryptor()

    def update(self, chunk: bytes) -> bytes:
        """Return the next bytes of what is sent."""
        vector, self._vector = self._vector, b""
        return vector + self._cipher.update(chunk)

    def finish(self) -> bytes:
        """Return the last bytes of what is sent, the tag among them."""
        vector, self._vector = self._vector, b""
        return vector + self._cipher.finalize() + self._cipher.tag


class ContentDecryption:
    """One payload on its way out of the cipher; held back until the tag is known to be the tag."""

    def __init__(self, key: ContentKey) -> None:
        self._key = key
        self._held = b""
        self._cipher = Cipher(AES(key.octets), GCM(bytes(_IV_BYTES))).decryptor()
        self._is_begun = False

    def update(self, chunk: bytes) -> bytes:
        """Return the next plain bytes; they are not to be believed yet."""
        self._held += chunk
        if not self._is_begun:
            if len(self._held) < _IV_BYTES + _TAG_BYTES:
                return b""
            vector = self._held[:_IV_BYTES]
            self._cipher = Cipher(AES(self._key.octets), GCM(vector)).decryptor()
            self._held = self._held[_IV_BYTES:]
            self._is_begun = True
        text, self._held = self._held[:-_TAG_BYTES], self._held[-_TAG_BYTES:]
        return self._cipher.update(text)

    def finish(self) -> None:
        """Return when everything that was given out is what the sender encrypted.

        Raises:
            DecryptionError: key, vector, text or tag do not fit, without saying which.
        """
        if not self._is_begun:
            raise DecryptionError
        try:
            self._cipher.finalize_with_tag(self._held)
        except InvalidTag:
            raise DecryptionError from None
        if not self._key.is_sound:
            raise DecryptionError


@dataclass(frozen=True, slots=True, kw_only=True)
class WithAes128:
    """The part that every suite has in common: payloads go by AES-128-GCM."""

    name: str
    content_cipher: str = alg.AES128_GCM
    content_key_bytes: int = 16

    def new_content_key(self, random_bytes: Callable[[int], bytes]) -> ContentKey:
        """Return a fresh AES-128 key."""
        return ContentKey(random_bytes(self.content_key_bytes))

    def encrypting(
        self, key: ContentKey, random_bytes: Callable[[int], bytes]
    ) -> ContentEncryption:
        """Begin with AES-128-GCM; see `Suite.encrypting`."""
        return ContentEncryption(key, random_bytes)

    def decrypting(self, key: ContentKey, algorithm: str) -> ContentDecryption:
        """Begin with AES-128-GCM; see `Suite.decrypting`."""
        if algorithm != self.content_cipher:
            raise SecurityPolicyError(
                why=f"content cipher {algorithm[:120]!r} is outside suite {self.name}"
            )
        return ContentDecryption(key)
