"""How texts of a format begin → `[detect]`, or a comment where that tells too little.

A sign that foreign files bear too would have them mapped as this format, in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from exchange_node.mapping.drafting.toml import comment, quoted


def begins_with(pattern: str, texts: Iterable[str]) -> list[str]:
    """Return the table with a sign; as a comment where a sample does not bear it."""
    if not all(re.match(pattern, one) for one in texts):
        return by_name_only(pattern)
    return ["[detect]", f"starts = {quoted(pattern)}"]


def by_name_only(pattern: str) -> list[str]:
    """Return the table as a comment that is to be completed."""
    return [
        "# Nothing that all files of this format begin with, and no others, is known: until it is",
        "# written here as a regular expression, the profile is used by name only (--format).",
        "# [detect]",
        comment(f"starts = {quoted(pattern)}"),
    ]
