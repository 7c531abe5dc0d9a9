"""RiskAlert ↔ InterGov with ext:RiskAlert (RA-010, RA-011, RA-012)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from exchange_node.domain.alert import (
    Attachment,
    FeedbackScope,
    Indicator,
    Marking,
    Measure,
    PermittedAction,
    RiskAlert,
    Subject,
    SupportingDocument,
    Urgency,
)
from exchange_node.wco.alert_codec.criteria import ALERT, CRITERIA, GRADED, MANY, SUMMARY_ONLY
from exchange_node.wco.alert_codec.intergov import (
    TOP,
    Block,
    Reader,
    contact_of,
    one_of,
    statement_of,
)  # fmt: skip
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import iso_of
from exchange_node.wco.registry import Registry

WITHDRAWAL = "1"
_MARKINGS = {one.value: one for one in Marking}
_SCOPES = {one.value: one for one in FeedbackScope}


def encode_alert(
    alert: RiskAlert, *, metadata: Metadata, registry: Registry, reference: str = ""
) -> Document:
    """Return the InterGov message that carries an alert (RA-010, RA-011, RA-012).

    `reference` is the number of this exchange (D026, an..35); without one it is made of the
    alert's number, version and function.

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    number = reference or f"{alert.alert_id}-{alert.version}-{alert.function}"[-35:]
    placed = [
        Placed(f"{TOP}/FunctionCode", alert.function),
        Placed(f"{TOP}/FunctionalReferenceID", number),
        Placed(f"{TOP}/ID", alert.alert_id),
        Placed(f"{TOP}/IssueDateTime", iso_of(alert.issued_at)),
        Placed(f"{TOP}/TypeCode", "CAN" if alert.function == WITHDRAWAL else "WRN"),
        Placed(f"{TOP}/VersionID", str(alert.version)),
        Placed(f"{TOP}/Submitter/ID", alert.issuer),
        *contact_of(alert.contact),
        *statement_of(alert.text),
        Placed(SUMMARY_ONLY, "1" if alert.summary_only else ""),
        Placed(f"{ALERT}/ext:HandlingCode", alert.marking.value),
        Placed(f"{ALERT}/ext:PermittedActionCode", alert.permitted_action.value),
        Placed(f"{ALERT}/ext:UrgencyCode", alert.urgency.value),
        Placed(f"{ALERT}/ext:LanguageCode", alert.language),
        Placed(f"{ALERT}/ext:ClassificationText", alert.classification),
        Placed(f"{ALERT}/ext:ValidUntilDateTime", iso_of(alert.valid_until)),
        Placed(f"{ALERT}/ext:ReviewDate", _day(alert.review_on)),
        Placed(f"{ALERT}/ext:CategoryCode", alert.category),
        Placed(f"{ALERT}/ext:OffenceCode", alert.offence),
        Placed(f"{ALERT}/ext:CommodityGroupCode", alert.commodity_group),
        Placed(f"{ALERT}/ext:FraudTypeCode", alert.fraud_type),
        Placed(f"{ALERT}/ext:SeverityCode", str(alert.severity)),
        Placed(f"{ALERT}/ext:ConfidenceCode", alert.confidence),
        Placed(f"{ALERT}/ext:GradingSchemeCode", alert.grading_scheme),
        Placed(f"{ALERT}/ext:GradeCode", alert.grade),
        Placed(f"{ALERT}/ext:UnverifiedIndicator", str(int(alert.unverified))),
        Placed(f"{ALERT}/ext:FeedbackRequestedIndicator", str(int(alert.feedback_requested))),
        Placed(f"{ALERT}/ext:FeedbackDueDate", _day(alert.feedback_due_on)),
        Placed(
            f"{ALERT}/ext:FeedbackScopeCode",
            alert.feedback_scope.value if alert.feedback_scope else "",
        ),
        *_several(f"{ALERT}/ext:QuestionText", alert.questions),
        Placed(f"{ALERT}/ext:RelatedAlertID", alert.related_alert),
        Placed(f"{ALERT}/ext:OperationID", alert.operation),
        Placed(f"{ALERT}/ext:SummaryText", alert.summary),
        Placed(f"{ALERT}/ext:CorrectionText", alert.correction),
        Placed(f"{ALERT}/ext:ModusOperandiText", alert.modus_operandi),
        *_several(f"{ALERT}/ext:ConcealmentCode", alert.concealments),
        Placed(f"{ALERT}/ext:SeenFromDate", _day(alert.seen_from)),
        Placed(f"{ALERT}/ext:SeenUntilDate", _day(alert.seen_until)),
        *_several(f"{ALERT}/ext:SeenPlaceCode", alert.seen_places),
    ]
    if alert.valid_from is not None:
        placed.append(Placed(f"{ALERT}/ext:ValidFromDateTime", iso_of(alert.valid_from)))
    for n, document in enumerate(alert.documents, start=1):
        at = f"{TOP}/AdditionalDocument[{n}]"
        placed += [
            Placed(f"{at}/ID", document.reference),
            Placed(f"{at}/TypeCode", document.type_code),
        ]
    for n, one in enumerate(alert.attachments, start=1):
        at = f"{ALERT}/ext:Attachment[{n}]"
        placed += [
            Placed(f"{at}/ext:DigestText", one.digest),
            Placed(f"{at}/ext:MediaTypeText", one.media_type),
            Placed(f"{at}/ext:SizeNumeric", str(one.size_bytes)),
            Placed(f"{at}/ext:DescriptionText", one.description),
            Placed(f"{at}/ext:HandlingCode", one.marking.value if one.marking else ""),
        ]
    for n, subject in enumerate(alert.subjects, start=1):
        placed += _subject(f"{ALERT}/ext:Subject[{n}]", n, subject)
    for n, indicator in enumerate(alert.indicators, start=1):
        at = f"{ALERT}/ext:Indicator[{n}]"
        placed += [
            Placed(f"{at}/ext:Code", indicator.code),
            Placed(f"{at}/ext:WeightNumeric", _number(indicator.weight)),
            Placed(f"{at}/ext:DescriptionText", indicator.description),
        ]
    for n, measure in enumerate(alert.measures, start=1):
        at = f"{ALERT}/ext:RecommendedMeasure[{n}]"
        placed += [
            Placed(f"{at}/ext:TypeCode", measure.type_code),
            Placed(f"{at}/ext:MandatoryIndicator", str(int(measure.mandatory))),
            Placed(f"{at}/ext:SamplingNumeric", _number(measure.sampling)),
        ]
    return build(registry, metadata, placed, kind=Kind.RISK_ALERT)


def decode_alert(document: Document) -> RiskAlert:
    """Return the alert that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a moment, a code or a number cannot be read; all
            of them are named.
    """
    reader = Reader(document, "alert", Kind.RISK_ALERT)
    blocks = reader.blocks(f"{ALERT}/ext:Subject")
    alert = RiskAlert(
        alert_id=reader.text(f"{TOP}/ID"),
        issuer=reader.text(f"{TOP}/Submitter/ID"),
        issued_at=reader.moment(f"{TOP}/IssueDateTime"),
        valid_until=reader.moment(f"{ALERT}/ext:ValidUntilDateTime"),
        marking=reader.code(f"{ALERT}/ext:HandlingCode", Marking.RED),
        permitted_action=reader.code(f"{ALERT}/ext:PermittedActionCode", PermittedAction.COVERT),
        urgency=reader.code(f"{ALERT}/ext:UrgencyCode", Urgency.FLASH),
        category=reader.text(f"{ALERT}/ext:CategoryCode"),
        severity=reader.whole(f"{ALERT}/ext:SeverityCode"),
        summary=reader.text(f"{ALERT}/ext:SummaryText"),
        contact=reader.contact(),
        subjects=tuple(_read_subject(block) for block in blocks),
        valid_from=reader.moment_or_none(f"{ALERT}/ext:ValidFromDateTime"),
        review_on=reader.day_or_none(f"{ALERT}/ext:ReviewDate"),
        version=reader.whole(f"{TOP}/VersionID", default=1),
        function=reader.text(f"{TOP}/FunctionCode"),
        language=reader.text(f"{ALERT}/ext:LanguageCode"),
        classification=reader.text(f"{ALERT}/ext:ClassificationText"),
        offence=reader.text(f"{ALERT}/ext:OffenceCode"),
        commodity_group=reader.text(f"{ALERT}/ext:CommodityGroupCode"),
        fraud_type=reader.text(f"{ALERT}/ext:FraudTypeCode"),
        confidence=reader.text(f"{ALERT}/ext:ConfidenceCode"),
        grading_scheme=reader.text(f"{ALERT}/ext:GradingSchemeCode"),
        grade=reader.text(f"{ALERT}/ext:GradeCode"),
        unverified=reader.flag(f"{ALERT}/ext:UnverifiedIndicator"),
        related_alert=reader.text(f"{ALERT}/ext:RelatedAlertID"),
        operation=reader.text(f"{ALERT}/ext:OperationID"),
        correction=reader.text(f"{ALERT}/ext:CorrectionText"),
        text=reader.statement(),
        modus_operandi=reader.text(f"{ALERT}/ext:ModusOperandiText"),
        concealments=reader.texts(f"{ALERT}/ext:ConcealmentCode"),
        seen_from=reader.day_or_none(f"{ALERT}/ext:SeenFromDate"),
        seen_until=reader.day_or_none(f"{ALERT}/ext:SeenUntilDate"),
        seen_places=reader.texts(f"{ALERT}/ext:SeenPlaceCode"),
        feedback_requested=reader.flag(f"{ALERT}/ext:FeedbackRequestedIndicator"),
        feedback_due_on=reader.day_or_none(f"{ALERT}/ext:FeedbackDueDate"),
        feedback_scope=_read_scope(reader),
        questions=reader.texts(f"{ALERT}/ext:QuestionText"),
        indicators=tuple(
            Indicator(
                code=one_of(block, "ext:Code"),
                weight=reader.number(block, f"{ALERT}/ext:Indicator", "ext:WeightNumeric"),
                description=one_of(block, "ext:DescriptionText"),
            )
            for block in reader.blocks(f"{ALERT}/ext:Indicator")
        ),
        measures=tuple(
            Measure(
                type_code=one_of(block, "ext:TypeCode"),
                mandatory=one_of(block, "ext:MandatoryIndicator") == "1",
                sampling=reader.number(
                    block, f"{ALERT}/ext:RecommendedMeasure", "ext:SamplingNumeric"
                ),
            )
            for block in reader.blocks(f"{ALERT}/ext:RecommendedMeasure")
        ),
        documents=tuple(
            SupportingDocument(type_code=one_of(block, "TypeCode"), reference=one_of(block, "ID"))
            for block in reader.blocks(f"{TOP}/AdditionalDocument")
        ),
        attachments=tuple(
            _read_attachment(reader, block) for block in reader.blocks(f"{ALERT}/ext:Attachment")
        ),
        summary_only=reader.text(SUMMARY_ONLY) == "1",
    )
    reader.finish()
    return alert


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _day(value: date | None) -> str:
    return "" if value is None else value.isoformat()


def _several(path: str, values: Iterable[str]) -> Iterator[Placed]:
    for n, value in enumerate(values, start=1):
        yield Placed(f"{path}[{n}]", value)


def _read_scope(reader: Reader) -> FeedbackScope | None:
    path = f"{ALERT}/ext:FeedbackScopeCode"
    return reader.named(path, _SCOPES) if reader.text(path) else None


def _read_attachment(reader: Reader, block: Block) -> Attachment:
    at, marking = f"{ALERT}/ext:Attachment", one_of(block, "ext:HandlingCode")
    return Attachment(
        digest=one_of(block, "ext:DigestText"),
        media_type=one_of(block, "ext:MediaTypeText"),
        size_bytes=reader.counted(one_of(block, "ext:SizeNumeric"), f"{at}/ext:SizeNumeric"),
        description=one_of(block, "ext:DescriptionText"),
        marking=reader.coded(marking, _MARKINGS, f"{at}/ext:HandlingCode") if marking else None,
    )


def _subject(at: str, number: int, subject: Subject) -> Iterator[Placed]:
    yield Placed(f"{at}/ext:SequenceNumeric", str(number))
    for name, tag in CRITERIA.items():
        yield Placed(f"{at}/ext:{tag}", getattr(subject, name))
    for name, tag in MANY.items():
        yield from _several(f"{at}/ext:{tag}", getattr(subject, name))
    yield Placed(f"{at}/{GRADED}", subject.confidence)


def _read_subject(block: Block) -> Subject:
    one = {name: one_of(block, f"ext:{tag}") for name, tag in CRITERIA.items()}
    return Subject(
        movement=one["movement"],
        document_type=one["document_type"],
        document_id=one["document_id"],
        party_role=one["party_role"],
        party_id=one["party_id"],
        party_issuer=one["party_issuer"],
        party_name=one["party_name"],
        person_role=one["person_role"],
        person_name=one["person_name"],
        person_born=one["person_born"],
        person_nationality=one["person_nationality"],
        person_document=one["person_document"],
        person_issuer=one["person_issuer"],
        means_id=one["means_id"],
        means_nationality=one["means_nationality"],
        trailer_id=one["trailer_id"],
        equipment_id=one["equipment_id"],
        customs_seal=one["customs_seal"],
        commodity_prefix=one["commodity_prefix"],
        description=one["description"],
        origin=one["origin"],
        country_of_dispatch=one["country_of_dispatch"],
        country_of_destination=one["country_of_destination"],
        routing=tuple(block.get("ext:RoutingCountryCode", ())),
        offices=tuple(block.get("ext:OfficeID", ())),
        route=tuple(block.get("ext:RoutePlaceID", ())),
        confidence=one_of(block, GRADED),
    )
