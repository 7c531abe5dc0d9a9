"""Texts as TOML writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def quoted(text: str) -> str:
    """Return a text in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _CONTROL.sub(lambda one: f"\\u{ord(one[0]):04x}", escaped) + '"'


def listed(texts: Iterable[str]) -> str:
    """Return a list of texts."""
    return "[" + ", ".join(map(quoted, texts)) + "]"


def comment(text: str) -> str:
    """Return a text as a comment in one line."""
    return "# " + _CONTROL.sub(" ", text)
