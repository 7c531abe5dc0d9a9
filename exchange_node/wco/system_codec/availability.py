"""Outages ↔ InterGov with ext:Availability (SY-070, SY-071): `decode(encode(x)) == x`.

Moments are told to the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from exchange_node.domain.availability.outage import SCHEDULE, Function, Meanwhile, Outage
from exchange_node.wco.alert_codec.intergov import TOP, Block, Reader, head_of, one_of
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import iso_of
from exchange_node.wco.registry import Registry

_COMPLETE = "InterGov/ext:Availability/ext:CompleteIndicator"
_OUTAGE = "InterGov/ext:Availability/ext:Outage"

FUNCTION_CODES = {
    "RCV": Function.RECEIVE,
    "TRN": Function.TRANSIT,
    "RSK": Function.RISK,
    "AST": Function.ASSISTANCE,
    "REL": Function.RELEASE,
}
"""What a code of the list `node_functions` stands for."""

MEANWHILE_CODES = {"QUE": Meanwhile.QUEUE, "FAI": Meanwhile.FAIL}
"""What a code of the list `outage_meanwhile` stands for."""

STATUS_CODES = {"ANN": False, "WDR": True}
"""Whether a code of the list `outage_statuses` withdraws."""

_INDICATORS = {"0": False, "1": True}
_FUNCTION = {function: code for code, function in FUNCTION_CODES.items()}
_MEANWHILE = {meanwhile: code for code, meanwhile in MEANWHILE_CODES.items()}
_STATUS = {is_withdrawn: code for code, is_withdrawn in STATUS_CODES.items()}


def encode_outages(
    outages: Sequence[Outage],
    *,
    code: str,
    number: str,
    party: str,
    at: datetime,
    metadata: Metadata,
    registry: Registry,
) -> Document:
    """Return the InterGov message that tells a partner of one outage, or of all that lie ahead.

    Args:
        code: SY-070 or SY-071.
        number, at: of this message.
        party: who says it.

    Raises:
        InvalidDocumentError: a reason has characters that XML has no room for.
    """
    placed = [
        *head_of(code, number, party, at),
        Placed(_COMPLETE, str(int(code == SCHEDULE))),
        *(one for n, outage in enumerate(outages, start=1) for one in _placed(outage, n)),
    ]
    return build(registry, metadata, placed, kind=Kind.AVAILABILITY)


def decode_outages(document: Document) -> tuple[datetime, tuple[Outage, ...]]:
    """Return when an InterGov message was written, and the outages that it carries.

    Raises:
        InvalidDocumentError: it carries none, or a code or a moment cannot be read.
    """
    reader = Reader(document, "outage", Kind.AVAILABILITY)
    at = reader.moment(f"{TOP}/IssueDateTime")
    found = tuple(_read(reader, block, at) for block in reader.blocks(_OUTAGE))
    reader.finish()
    return at, found


def _placed(outage: Outage, n: int) -> Iterator[Placed]:
    here = f"{_OUTAGE}[{n}]"
    yield Placed(f"{here}/ext:OutageID", outage.number)
    yield Placed(f"{here}/ext:NodeID", outage.party)
    yield Placed(f"{here}/ext:OutageStatusCode", _STATUS[outage.is_withdrawn])
    yield Placed(f"{here}/ext:PlannedIndicator", str(int(outage.is_planned)))
    for position, function in enumerate(outage.functions, start=1):
        yield Placed(f"{here}/ext:NodeFunctionCode[{position}]", _FUNCTION[function])
    yield Placed(f"{here}/ext:BeginDateTime", iso_of(outage.begins))
    yield Placed(f"{here}/ext:EndDateTime", iso_of(outage.ends))
    yield Placed(f"{here}/ext:MeanwhileCode", _MEANWHILE[outage.meanwhile])
    yield Placed(f"{here}/ext:PaperIndicator", str(int(outage.paper)))
    yield Placed(f"{here}/ext:ReasonText", outage.reason)


def _read(reader: Reader, block: Block, at: datetime) -> Outage:
    def text(name: str) -> str:
        return one_of(block, f"ext:{name}")

    def path(name: str) -> str:
        return f"{_OUTAGE}/ext:{name}"

    functions = tuple(
        reader.coded(code, FUNCTION_CODES, path("NodeFunctionCode"))
        for code in block.get("ext:NodeFunctionCode", ())
    )
    return Outage(
        number=text("OutageID"),
        party=text("NodeID"),
        functions=tuple(dict.fromkeys(functions)),
        begins=reader.moment_in(text("BeginDateTime"), path("BeginDateTime")),
        ends=reader.moment_in(text("EndDateTime"), path("EndDateTime")),
        reason=text("ReasonText"),
        meanwhile=reader.coded(text("MeanwhileCode"), MEANWHILE_CODES, path("MeanwhileCode")),
        paper=reader.coded(text("PaperIndicator"), _INDICATORS, path("PaperIndicator")),
        is_planned=reader.coded(text("PlannedIndicator"), _INDICATORS, path("PlannedIndicator")),
        told_at=at,
        is_withdrawn=reader.coded(text("OutageStatusCode"), STATUS_CODES, path("OutageStatusCode")),
    )
