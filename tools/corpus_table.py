"""Real documents → what becomes of each: tests/conformance/corpus.tsv, one line a file.

    python tools/corpus_table.py FOLDER           write the table
    python tools/corpus_table.py FOLDER --check   name the files that fare worse; exit 1 if any does

A file is mapped by the profile that recognises it, read as a document of the WCO where none does,
or answered by one of our errors. The test demands at least the coverage and at most the errors of
a line; a file that fares better is no fault. Facts are brought to none of them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from exchange_node.config import shipped  # noqa: E402
from exchange_node.domain.errors import (  # noqa: E402
    NodeError,
    UncoveredMessageError,
    UnknownFormatError,
)
from exchange_node.domain.identifiers import PartyId  # noqa: E402
from exchange_node.mapping.declaration import detect, map_declaration, opened  # noqa: E402
from exchange_node.mapping.facts import Facts  # noqa: E402
from exchange_node.wco.document import read  # noqa: E402
from exchange_node.wco.rules import validate  # noqa: E402

TABLE = ROOT / "tests" / "conformance" / "corpus.tsv"
COLUMNS = ("file", "profile", "outcome", "coverage", "errors")
SENDERS = {
    "asycuda_sad": "AL", "china_manifest": "CN", "china_sw_dec": "CN", "eaeu_customs_ru": "RU",
    "ncts_ctc": "XI",
}  # fmt: skip
"""Folder → a country whose administration could have submitted what lies there."""
OTHER_SENDER = "KZ"
NO_DOCUMENTS = ("INDEX.tsv", "README.md")
GOOD = ("mapped", "document")
"""Outcomes that leave something to send; any other is an answer that something is wrong."""
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ON = date(2026, 3, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one file.

    Attributes:
        outcome: mapped, document, the message that nobody covers, or the code of an error.
        coverage: share of its values that are mapped or left out on purpose, in percent.
        errors: rule → how many errors of mapping, or of checking a document, it has.
    """

    file: str
    profile: str = ""
    outcome: str = ""
    coverage: float = 0.0
    errors: Counter[str]

    @property
    def row(self) -> str:
        """Return its line of the table."""
        errors = " ".join(f"{code}:{count}" for code, count in sorted(self.errors.items()))
        coverage = f"{self.coverage:.1f}" if self.outcome == "mapped" else ""
        return f"{self.file}\t{self.profile}\t{self.outcome}\t{coverage}\t{errors}"

    def is_worse_than(self, other: Fate) -> bool:
        """Whether it fares worse than it did."""
        if self.outcome != other.outcome:
            return other.outcome in GOOD or self.outcome not in GOOD
        return (
            self.profile != other.profile
            or self.coverage < other.coverage - 0.05
            or any(count > other.errors[code] for code, count in self.errors.items())
        )


def files(corpus: Path) -> list[Path]:
    """Return the documents of a corpus."""
    return sorted(
        path for path in corpus.rglob("*") if path.is_file() and path.name not in NO_DOCUMENTS
    )


def fate_of(path: Path, corpus: Path) -> Fate:
    """Map one file, or read it as a document of the WCO; only our own errors may stop it."""
    name = path.relative_to(corpus).as_posix()
    data = path.read_bytes()
    library, profiles = shipped.library(), shipped.national_profiles()
    try:
        declaration = opened(data)
        profile = detect(declaration, profiles)
        mapped = map_declaration(
            declaration, profile, Facts(), library,
            sender=PartyId.of_country(SENDERS.get(path.parent.name, OTHER_SENDER)),
            agency="Customs", at=AT, reference="R-1",
        )  # fmt: skip
    except UncoveredMessageError as err:
        return Fate(file=name, outcome=f"uncovered {err.facts['what']}", errors=Counter())
    except UnknownFormatError as err:
        return _document(name, data, err)
    except NodeError as err:
        return Fate(file=name, outcome=err.code, errors=Counter())
    validate(mapped.document, library, ON)
    mapped.report.as_dict()
    return Fate(
        file=name,
        profile=profile.name,
        outcome="mapped",
        coverage=mapped.report.coverage * 100,
        errors=Counter(one.code for one in mapped.findings if one.is_error),
    )


def _document(name: str, data: bytes, unknown: NodeError) -> Fate:
    try:
        document = read(data)
    except NodeError:
        return Fate(file=name, outcome=unknown.code, errors=Counter())
    said = validate(document, shipped.library(), ON)
    return Fate(
        file=name,
        profile=document.kind.value,
        outcome="document",
        errors=Counter(one.code for one in said if one.is_error),
    )


def expected() -> Iterator[Fate]:
    """Yield the lines of the table."""
    for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        yield fate_in(line)


def fate_in(line: str) -> Fate:
    """Read one line of the table."""
    name, profile, outcome, coverage, errors = line.split("\t")
    counted = (one.rpartition(":") for one in errors.split())
    return Fate(
        file=name,
        profile=profile,
        outcome=outcome,
        coverage=float(coverage or 0),
        errors=Counter({code: int(count) for code, _, count in counted}),
    )


def main(arguments: list[str]) -> int:
    """Write the table, or with `--check` name what fares worse than it says."""
    if not arguments or arguments[1:] not in ([], ["--check"]):
        print(__doc__)
        return 2
    corpus = Path(arguments[0])
    found = [fate_of(path, corpus) for path in files(corpus)]
    if not arguments[1:]:
        rows = ["\t".join(COLUMNS), *(one.row for one in found)]
        TABLE.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return 0
    before = {one.file: one for one in expected()}
    worse = [one for one in found if one.file in before and one.is_worse_than(before[one.file])]
    for one in worse:
        print(f"{before[one.file].row}\n  now: {one.row}")
    return int(bool(worse))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
