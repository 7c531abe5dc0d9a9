"""A word in any script → its sounds, with a romanisation for scripts that have no table."""

from __future__ import annotations

from anyascii import anyascii

from exchange_node.domain.names import letters


def sounds_of(word: str) -> str:
    """Return the sounds of one folded word; empty where it has no letter that is read."""
    return letters.sounds_of(word, anyascii)
