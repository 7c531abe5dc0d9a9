"""What became of a message of ours, as every register shows it."""

from __future__ import annotations

from typing import Any

from exchange_node.store.releasing.letters import Letter


def shown(letter: Letter | None) -> dict[str, Any] | None:
    """Return which message it is and how it fared; None where nothing was sent."""
    if letter is None:
        return None
    return {
        "message_id": letter.message_id,
        "code": letter.code,
        "fate": letter.fate.value,
        "why": letter.why,
    }
