"""Feedback ↔ InterGov with ext:AlertFeedback (RA-021, TypeCode FBK or SZR)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from exchange_node.domain.alerting import Answer, Feedback, Result, SeenIn, Seized
from exchange_node.wco.alert_codec.intergov import (
    TOP,
    Reader,
    contact_of,
    one_of,
    statement_of,
)  # fmt: skip
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import iso_of
from exchange_node.wco.registry import Registry

FEEDBACK = "RA-021"
_SAID = "InterGov/ext:AlertFeedback"
_SEIZED = f"{_SAID}/ext:SeizedGoods"
_ANSWER = f"{_SAID}/ext:Answer"
_QUANTITY = f"{_SEIZED}/ext:Quantity"
_VALUE = f"{_SAID}/ext:FoundValueAmount"
_QUESTION = "ext:QuestionNumeric"
_RESULTS = {one.value: one for one in Result}
_SEEN_IN = {one.value: one for one in SeenIn}


def encode_feedback(feedback: Feedback, *, metadata: Metadata, registry: Registry) -> Document:
    """Return the InterGov message that tells what came of an alert (RA-021).

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    placed = [
        Placed(f"{TOP}/FunctionCode", "9"),
        Placed(f"{TOP}/FunctionalReferenceID", feedback.reference[-35:]),
        Placed(f"{TOP}/ID", feedback.reference),
        Placed(f"{TOP}/IssueDateTime", iso_of(feedback.issued_at)),
        Placed(f"{TOP}/TypeCode", "SZR" if feedback.is_seizure else "FBK"),
        Placed(f"{TOP}/Submitter/ID", feedback.issuer),
        *contact_of(feedback.contact),
        *statement_of(feedback.new_facts),
        Placed(f"{_SAID}/ext:AlertID", feedback.alert_id),
        Placed(f"{_SAID}/ext:AlertVersionNumeric", str(feedback.alert_version)),
        Placed(f"{_SAID}/ext:ResultCode", feedback.result.value),
        Placed(f"{_SAID}/ext:FinalIndicator", str(int(feedback.is_last))),
        Placed(f"{_SAID}/ext:DeclarationID", feedback.movement),
        Placed(f"{_SAID}/ext:OfficeID", feedback.office),
    ]
    if feedback.controlled_at is not None:
        placed.append(Placed(f"{_SAID}/ext:ControlDateTime", iso_of(feedback.controlled_at)))
    if feedback.seen_at is not None:
        placed.append(Placed(f"{_SAID}/ext:SeenDateTime", iso_of(feedback.seen_at)))
    if feedback.seen_in is not None:
        placed.append(Placed(f"{_SAID}/ext:SeenInCode", feedback.seen_in.value))
    for n, measure in enumerate(feedback.measures, start=1):
        placed.append(Placed(f"{_SAID}/ext:MeasureCode[{n}]", measure))
    for n, seized in enumerate(feedback.seized, start=1):
        placed += _seized(f"{_SEIZED}[{n}]", seized)
    for n, answer in enumerate(feedback.answers, start=1):
        placed.append(Placed(f"{_ANSWER}[{n}]/ext:QuestionNumeric", str(answer.question)))
        placed.append(Placed(f"{_ANSWER}[{n}]/ext:AnswerText", answer.text))
    if feedback.value is not None:
        placed.append(Placed(_VALUE, _plain(feedback.value), {"currencyID": feedback.currency}))
    if feedback.usefulness is not None:
        placed.append(Placed(f"{_SAID}/ext:UsefulnessCode", str(feedback.usefulness)))
    return build(registry, metadata, placed, kind=Kind.ALERT_FEEDBACK)


def decode_feedback(document: Document) -> Feedback:
    """Return the feedback that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a moment, a code or a number cannot be read.
    """
    reader = Reader(document, "feedback", Kind.ALERT_FEEDBACK)
    units = iter(leaf.attributes.get("unitCode", "") for leaf in document.at(_QUANTITY))
    seized = []
    for block in reader.blocks(_SEIZED):
        quantity = one_of(block, "ext:Quantity")
        seized.append(
            Seized(
                category=one_of(block, "ext:CategoryCode"),
                quantity=reader.amount(quantity, _QUANTITY) if quantity else None,
                unit=next(units, "") if quantity else "",
                concealment=one_of(block, "ext:ConcealmentText"),
            )
        )
    usefulness = reader.text(f"{_SAID}/ext:UsefulnessCode")
    value = reader.text(_VALUE)
    seen_in = reader.text(f"{_SAID}/ext:SeenInCode")
    feedback = Feedback(
        reference=reader.text(f"{TOP}/ID"),
        alert_id=reader.text(f"{_SAID}/ext:AlertID"),
        alert_version=reader.whole(f"{_SAID}/ext:AlertVersionNumeric"),
        issuer=reader.text(f"{TOP}/Submitter/ID"),
        issued_at=reader.moment(f"{TOP}/IssueDateTime"),
        contact=reader.contact(),
        result=reader.named(f"{_SAID}/ext:ResultCode", _RESULTS),
        is_last=reader.flag(f"{_SAID}/ext:FinalIndicator"),
        movement=reader.text(f"{_SAID}/ext:DeclarationID"),
        controlled_at=reader.moment_or_none(f"{_SAID}/ext:ControlDateTime"),
        office=reader.text(f"{_SAID}/ext:OfficeID"),
        measures=document.values(f"{_SAID}/ext:MeasureCode"),
        seized=tuple(seized),
        value=reader.amount(value, _VALUE) if value else None,
        currency=next((leaf.attributes.get("currencyID", "") for leaf in document.at(_VALUE)), ""),
        usefulness=reader.whole(f"{_SAID}/ext:UsefulnessCode") if usefulness else None,
        answers=tuple(
            Answer(
                question=reader.counted(one_of(block, _QUESTION), f"{_ANSWER}/{_QUESTION}"),
                text=one_of(block, "ext:AnswerText"),
            )
            for block in reader.blocks(_ANSWER)
        ),
        new_facts=reader.statement(),
        seen_at=reader.moment_or_none(f"{_SAID}/ext:SeenDateTime"),
        seen_in=reader.named(f"{_SAID}/ext:SeenInCode", _SEEN_IN) if seen_in else None,
    )
    reader.finish()
    return feedback


def _seized(at: str, one: Seized) -> Iterator[Placed]:
    yield Placed(f"{at}/ext:CategoryCode", one.category)
    if one.quantity is not None:
        yield Placed(f"{at}/ext:Quantity", _plain(one.quantity), {"unitCode": one.unit})
    yield Placed(f"{at}/ext:ConcealmentText", one.concealment)


def _plain(number: Decimal) -> str:
    return f"{number:f}"
