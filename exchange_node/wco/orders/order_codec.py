"""RecordOrder ↔ InterGov with ext:RecordOrder (MA-041): `decode(encode(x)) == x`.

Moments are told to the second. What decodes is well built; what may be ordered is for the receiver
to say, record by record.
"""

from __future__ import annotations

from exchange_node.domain.orders.order import (
    ORDERED,
    Correction,
    Ground,
    Kind,
    RecordOrder,
)
from exchange_node.wco.alert_codec.intergov import TOP, Reader, head_of, one_of, statement_of
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document
from exchange_node.wco.document import Kind as DocumentKind
from exchange_node.wco.notation import iso_of
from exchange_node.wco.orders.naming import name_of, named_in
from exchange_node.wco.registry import Registry

_ORDER = "InterGov/ext:RecordOrder"
_RECORD = f"{_ORDER}/ext:OrderedRecord"
_VALUE = f"{_ORDER}/ext:ValueCorrection"

KIND_CODES = {"COR": Kind.CORRECTION, "DEL": Kind.DELETION}
"""What a code of the list `order_kinds` stands for."""

_CODE_OF = {kind: code for code, kind in KIND_CODES.items()}
_GROUNDS = {one.value: one for one in Ground}


def encode_order(order: RecordOrder, *, metadata: Metadata, registry: Registry) -> Document:
    """Return the InterGov message that orders records to be corrected or deleted.

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    placed = [
        *head_of(ORDERED, order.order_id, order.party, order.at),
        *statement_of(order.why),
        Placed(f"{_ORDER}/ext:OrderCode", _CODE_OF[order.kind]),
        Placed(f"{_ORDER}/ext:GroundCode", order.ground.value),
        Placed(f"{_ORDER}/ext:DueDateTime", iso_of(order.due_at) if order.due_at else ""),
    ]
    for n, record in enumerate(order.records, start=1):
        placed += name_of(record, f"{_RECORD}[{n}]")
    for n, one in enumerate(order.corrections, start=1):
        at = f"{_VALUE}[{n}]"
        placed += [
            Placed(f"{at}/ext:RecordNumeric", str(one.record)),
            Placed(f"{at}/ext:ValuePointerText", one.pointer),
            Placed(f"{at}/ext:FormerValueText", one.old),
            Placed(f"{at}/ext:CorrectValueText", one.new),
        ]
    return build(registry, metadata, placed, kind=DocumentKind.RECORD_ORDER)


def decode_order(document: Document) -> RecordOrder:
    """Return the order that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a code, a moment or a number cannot be read; all
            of them are named.
    """
    reader = Reader(document, "order", DocumentKind.RECORD_ORDER)
    order = RecordOrder(
        order_id=reader.text(f"{TOP}/ID"),
        party=reader.text(f"{TOP}/Submitter/ID"),
        kind=reader.named(f"{_ORDER}/ext:OrderCode", KIND_CODES),
        ground=reader.named(f"{_ORDER}/ext:GroundCode", _GROUNDS),
        at=reader.moment(f"{TOP}/IssueDateTime"),
        due_at=reader.moment_or_none(f"{_ORDER}/ext:DueDateTime"),
        why=reader.statement(),
        records=tuple(named_in(one, reader, _RECORD) for one in reader.blocks(_RECORD)),
        corrections=tuple(
            Correction(
                record=reader.counted(
                    one_of(one, "ext:RecordNumeric"), f"{_VALUE}/ext:RecordNumeric"
                ),
                pointer=one_of(one, "ext:ValuePointerText"),
                old=one_of(one, "ext:FormerValueText"),
                new=one_of(one, "ext:CorrectValueText"),
            )
            for one in reader.blocks(_VALUE)
        ),
    )
    reader.finish()
    return order
