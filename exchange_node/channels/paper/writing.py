"""Text in any script → text that the shipped fonts can show, and nothing that shows as a box.

What the fonts have no letters for (Chinese, Arabic, …) is written in Latin letters and marked, so
that a reader knows that the manifest itself has it in its own script.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from anyascii import anyascii

MARK = "*"
"""Behind what was written in other letters than the manifest has."""

LONGEST_VALUE = 2_000
"""Characters of one value that are printed (our choice)."""

_WORD = re.compile(r"\S+|\s+")


def written(text: str, has: Container[int]) -> str:
    """Return a text as it can be printed on one line, words out of reach in Latin letters."""
    whole = unicodedata.normalize("NFC", text)
    plain = "".join(" " if _is_silent(char) else char for char in whole[:LONGEST_VALUE])
    if len(whole) > LONGEST_VALUE:
        plain += " …"
    return "".join(_word(part, has) for part in _WORD.findall(" ".join(plain.split())))


def _word(part: str, has: Container[int]) -> str:
    if part.isspace() or all(ord(char) in has for char in part):
        return part
    latin = " ".join(anyascii(part).split())
    return f"{latin or '?'}{MARK}"


def _is_silent(char: str) -> bool:
    """Whether a character shows nothing, or changes how others show (UAX 9)."""
    return unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp", "Zs")
