"""`python -m benchmarks.policy`: measure, print the table, write results/policy.json.

The document is that of the SAD sample with 100 items, as mapping and checking hand it on; the grant
has 200 paths. The floor is one copy of its tree (`copy.deepcopy`), taken in the same round.
"""

from __future__ import annotations

import argparse
import copy
import json
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from benchmarks.documents import enlarged, sample_declaration
from exchange_node.config.shipped import library as shipped_library
from exchange_node.config.shipped import national_profiles, sample_agreement
from exchange_node.domain.agreement import (
    Agreement,
    CoarserForm,
    Grant,
    Mask,
    MaskMethod,
)
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping import detect, map_declaration, opened, read_facts
from exchange_node.policy.gates import HeldAgreement, permit_sending
from exchange_node.policy.minimising import minimise
from exchange_node.policy.text.reading import read_agreement
from exchange_node.wco.document import Document, read
from exchange_node.wco.rules import validate

RESULTS = Path(__file__).resolve().parents[1] / "results"
ITEMS, PATHS = 100, 200
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ITEM = "Declaration/Consignment/ConsignmentItem"
KEY = bytes(range(32))
THOROUGH, QUICK = (40, 20), (2, 1)
"""Rounds, and calls in each."""

MASKS = (
    Mask(path=f"{ITEM}/Commodity/Classification/ID", method=MaskMethod.TRUNCATE, keep=6),
    Mask(
        path=f"{ITEM}/GoodsMeasure/GrossMassMeasure",
        method=MaskMethod.GENERALISE,
        to=CoarserForm.TWO_DIGITS,
    ),
    Mask(path="Declaration/Consignment/DepartureTransportMeans/ID", method=MaskMethod.HASH),
)


def main() -> None:
    """Measure every case beside the copy."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.policy", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two short rounds: does it run?")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    asked.results.mkdir(parents=True, exist_ok=True)
    document = _document()
    rounds, calls = QUICK if asked.quick else THOROUGH
    rows = [
        {"name": name, "items": ITEMS, "paths": PATHS, "rounds": rounds, **taken}
        for name, taken in _measured(document, rounds, calls)
    ]
    (asked.results / "policy.json").write_text(f"{json.dumps(rows, indent=2)}\n", encoding="utf-8")
    print("| step | CPU ms | × copy | spread |\n|---|---:|---:|---:|")
    for row in rows:
        spread = f"{row['ratio_low_quartile']:.2f}–{row['ratio_high_quartile']:.2f}"
        print(f"| {row['name']} | {row['cpu_ms']:.2f} | {row['ratio_to_floor']:.2f} | {spread} |")
    print(f"\n{platform.python_implementation()} {platform.python_version()}, {platform.machine()}")


def _document() -> Document:
    """Return the document as it stands after mapping and checking."""
    library, profiles = shipped_library(), national_profiles()
    declaration = opened(enlarged(sample_declaration(), ITEMS))
    mapped = map_declaration(
        declaration,
        detect(declaration, profiles),
        read_facts("{}"),
        library,
        sender=PartyId.of_country("KZ"),
        agency="Customs",
        at=AT,
        reference="benchmark",
    )
    validate(mapped.document, library, AT.date())
    mapped.document.value("Declaration/ID")
    return mapped.document


def _agreement(document: Document) -> tuple[Agreement, Grant]:
    """Return the sample, its grant for manifests with as many paths as are asked for.

    Those that the document has stay first, so that as much is asked as with all of them.
    """
    agreement = read_agreement(sample_agreement(), "the sample")
    grant = agreement.grants[0]
    paths = document.by_path()
    allow = sorted(grant.allow, key=lambda one: one not in paths)[:PATHS]
    grant = replace(grant, allow=tuple(allow), masks=())
    return replace(agreement, grants=(grant, *agreement.grants[1:])), grant


def _measured(
    document: Document, rounds: int, calls: int
) -> Iterator[tuple[str, dict[str, float]]]:
    agreement, grant = _agreement(document)
    masking = replace(grant, masks=MASKS)
    held = (HeldAgreement(agreement=agreement, stage=Stage.AGREED),)
    gate = partial(
        permit_sending,
        held,
        sender=grant.sender,
        recipient=grant.recipient,
        code="TM-010",
        purpose=grant.purposes[0],
        test=agreement.test,
        on=date(2026, 3, 2),
    )
    data = document.to_bytes()
    cases: dict[str, Callable[[], object]] = {
        "gate": gate,
        "minimise": lambda: minimise(document, grant, KEY),
        "gate and minimise": lambda: (gate(), minimise(document, grant, KEY)),
        "gate and minimise, three masks": lambda: (gate(), minimise(document, masking, KEY)),
        "read and minimise": lambda: minimise(read(data), grant, KEY),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, work in cases.items():
            floor = _slice(lambda: copy.deepcopy(document.tree), calls)
            taken[name].append((_slice(work, calls), floor))
    for name, pairs in taken.items():
        ratios = [work / floor for work, floor in pairs]
        low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
        yield (
            name,
            {
                "cpu_ms": round(statistics.median(work for work, _ in pairs) * 1000, 4),
                "floor_cpu_ms": round(statistics.median(floor for _, floor in pairs) * 1000, 4),
                "ratio_to_floor": round(middle, 2),
                "ratio_low_quartile": round(low, 2),
                "ratio_high_quartile": round(high, 2),
            },
        )


def _slice(work: Callable[[], object], calls: int) -> float:
    """Return the seconds of processor time of one call."""
    started = time.process_time()
    for _ in range(calls):
        work()
    return (time.process_time() - started) / calls


if __name__ == "__main__":
    main()
