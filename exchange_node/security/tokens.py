"""API tokens: a random text for the caller, its digest for the database.

A token has 256 random bits, so a plain SHA-256 is enough: there is nothing to guess offline.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

_PREFIX = "cen_"  # lets a leaked token be recognised for what it is
_TOKEN_BYTES = 32


def new_token(random_bytes: Callable[[int], bytes]) -> tuple[str, str]:
    """Return a token's text, to be shown once, and its digest, to be kept."""
    drawn = base64.urlsafe_b64encode(random_bytes(_TOKEN_BYTES)).rstrip(b"=")
    text = _PREFIX + drawn.decode("ascii")
    return text, digest_of(text)


def digest_of(text: str) -> str:
    """Return the digest that a token is looked up by: SHA-256, lower-case hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
