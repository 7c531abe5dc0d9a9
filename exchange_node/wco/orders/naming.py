"""RecordName ↔ the four elements that name a record, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator

from exchange_node.domain.orders.order import RecordName
from exchange_node.domain.retention import Kept
from exchange_node.wco.alert_codec.intergov import Block, Reader, one_of
from exchange_node.wco.building import Placed

KIND_CODES = {"MAN": Kept.MANIFEST, "ALT": Kept.ALERT}
"""What a code of the list `record_kinds` stands for."""

_CODE_OF = {kind: code for code, kind in KIND_CODES.items()}


def name_of(record: RecordName, at: str) -> Iterator[Placed]:
    """Place the name of a record below an element."""
    yield Placed(f"{at}/ext:RecordKindCode", _CODE_OF[record.kind])
    yield Placed(f"{at}/ext:RecordID", record.subject)
    yield Placed(f"{at}/ext:RecordMessageID", record.message_id)
    yield Placed(f"{at}/ext:RecordVersionNumeric", str(record.version or ""))


def named_in(block: Block, reader: Reader, at: str) -> RecordName:
    """Return the record that a block names; what cannot be read the reader gathers."""
    return RecordName(
        kind=reader.coded(
            one_of(block, "ext:RecordKindCode"), KIND_CODES, f"{at}/ext:RecordKindCode"
        ),
        subject=one_of(block, "ext:RecordID"),
        message_id=one_of(block, "ext:RecordMessageID"),
        version=reader.counted(
            one_of(block, "ext:RecordVersionNumeric") or "0", f"{at}/ext:RecordVersionNumeric"
        ),
    )
