"""A text in any script → its spelling in Latin, and the language it was in."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from anyascii import anyascii

_SCRIPTS = {
    "CYRILLIC": "Cyrl", "GEORGIAN": "Geor", "ARMENIAN": "Armn", "CJK": "Hani", "ARABIC": "Arab",
    "MONGOLIAN": "Mong", "GREEK": "Grek", "HANGUL": "Hang", "HIRAGANA": "Jpan",
    "KATAKANA": "Jpan", "HEBREW": "Hebr", "THAI": "Thai", "DEVANAGARI": "Deva",
}  # fmt: skip
_LAST_LATIN = "\u024f"
"""The end of Latin Extended-B: up to here every letter is Latin."""


class _Spelling(dict[int, int | str]):
    """Letter → how it is spelt in Latin; each is looked up in the tables once."""

    def __missing__(self, code: int) -> int | str:
        char = chr(code)
        spelt: int | str = code
        if char > _LAST_LATIN and _needs_spelling(char):
            spelt = anyascii(char)
        self[code] = spelt
        return spelt


_SPELLING = _Spelling()


def latin(text: str) -> str:
    """Return a text with every letter that is not Latin spelt in Latin; nothing else changes."""
    if text.isascii() or max(text) <= _LAST_LATIN:
        return text
    return text.translate(_SPELLING).strip()


def _needs_spelling(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM" and "LATIN" not in unicodedata.name(char, "")


def language_of(text: str, languages: Mapping[str, str]) -> str:
    """Return the BCP 47 tag of a text: its script, and the language where the profile says it."""
    for char in text:
        if char > _LAST_LATIN and (script := _script(char)):
            return f"{languages.get(script, 'und')}-{script}"
    return "und"


@lru_cache(maxsize=4_096)
def _script(char: str) -> str:
    """Return the script of a letter that is not Latin (ISO 15924); empty for what is none."""
    if not _needs_spelling(char):
        return ""
    return _SCRIPTS.get(unicodedata.name(char, "").partition(" ")[0], "Zyyy")
