"""`python -m benchmarks.mapping [FORMAT …]`: measure, print the table, write results/map.json."""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from lxml import etree

from benchmarks.mapping.samples import (
    FORMATS,
    ONE_CONSIGNMENT,
    TABLES,
    country_of,
    declaration,
    facts_of,
)
from benchmarks.mapping.tables import OF_ONE
from benchmarks.measuring import Case, Effort, Row, measure
from exchange_node.config.shipped import library as shipped_library
from exchange_node.config.shipped import national_profiles
from exchange_node.domain.finding import has_errors
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping import Mapped, detect, map_declaration, opened, read_facts
from exchange_node.mapping.report import Report
from exchange_node.services.stations.loss import kept_report
from exchange_node.wco.document import read
from exchange_node.wco.rules import validate

RESULTS = Path(__file__).resolve().parents[1] / "results"
STYLESHEET = Path(__file__).parent / "samples" / "asycuda-sad.xsl"
STYLED = "asycuda-sad"
SIZES = (1, 100, 10_000)
FEW = 1_000
"""Items from which on a case is measured in fewer rounds: one call takes seconds."""

THOROUGH = Effort(rounds=15, slice_seconds=0.05)
LARGE = Effort(rounds=3, slice_seconds=0.001)
QUICK = Effort(rounds=2, slice_seconds=0.001)
HEAD = (
    "format",
    "items",
    "document",
    "step",
    "documents/s",
    "CPU ms",
    "× floor",
    "spread",
    "× libxslt",
)
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mapping", description=__doc__)
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=f"of {', '.join(FORMATS)}")
    parser.add_argument("--quick", action="store_true", help="two short rounds, no large sizes")
    parser.add_argument("--sizes", type=int, nargs="*", default=None, metavar="ITEMS")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    unknown = sorted(set(asked.formats) - set(FORMATS))
    if unknown:
        parser.error(f"no sample is of {', '.join(unknown)}; there is {', '.join(FORMATS)}")
    asked.results.mkdir(parents=True, exist_ok=True)
    sizes = asked.sizes or (SIZES[:2] if asked.quick else SIZES)
    rows: list[Row] = []
    for items in sizes:
        effort = QUICK if asked.quick else LARGE if items >= FEW else THOROUGH
        for name in asked.formats or FORMATS:
            # What one consignment has no room for is a finding and in no document: that would
            # measure something else.
            most = OF_ONE if name in ONE_CONSIGNMENT else items
            listed = list(cases(name, min(items, most)))
            measured = measure(listed, effort)
            rows += [{"format": name, **row} for row in _beside_libxslt(measured)]
    (asked.results / "map.json").write_text(f"{json.dumps(rows, indent=2)}\n", encoding="utf-8")
    _say(rows)


def cases(name: str, items: int) -> Iterator[Case]:
    """Yield the steps of one format and size; each is a multiple of the declaration's floor."""
    library, profiles = shipped_library(), national_profiles()
    data = declaration(name, items)
    facts = read_facts(facts_of(name)) if facts_of(name) else read_facts("{}")

    def mapping() -> Mapped:
        given = opened(data)
        return map_declaration(
            given,
            detect(given, profiles),
            facts,
            library,
            sender=PartyId.of_country(country_of(name)),
            agency="Customs",
            at=AT,
            reference="benchmark",
        )

    mapped = mapping()
    document = mapped.document.to_bytes()
    if mapped.document.value("Declaration/GoodsItemQuantity") != str(items):
        raise SystemExit(f"{name}: the document has not {items} items")
    said = [*mapped.findings, *validate(mapped.document, library, AT.date())]
    if has_errors(said):
        faults = [one for one in said if one.is_error]
        raise SystemExit("\n".join(f"{name} {one.pointer}: {one.text}" for one in faults[:20]))

    def written() -> bytes:
        return mapping().document.to_bytes()

    def everything() -> object:
        one = mapping()
        validate(one.document, library, AT.date())
        return one.document.to_bytes(), kept_report({}, one.report)

    steps: dict[str, Callable[[], object]] = {
        "parse": partial(opened, data),
        "map": written,
        "validate": lambda: validate(read(document), library, AT.date()),
        "report": lambda: kept_report({}, Report(mapped.report.make)),
        "map and validate": lambda: validate(mapping().document, library, AT.date()),
        "map, validate and report": everything,
    }
    if name == STYLED:
        steps["libxslt"] = _styled(data, mapped)
    # What is no XML has no floor of its own: its document's stands in.
    floor = document if name in TABLES else data
    for step, work in steps.items():
        yield Case(name=step, items=items, document=floor, work=work)


def _beside_libxslt(rows: list[Row]) -> list[Row]:
    """Add to each row how many times the stylesheet's CPU it needs, where one was measured."""
    styled = next((float(row["cpu_ms"]) for row in rows if row["name"] == "libxslt"), None)
    if styled is None:
        return rows
    return [row | {"ratio_to_libxslt": round(float(row["cpu_ms"]) / styled, 2)} for row in rows]


def _styled(data: bytes, mapped: Mapped) -> Callable[[], bytes]:
    """Return the work of the stylesheet, once it was seen to write the very same values."""
    style = etree.XSLT(etree.parse(STYLESHEET))

    def transform() -> bytes:
        return etree.tostring(style(etree.fromstring(data)), encoding="UTF-8")

    if list(read(transform()).leaves()) != list(mapped.document.leaves()):
        raise SystemExit("the stylesheet does not write what the profile writes")
    return transform


def _say(rows: list[Row]) -> None:
    print(f"| {' | '.join(HEAD)} |")
    print(f"|---|---:|---:|---|{'---:|' * 5}")
    for row in rows:
        cells = (
            f"{row['format']}",
            f"{row['items']:,}",
            f"{float(row['document_bytes']) / 1000:,.0f} kB",
            f"{row['name']}",
            f"{row['per_s']:,.{1 if float(row['per_s']) < 10 else 0}f}",
            f"{row['cpu_ms']:.2f}",
            f"{row['ratio_to_floor']:.1f}",
            f"{row['ratio_low_quartile']:.1f}–{row['ratio_high_quartile']:.1f}",
            f"{row.get('ratio_to_libxslt', '')}",
        )
        print(f"| {' | '.join(cells)} |")
    print(f"\n{platform.python_implementation()} {platform.python_version()}, {platform.machine()}")


if __name__ == "__main__":
    main()
