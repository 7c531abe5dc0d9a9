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

from exchange_node.domain.errors import DecryptionError

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
