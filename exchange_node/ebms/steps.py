"""The steps of unpacking, for whoever wants to be told of each: a replay does."""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """What `unpack.authenticate` and `payloads.open_payloads` do, in this order."""

    MIME = "mime"
    ENVELOPE = "envelope"
    HEADER = "header"
    P_MODE = "p-mode"
    SIGNATURE = "signature"
    DECRYPTION = "decryption"
    DIGESTS = "digests"
    PAYLOADS = "payloads"


def unnoticed(_step: Step, _said: str) -> None:
    """Tell nobody."""
