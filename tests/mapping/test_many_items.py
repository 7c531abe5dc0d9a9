from __future__ import annotations

import json
import subprocess
import sys

ITEMS = 200_000
ROOM = 999
"""Items that a consignment takes."""

MOST_BYTES = 1_500_000_000
"""Of address space: the process with its libraries takes a third of it, 20 MB of items the rest."""

MOST_SECONDS = 150

MAP = f"""
import json, resource
from datetime import UTC, datetime
resource.setrlimit(resource.RLIMIT_AS, ({MOST_BYTES}, {MOST_BYTES}))
resource.setrlimit(resource.RLIMIT_CPU, ({MOST_SECONDS}, {MOST_SECONDS}))
from exchange_node.config import shipped
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping import Facts, detect, map_declaration, opened
item = "<Item><Goods_description><Description_of_goods>x</Description_of_goods></Goods_description>"
data = ("<ASYCUDA>" + (item + "</Item>") * {ITEMS} + "</ASYCUDA>").encode()
given = opened(data)
mapped = map_declaration(
    given, detect(given, shipped.national_profiles()), Facts(), shipped.library(),
    sender=PartyId("customs.tm"), agency="Customs", at=datetime(2026, 3, 2, 8, tzinfo=UTC),
    reference="R-1",
)
beyond = [one for one in mapped.findings if one.code == "CAREC-M011"]
print(json.dumps({{
    "leaves": mapped.report.counts["mapped"] + mapped.report.counts["passed_over"],
    "items": len(mapped.document.at("Declaration/Consignment/ConsignmentItem/SequenceNumeric")),
    "listed": len(beyond), "first": beyond[0].pointer,
    "further": [dict(one.facts) for one in mapped.findings if one.code == "CAREC-M063"],
}}))
"""


def test_two_hundred_thousand_items_are_told_of_in_few_findings_and_bounded_memory() -> None:
    done = subprocess.run([sys.executable, "-c", MAP], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-2_000:]
    told = json.loads(done.stdout)
    assert told["leaves"] == ITEMS
    assert (told["items"], told["listed"], told["first"]) == (ROOM, 100, f"Item[{ROOM + 1}]")
    assert told["further"] == [{"count": str(ITEMS - ROOM - 100)}]
