"""What came back for a post → what it means for the message: proven, refused, or tried again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from exchange_node.domain.errors import (
    InvalidReceiptError,
    ProtocolError,
    UnknownRevocationError,
)
from exchange_node.domain.transmission import (
    ErrorArrived,
    Event,
    Failed,
    ReceiptArrived,
    Sent,
    Unproven,
)
from exchange_node.ebms.message import ErrorSignal, PartnerKeys, Receipt
from exchange_node.ebms.signals import check_receipt, read_answer
from exchange_node.services.stations.outgoing import references_of
from exchange_node.store.outgoing import Outgoing
from exchange_node.transport.line import Answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try.

    Attributes:
        event: None where another says what becomes of the message.
        receipt: as it came, verified; empty for none.
        invalid_receipt: why a receipt proves nothing; empty where none came, or a good one.
    """

    event: Event | None
    receipt: bytes = b""
    invalid_receipt: str = ""


def weigh(
    answer: Answer,
    outgoing: Outgoing,
    partner: PartnerKeys,
    *,
    repeats: Collection[str],
    now: datetime,
) -> Outcome:
    """Return what an answer means: a receipt that proves, an error, or nothing of use.

    Args:
        repeats: codes of errors after which a message is tried again; any other ends it.
    """
    message_id = outgoing.transmission.message_id
    try:
        signal = read_answer(answer.content_type, answer.octets, partner=partner, at=now)
        if isinstance(signal, Receipt):
            references = references_of(outgoing.references)
            check_receipt(signal, message_id=message_id, references=references)
            return Outcome(ReceiptArrived(now), receipt=answer.octets)
        without = Sent(now, f"HTTP {answer.status} without a receipt")
        return Outcome(_meaning(signal, message_id, repeats, now) if signal else without)
    except InvalidReceiptError as err:
        # The partner most likely holds the message: it is not sent again, unless the operator
        # has said that it may be; the operator and whoever submitted it learn of it at once.
        if err.ebms_code in repeats:
            return Outcome(Sent(now, f"{err.ebms_code} {err}"), invalid_receipt=str(err))
        return Outcome(Unproven(now, str(err)))
    except UnknownRevocationError as err:
        # Whether the receipt is good can be said later: the same bytes bring the same receipt.
        return Outcome(Sent(now, f"{err.code}: {err}"))
    except ProtocolError as err:
        return Outcome(Failed(now, f"HTTP {answer.status}, no ebMS answer: {err}"))


def _meaning(
    signal: ErrorSignal, message_id: str, repeats: Collection[str], now: datetime
) -> Event:
    """Return what an error signal means for a message (OASIS ebMS 3.0 Core, section 6.2)."""
    said = f"{signal.ebms_code} {signal.detail or signal.short}".strip()
    if not signal.is_failure:
        return Sent(now, f"a warning and no receipt: {said}")
    if not signal.is_authenticated:
        return Failed(now, f"{signal.ebms_code} {signal.short}, {signal.doubt}")
    if signal.ref not in ("", message_id):
        return Failed(now, f"{said}, about {signal.ref[:200]}")
    if signal.ebms_code in repeats:
        return Failed(now, said)
    return ErrorArrived(now, signal.ebms_code, signal.detail or signal.short)
