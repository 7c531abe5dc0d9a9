"""A text → whether it gives away a name or a number that it is to leave out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from exchange_node.domain.identifiers import folded

FEWEST_SIGNS = 2
"""Letters or digits of a criterion (our choice): one alone fits half of everything."""

_TELLING = 4
"""Letters or digits from which a number or a word of a name gives somebody away (our choice)."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Words:
    """A text made ready for asking what it gives away; `of` makes it.

    Attributes:
        signs: its letters and digits, as numbers are compared.
        words: its words, without case.
    """

    signs: str
    words: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Words:
        """Read a text."""
        return cls(folded(text), _words(text))

    def give_away(self, hidden: str) -> bool:
        """Whether the text holds what is hidden: whole, or all the words of it that tell.

        A number is compared as matching compares it; of a name the order of words does not matter,
        and short ones (legal forms) do not count.
        """
        number = folded(hidden)
        least = FEWEST_SIGNS if any(_is_ideograph(one) for one in number) else _TELLING
        if len(number) >= least and number in self.signs:
            return True
        telling = {one for one in _words(hidden) if len(one) >= _TELLING}
        return bool(telling) and telling <= self.words


def signs_of(text: str, *, is_name: bool) -> int:
    """Return how many letters and digits a text has; of goods one Chinese sign is a word."""
    signs = folded(text)
    return len(signs) + (0 if is_name else sum(_is_ideograph(one) for one in signs))


def _is_ideograph(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith("CJK UNIFIED")


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
