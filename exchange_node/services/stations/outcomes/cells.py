"""What one decision says of a document's quality, as cells to be counted; no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from exchange_node.domain.finding import Finding
from exchange_node.mapping import findings as of_mapping
from exchange_node.mapping.report import Supplied
from exchange_node.services.stations.outcomes.known import MISSING, Known
from exchange_node.store.records.quality import Cell, What

Cells = Mapping[Cell, int]
"""Each cell with the number of its places; a document counts once in each."""


def of_submission(
    findings: Iterable[Finding], supplied: Supplied, known: Known, *, refused: bool, first: bool
) -> Cells:
    """Return the cells of a declaration that was handed in, refused here or sent on."""
    cells = _decided(What.ALL, What.FIRST if first else None)
    if refused:
        cells += _decided(What.REFUSED, What.FIRST_REFUSED if first else None)
    cells += of_findings(findings, known)
    for what, paths in (
        (What.DEFAULTED, supplied.defaulted),
        (What.FILLED, supplied.filled),
        (What.CUT, supplied.cut),
    ):
        for path, places in paths.items():
            cells += _at(what, path, places=places)
    return cells


def of_answer(findings: Iterable[Finding], known: Known, *, accepted: bool, first: bool) -> Cells:
    """Return the cells of what the partner answered: its findings, and that it is decided."""
    told = tuple(findings)
    if accepted:
        outcome, first_outcome = What.REMARKED if told else What.ACCEPTED, What.FIRST_ACCEPTED
    else:
        outcome, first_outcome = What.REJECTED, What.FIRST_REJECTED
    cells: Counter[Cell] = Counter()
    for one in told:
        stops = one.is_error and not accepted
        what = What.REJECTED if stops else What.NOTED
        cells += _at(what, known.field(one), known.rule(one))
    # Rejected is a document once, whatever the number of fields.
    cells.pop(Cell(What.REJECTED), None)
    return cells + _decided(outcome, first_outcome if first else None)


def of_received(findings: Iterable[Finding], known: Known, *, accepted: bool) -> Cells:
    """Return the cells of a message that came and was filed, or refused."""
    told = tuple(findings)
    outcome = What.REFUSED if not accepted else What.REMARKED if told else What.ACCEPTED
    return _decided(What.ALL, outcome) + of_findings(told, known)


def of_findings(findings: Iterable[Finding], known: Known) -> Counter[Cell]:
    """Return the cells of our own findings; what was cut is told by the report of mapping."""
    cells: Counter[Cell] = Counter()
    for one in findings:
        if one.code == of_mapping.CUT.code:
            continue
        field, rule = known.field(one), known.rule(one)
        wrong = What.WRONG if one.is_error else What.WARNED
        cells += _at(What.MISSING if one.code in MISSING else wrong, field, rule)
        if one.is_error:
            cells[Cell(What.REFUSED, field)] += 1
    return cells


def _at(what: What, field: str, rule: str = "", *, places: int = 1) -> Counter[Cell]:
    """Return a finding's cells: in the document, at its field, and there by its rule."""
    cells = {Cell(what): places, Cell(what, field): places}
    return Counter(cells | {Cell(what, field, rule): places} if rule else cells)


def _decided(*what: What | None) -> Counter[Cell]:
    return Counter({Cell(one): 1 for one in what if one is not None})
