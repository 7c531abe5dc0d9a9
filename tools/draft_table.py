"""How good a draft is: each shipped profile left out, drafted from its own examples, and compared.

    python tools/draft_table.py           print the table
    python tools/draft_table.py --write   write it into docs/mapping.md

What a profile fills of which value is told by the traces of its examples, mapped without facts.
The draft knows neither that profile nor one that extends it or that it extends. A pair of source
path and WCO element is right when the profile has the same pair.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from exchange_node.config import shipped  # noqa: E402
from exchange_node.config.examples import profiles_with_examples  # noqa: E402
from exchange_node.domain.errors import UnknownFormatError  # noqa: E402
from exchange_node.domain.identifiers import PartyId  # noqa: E402
from exchange_node.mapping.declaration import map_declaration  # noqa: E402
from exchange_node.mapping.drafting import PLACED, Sources, draft  # noqa: E402
from exchange_node.mapping.drawn import Origin  # noqa: E402
from exchange_node.mapping.facts import Facts  # noqa: E402
from exchange_node.mapping.golden.case import AT  # noqa: E402
from exchange_node.mapping.profile import Profile, read_profiles  # noqa: E402
from exchange_node.mapping.profile.recognition import Kind  # noqa: E402
from exchange_node.wco.notation import Kind as Written  # noqa: E402
from tools.doc_text import table as doc_table  # noqa: E402
from tools.make_docs import between  # noqa: E402

PAGE = ROOT / "docs" / "mapping.md"
_POSITION = re.compile(r"\[[0-9]+\]")
HEADINGS = ("profile", "paths in its examples", "pairs it fills", "pairs drafted", "right",
            "precision", "recall")  # fmt: skip
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of one profile."""

    name: str
    paths: int
    right: int
    drafted: int
    real: int

    @property
    def precision(self) -> float:
        """Share of what the draft fills that is right."""
        return self.right / self.drafted if self.drafted else 1.0

    @property
    def recall(self) -> float:
        """Share of what the profile fills that the draft fills."""
        return self.right / self.real if self.real else 1.0


def relatives(name: str) -> frozenset[str]:
    """Return a profile with those that extend it or that it extends."""
    folder = shipped.shipped("config", "national")
    base = {}
    for path in folder.glob("*.toml"):
        found = re.search(r'^extends = "([^"]+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
        base[path.stem] = found[1] if found else path.stem
    return frozenset(one for one in base if base[one] == base[name] or one == base[name])


def pairs(data: bytes, profile: Profile, roots: tuple[str, ...]) -> set[Pair]:
    """Return which source path fills which element; what stands around a root is no part of it."""
    mapped = map_declaration(
        data, profile, Facts(), shipped.library(), sender=PartyId.of_country("KZ"),
        agency="Customs", at=AT, reference="draft",
    )  # fmt: skip
    found: set[Pair] = set()
    kind = profile.detection.kind
    for one in mapped.report.trace:
        if one.origin in (Origin.DEFAULT, Origin.CONSTANT, Origin.GIVEN):
            continue
        for row in one.sources:
            source = row.source
            if kind is Kind.CSV:  # levels may be called otherwise
                source = source.rpartition("/")[2]
            for root in roots:
                source = source.rpartition(f"{root}/")[2]
            if kind is not Kind.EDIFACT:  # where positions tell qualifiers apart
                source = _POSITION.sub("", source)
            found.add((source, _POSITION.sub("", one.pointer)))
    return {
        one for one in found if not re.search(r"ext:(FullText|OriginalText|CodeOriginal)", one[1])
    }


def measure(name: str) -> Measured | None:
    """Draft one profile from its examples; None for one that writes another document."""
    profiles = shipped.national_profiles()
    profile = profiles.by_name[name]
    if profile.document is not Written.TRANSIT_MANIFEST:
        return None
    files = profiles_with_examples(Path("/nonexistent"))[name]
    samples = [path.read_bytes() for path in files]
    made = draft(
        "draft", samples,
        Sources(
            profiles=profiles, library=shipped.library(), words=shipped.words(),
            without=relatives(name),
        ),
    )  # fmt: skip
    drafted = read_profiles({"draft": made.toml}).by_name["draft"]
    real: set[Pair] = set()
    ours: set[Pair] = set()
    for sample in samples:
        real |= pairs(sample, profile, profile.detection.roots)
        try:
            ours |= pairs(sample, drafted, profile.detection.roots)
        except UnknownFormatError:  # pragma: no cover - a draft that does not know its own sample
            continue
    return Measured(
        name=name, paths=made.placed + made.proposed + made.unplaced,
        right=len(real & ours), drafted=len(ours), real=len(real),
    )  # fmt: skip


def every() -> list[Measured]:
    """Measure all profiles that write a transit manifest."""
    names = shipped.national_profiles().names
    return [found for name in names if (found := measure(name)) is not None]


def table(found: list[Measured]) -> str:
    """Return the table of the page."""
    whole = Measured(
        name="together",
        paths=sum(one.paths for one in found),
        right=sum(one.right for one in found),
        drafted=sum(one.drafted for one in found),
        real=sum(one.real for one in found),
    )
    return doc_table(HEADINGS, (_row(one) for one in (*found, whole)))


def _row(one: Measured) -> tuple[str, ...]:
    numbers = (one.paths, one.real, one.drafted, one.right)
    name = one.name if one.name == "together" else f"`{one.name}`"
    return (name, *map(str, numbers), f"{one.precision:.0%}", f"{one.recall:.0%}")


def main(arguments: list[str]) -> int:
    """Print the table, or write it."""
    if arguments not in ([], ["--write"]):
        print(__doc__)
        return 2
    found = every()
    if arguments != ["--write"]:
        print(f"at a confidence of {PLACED:.0%} and more:\n")
        print(table(found))
        return 0
    page = between(PAGE.read_text(encoding="utf-8"), "drafts", f"\n{table(found)}\n")
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
