"""OnwardAnswer ↔ InterGov with ext:OnwardUse (MA-031)."""

from __future__ import annotations

from exchange_node.domain.onward.asking import ANSWERED, OnwardAnswer, Outcome
from exchange_node.wco.alert_codec.intergov import TOP, Reader, head_of, statement_of
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.onward_codec.placing import USE, moment_of
from exchange_node.wco.registry import Registry

OUTCOME_CODES = {"GRA": Outcome.GRANTED, "REF": Outcome.REFUSED, "WDR": Outcome.WITHDRAWN}
"""What a code of the list `onward_outcomes` stands for."""


_OUTCOMES = {one: code for code, one in OUTCOME_CODES.items()}


def encode_onward_answer(
    answer: OnwardAnswer, *, metadata: Metadata, registry: Registry
) -> Document:
    """Return the InterGov message that answers a request (MA-031).

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    placed = [
        *head_of(ANSWERED, answer.answer_id, answer.party, answer.at),
        *statement_of(answer.conditions),
        Placed(f"{USE}/ext:RequestID", answer.request_id),
        Placed(f"{USE}/ext:OutcomeCode", _OUTCOMES[answer.outcome]),
        Placed(f"{USE}/ext:GroundCode", answer.ground),
        Placed(f"{USE}/ext:OrdinalNumeric", str(answer.ordinal)),
        *moment_of("UntilDateTime", answer.until),
    ]
    return build(registry, metadata, placed, kind=Kind.ONWARD_USE)


def decode_onward_answer(document: Document) -> OnwardAnswer:
    """Return the answer that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a code, a number or a moment cannot be read; all
            of them are named.
    """
    reader = Reader(document, "answer", Kind.ONWARD_USE)
    answer = OnwardAnswer(
        answer_id=reader.text(f"{TOP}/ID"),
        party=reader.text(f"{TOP}/Submitter/ID"),
        request_id=reader.text(f"{USE}/ext:RequestID"),
        outcome=reader.named(f"{USE}/ext:OutcomeCode", OUTCOME_CODES),
        ordinal=reader.whole(f"{USE}/ext:OrdinalNumeric"),
        at=reader.moment(f"{TOP}/IssueDateTime"),
        ground=reader.text(f"{USE}/ext:GroundCode"),
        conditions=reader.statement(),
        until=reader.moment_or_none(f"{USE}/ext:UntilDateTime"),
    )
    reader.finish()
    return answer
