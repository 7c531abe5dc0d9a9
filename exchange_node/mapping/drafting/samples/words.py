"""Names of elements, columns and keys → the ideas they are made of.

A name is parted at capitals, underscores, dots and digits; a run of letters that is no known word
is parted into known words where it is made of them (`grosswt`). What is called the same in any of
the languages of the table is one idea.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.mapping.profile.table import Table

_PART = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"(?<=[^\W\d_A-ZА-ЯЁ])(?=[A-ZА-ЯЁ])|(?<=[A-ZА-ЯЁ])(?=[A-ZА-ЯЁ][^\W\d_A-ZА-ЯЁ])")
_QUALIFIER = re.compile(r"\[(?:[^\[\]/]+/)?([0-9]+)=([^\[\]]+)\]")
_COMPOSITE = re.compile(r"[CS][0-9]{3}\Z")
_LEAST = 3
"""Letters of a word that a longer run is parted into, at the least."""
_LONGEST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The table of words.

    Attributes:
        ideas: word → the idea it stands for.
        silent: words that tell nothing.
        units: word → unit of Recommendation 20.
        directory: numbers and qualifiers of EDIFACT → what they say in words.
        names: WCO path → what the element is usually called.
    """

    ideas: Mapping[str, str]
    silent: frozenset[str]
    units: Mapping[str, str]
    directory: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def of(self, step: str) -> tuple[str, ...]:
        """Return the ideas in one step of a path, each once, in their order."""
        known = self._known.get(step)
        if known is None:
            known = self._known[step] = tuple(dict.fromkeys(self._ideas(self._said(step))))
        return known

    def _said(self, step: str) -> str:
        """Return a step as words: what the directory says of a number and its qualifier."""
        name = step.partition("[")[0]
        words = [self._qualified(*one) for one in _QUALIFIER.findall(step)]
        own = "" if _COMPOSITE.match(name) else self.directory.get(name, name)
        return " ".join([own, *words])

    def _qualified(self, number: str, values: str) -> str:
        """Return what qualifiers say; one that the directory does not know stands for itself."""
        every = values.split("|")
        known = (self.directory.get(f"{number}.{one}", "") for one in every)
        return " ".join(filter(None, known)) or every[0]

    def _ideas(self, text: str) -> list[str]:
        ideas: list[str] = []
        for part in _PART.findall(_HUMP.sub(" ", text)):
            word = part.lower()
            if word.isdigit():
                continue
            parted = self._parted(word)
            ideas += [self.ideas.get(one, one) for one in parted if one not in self.silent]
        return ideas

    def _parted(self, word: str) -> list[str]:
        """Return a run of letters as known words, or as it is where it is not made of them."""
        if word in self.ideas or word in self.silent or len(word) > _LONGEST:
            return [word]
        if word.endswith("s") and word[:-1] in self.ideas:
            return [word[:-1]]
        ways: list[list[str] | None] = [[]] + [None] * len(word)
        for end in range(_LEAST, len(word) + 1):
            for start in range(end - _LEAST + 1):
                before = ways[start]
                if before is None or word[start:end] not in self.ideas:
                    continue
                best = ways[end]
                if best is None or len(before) + 1 < len(best):
                    ways[end] = [*before, word[start:end]]
        return ways[-1] or [word]


def read_words(toml: str) -> Words:
    """Read the table of words.

    Raises:
        InvalidSettingError: it is no TOML, or has other tables than its own.
    """
    try:
        raw = tomllib.loads(toml)
    except ValueError as err:
        raise InvalidSettingError(where="words.toml", why=str(err)) from None
    table = Table(raw, "words", "")
    table.only(("concepts", "silent", "units", "edifact", "names"))
    concepts, names = table.table("concepts"), table.table("names")
    ideas: dict[str, str] = {}
    for idea in concepts.values:
        for word in (idea, *concepts.texts(idea)):
            ideas.setdefault(word.lower(), idea)
    return Words(
        ideas=ideas,
        silent=frozenset(table.table("silent").texts("words")),
        units=table.table("units").mapping("codes"),
        directory=table.mapping("edifact"),
        names={path: names.texts(path) for path in names.values},
    )
