"""What tests of orders share: grants that let them go, and a record on the other side."""

from __future__ import annotations

from typing import Any

from exchange_node.domain.orders.order import Ground, Kind, Which
from exchange_node.domain.retention import Kept
from tests.world import LIAISON, POST, Pair

GRANTS = "".join(
    f"""
[[grants]]
id = "records-{sender}-{recipient}"
from = "customs.{sender}"
to = "customs.{recipient}"
mode = "spontaneous"
category = "manifest"
clause = "sample text, article 12: data that is wrong"
message_codes = ["MA-040", "MA-041", "MA-042"]
purposes = ["TRANSIT_CONTROL"]
handling = "restricted"
allow = ["InterGov/**"]
personal = [
  "InterGov/AdditionalInformation/**",
  "InterGov/ext:RecordOrder/**",
  "InterGov/ext:Breach/**",
]

[grants.retention]
max_days = 365
from = "received"
"""
    for sender, recipient in (("kz", "uz"), ("uz", "kz"))
)


def permitting_orders(text: str) -> str:
    """Return the text of an agreement under which what was handed over may be ordered back."""
    return text + GRANTS


def arrived(pair: Pair) -> tuple[str, int]:
    """Return a movement whose manifest has come to Uzbekistan, and its number there."""
    pair.submit()
    pair.run()
    (found,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    return found["movement"], found["number"]


def deleted(pair: Pair, movement: str, **more: Any) -> str:  # noqa: ANN401 - as `Which` has them
    """Order a movement's manifests deleted; return the order's id."""
    which = Which(kind=Kept.MANIFEST, subject=movement, **more)
    done = pair.kz.ordering.order(
        LIAISON, Kind.DELETION, which, ground=Ground.PERSON, why="request 7 of a driver"
    )
    return str(done["order_id"])


def corrected(pair: Pair, movement: str, values: dict[str, str]) -> str:
    """Order values of a movement's manifests corrected; return the order's id."""
    which = Which(kind=Kept.MANIFEST, subject=movement)
    done = pair.kz.ordering.order(
        LIAISON, Kind.CORRECTION, which, ground=Ground.ERROR, values=values
    )
    return str(done["order_id"])


def records_of(pair: Pair, order_id: str, node: str = "kz") -> list[dict[str, Any]]:
    """Return what became of each record of an order, as a node shows it."""
    shown = getattr(pair, node).ordering.show(LIAISON, order_id)
    return [record for one in shown["orders"] for record in one["records"]]
