"""The shipped examples of CSV, JSON and EDIFACT → the same with as many items as wanted.

Each item after the first has a number, a name and marks of its own; totals follow the items.
"""

from __future__ import annotations

import copy
import csv
import io
import json
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "config" / "national" / "examples"
FIRST_KG, FIRST_PACKAGES = 9600, 600
OTHER_KG, OTHER_PACKAGES = 3650.5, 160
OF_ONE = 999
"""Items of one consignment: the registry's bound (class 29A, 1..999)."""


def table(items: int) -> bytes:
    """Return the generic CSV: a line for each item."""
    text = (EXAMPLES / "generic-csv" / "road-with-container.csv").read_text(encoding="utf-8")
    head, first, other, *_ = csv.reader(io.StringIO(text), delimiter=";")
    for at, name in enumerate(head):
        if name in {"gross_mass", "consignments.gross_mass"}:
            first[at] = str(_mass(items))
        elif name == "packages":
            first[at] = str(FIRST_PACKAGES + 100 * (items - 1))
    rows = [head, first]
    number, words = head.index("items.number"), head.index("items.description")
    for item in range(2, items + 1):
        row = list(other)
        row[number], row[words] = str(item), f"{other[words]} {item}"
        rows.append(row)
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\n").writerows(rows)
    return written.getvalue().encode()


def objects(items: int) -> bytes:
    """Return the generic JSON; what one consignment has no room for goes into further ones."""
    text = (EXAMPLES / "generic-json" / "road-with-container.json").read_text(encoding="utf-8")
    told = json.loads(text)
    [consignment] = told["consignments"]
    first, other = consignment["items"]
    del other["documents"]
    every = [first]
    for number in range(2, items + 1):
        one = copy.deepcopy(other) | {"description": f"{other['description']} {number}"}
        every.append(one)
    told["consignments"] = []
    for begin in range(0, items, OF_ONE):
        of_it = every[begin : begin + OF_ONE]
        for number, one in enumerate(of_it, start=1):
            one["number"] = number
        mass = sum(float(one["gross_mass"]) for one in of_it)
        number = len(told["consignments"]) + 1
        told["consignments"].append(
            copy.deepcopy(consignment) | {"number": number, "items": of_it, "gross_mass": mass}
        )
    told["gross_mass"] = _mass(items)
    told["packages"] = FIRST_PACKAGES + OTHER_PACKAGES * (items - 1)
    return json.dumps(told, ensure_ascii=False).encode()


def segments(items: int) -> bytes:
    """Return the CUSDEC: six segments for each item."""
    text = (EXAMPLES / "edifact-cusdec" / "road.edi").read_text(encoding="utf-8")
    before, _, rest = text.partition("CST+2+")
    pattern, _, _ = rest.partition("UNS+S")
    parts = [before]
    for number in range(2, items + 1):
        named = pattern.replace("WALNUTS IN SHELL", f"WALNUTS IN SHELL {number}")
        parts.append(f"CST+{number}+{named}")
    packages = FIRST_PACKAGES + OTHER_PACKAGES * (items - 1)
    count = 35 + 6 * (items - 2)
    parts.append(
        f"UNS+S'CNT+5:{items}'CNT+7:{_mass(items)}'CNT+11:{packages}'"
        f"UNT+{count}+1'UNZ+1+2603020004'"
    )
    return "".join(parts).encode()


def _mass(items: int) -> float:
    return FIRST_KG + OTHER_KG * (items - 1)


def cusdec_facts() -> str:
    """Return the facts that go with the CUSDEC."""
    return (EXAMPLES / "edifact-cusdec" / "road.facts.toml").read_text(encoding="utf-8")
