"""docs/names.md: how well names are compared, measured on the list in tests/risk/names."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path

from exchange_node.risk.names.keys import fits, name_keys
from tools.doc_text import table

LIST = Path(__file__).resolve().parent.parent / "tests" / "risk" / "names" / "names.tsv"

SCRIPTS = {
    "Latn": "Latin",
    "Cyrl": "Cyrillic",
    "Arab": "Arabic",
    "Geor": "Georgian",
    "Mong": "Mongolian",
    "Hans": "Chinese",
    "Hant": "Chinese",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """One line of the list."""

    script: str
    name: str
    who: str

    @property
    def kind(self) -> str:
        """Whether it is a person's or a firm's."""
        return self.who.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was found, by what it was sought and found in; and what was found falsely."""

    sought: Counter[tuple[str, str]]
    found: Counter[tuple[str, str]]
    others: int
    false: int

    @property
    def recall(self) -> float:
        """Pairs of one person or firm that were found, of all there are."""
        return self.found.total() / self.sought.total()

    @property
    def false_share(self) -> float:
        """Pairs of two persons or firms that were taken for one, of all there are."""
        return self.false / self.others


def spellings() -> tuple[Spelling, ...]:
    """Return the list."""
    with LIST.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(
            Spelling(script=SCRIPTS[one["script"]], name=one["name"], who=one["who"])
            for one in rows
        )


@lru_cache(maxsize=1)
def measured() -> Figures:
    """Compare every two spellings of one kind of the list, as an alert and a manifest would be."""
    sought: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    others = false = 0
    every = spellings()
    keys = {one.name: name_keys(one.name) for one in every}
    for one, other in combinations(every, 2):
        if one.kind != other.kind:
            continue
        # Nothing fits without a key in common; asking here saves reading most pairs at all.
        is_found = bool(keys[one.name] & keys[other.name]) and fits(one.name, other.name) > 0
        if one.who == other.who:
            first, second = sorted((one.script, other.script))
            sought[first, second] += 1
            found[first, second] += is_found
        else:
            others += 1
            false += is_found
    return Figures(sought=sought, found=found, others=others, false=false)


def figures() -> str:
    """Return the table of docs/names.md."""
    made = measured()
    rows = [
        (f"{first} and {second}", str(count), f"{made.found[first, second] / count:.3f}")
        for (first, second), count in sorted(made.sought.items())
    ]
    rows.append(("**all**", str(made.sought.total()), f"**{made.recall:.3f}**"))
    rows.append(
        ("two persons or two firms taken for one", str(made.others), f"{made.false_share:.4f}")
    )
    return table(("scripts", "pairs", "share found"), rows)
