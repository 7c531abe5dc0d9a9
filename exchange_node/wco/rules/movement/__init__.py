"""What a manifest says of the movement: means, dates, route, guarantee; goods, sums, equipment.

Layer 3, rules CAREC-R301 to R3xx (the journey) and CAREC-R401 to R4xx (the load). A date that
cannot be right stops a manifest; whatever else does not fit warns, for what was declared is passed
on as it was declared.
"""

from __future__ import annotations

from datetime import date

from exchange_node.domain.finding import Finding
from exchange_node.wco.codelists import CodeLists
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.rules.movement import (
    dates,
    equipment,
    goods,
    journey,
    numbers,
    route,
    shipment,
    totals,
)

__all__ = ["RULES", "check_movement"]

RULES = (
    *journey.RULES, *dates.RULES, *route.RULES, *totals.RULES, *goods.RULES, *equipment.RULES,
    *numbers.RULES,
)  # fmt: skip


def check_movement(
    document: Document, code_lists: CodeLists, on: date, day: date
) -> tuple[Finding, ...]:
    """Return what does not fit together in a document.

    `on` is today, `day` that of the document, whose code lists count.
    """
    findings = [*dates.check_dates(document, on), *numbers.check_numbers(document)]
    if document.kind is Kind.TRANSIT_MANIFEST:
        findings += journey.check_journey(document)
        findings += route.check_route(document)
        findings += totals.check_totals(document)
        findings += goods.check_goods(document, code_lists, on, day)
        findings += equipment.check_equipment(document)
    if document.kind is Kind.GOODS_DECLARATION:
        findings += shipment.check_shipment(document)
        findings += goods.check_items(document, shipment.ITEM, {"HS", "TSP"}, code_lists, on, day)
    return tuple(findings)
