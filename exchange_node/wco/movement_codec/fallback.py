"""The mark of an event that was recorded without the line: a part of a notice."""

from __future__ import annotations

from collections.abc import Iterator

from exchange_node.domain.movement.fallback import Fallback
from exchange_node.wco.alert_codec.intergov import TOP, Reader
from exchange_node.wco.building import Placed
from exchange_node.wco.notation import iso_of

_FALLBACK = f"{TOP}/ext:Fallback"
_MARK = f"{_FALLBACK}/ext:MarkText"
_RECORDED = f"{_FALLBACK}/ext:RecordedDateTime"


def placed_fallback(fallback: Fallback | None) -> Iterator[Placed]:
    """Place the mark."""
    if fallback is not None:
        yield Placed(_MARK, fallback.mark)
        yield Placed(f"{_FALLBACK}/ext:FallbackText", fallback.reason)
        yield Placed(_RECORDED, iso_of(fallback.recorded_at))
        yield Placed(f"{_FALLBACK}/ext:RecordNumeric", str(fallback.sequence or ""))


def read_fallback(reader: Reader) -> Fallback | None:
    """Return the mark; None where there is none."""
    if not reader.text(_MARK):
        return None
    return Fallback(
        reason=reader.text(f"{_FALLBACK}/ext:FallbackText"),
        recorded_at=reader.moment(_RECORDED),
        sequence=reader.whole(f"{_FALLBACK}/ext:RecordNumeric", 0),
        mark=reader.text(_MARK),
    )
