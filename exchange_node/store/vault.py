"""How what is kept is kept secret: the one Protocol the store needs of the security room."""

from __future__ import annotations

from typing import Protocol


class Vault(Protocol):
    """Encrypts what is written to the database and opens what is read from it."""

    def lock(self, plain: bytes, context: str) -> bytes:
        """Return `plain` encrypted and bound to `context` (what it is and whose)."""
        ...

    def unlock(self, locked: bytes, context: str) -> bytes:
        """Return what `lock` was given.

        Raises:
            AlteredRecordError: the key or the context does not fit, or the bytes were altered.
        """
        ...
