"""AssistanceRequest ↔ InterGov with ext:AssistanceRequest (MA-010)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from exchange_node.domain.agreement.clauses.assistance import Form, RequestPart
from exchange_node.domain.agreement.clauses.basis import Matter
from exchange_node.domain.assistance.papers import REQUEST, AssistanceRequest
from exchange_node.wco.alert_codec.intergov import TOP, Reader, contact_of, head_of
from exchange_node.wco.assistance_codec.parts import many, persons_of, read_persons
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.registry import Registry

_ASKED = "InterGov/ext:AssistanceRequest"

PLACES: Mapping[RequestPart, str] = MappingProxyType(
    {
        RequestPart.ADMINISTRATION: f"{_ASKED}/ext:AdministrationText",
        RequestPart.OFFICE: f"{TOP}/ContactOffice/ID",
        RequestPart.MATTER: f"{_ASKED}/ext:MatterCode",
        RequestPart.MEASURE: f"{_ASKED}/ext:MeasureText",
        RequestPart.REASON: f"{_ASKED}/ext:ReasonText",
        RequestPart.PURPOSE: f"{_ASKED}/ext:PurposeText",
        RequestPart.FACTS: f"{_ASKED}/ext:FactsText",
        RequestPart.PERSONS: f"{_ASKED}/ext:Person",
        RequestPart.DECLARATION: f"{_ASKED}/ext:DeclarationID",
        RequestPart.CHECKS: f"{_ASKED}/ext:ChecksText",
        RequestPart.DOCUMENTS: f"{_ASKED}/ext:DocumentText",
        RequestPart.OWN_LAW: f"{_ASKED}/ext:OwnLawText",
        RequestPart.RECIPROCITY: f"{_ASKED}/ext:ReciprocityIndicator",
    }
)
"""Where each part of a request stands."""

_FORMS = {one.value: one for one in Form}
MATTERS = {one.value: one for one in Matter}
"""What a code of the list `assistance_matters` stands for."""


def encode_request(
    request: AssistanceRequest, *, metadata: Metadata, registry: Registry
) -> Document:
    """Return the InterGov message that asks for assistance.

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    can = request.could_reciprocate
    placed = [
        *head_of(REQUEST, request.request_id, request.requester, request.issued_at),
        *contact_of(request.contact),
        Placed(f"{_ASKED}/ext:FormCode", request.form.value),
        Placed(f"{_ASKED}/ext:UrgentIndicator", str(int(request.urgent))),
        Placed(f"{_ASKED}/ext:LanguageID", request.language),
        Placed(PLACES[RequestPart.MATTER], request.matter.value if request.matter else ""),
        Placed(PLACES[RequestPart.ADMINISTRATION], request.administration),
        Placed(PLACES[RequestPart.MEASURE], request.measure),
        Placed(PLACES[RequestPart.REASON], request.reason),
        Placed(PLACES[RequestPart.PURPOSE], request.purpose),
        Placed(PLACES[RequestPart.FACTS], request.facts),
        *persons_of(_ASKED, request.persons),
        *many(_ASKED, "DeclarationID", request.declarations),
        Placed(PLACES[RequestPart.CHECKS], request.checks),
        *many(_ASKED, "DocumentText", request.documents),
        Placed(PLACES[RequestPart.OWN_LAW], request.own_law),
        Placed(PLACES[RequestPart.RECIPROCITY], "" if can is None else str(int(can))),
        Placed(f"{_ASKED}/ext:ReciprocityText", request.reciprocity_note),
        Placed(f"{_ASKED}/ext:OralRequestID", request.oral_request),
    ]
    return build(registry, metadata, placed, kind=Kind.ASSISTANCE_REQUEST)


def decode_request(document: Document) -> AssistanceRequest:
    """Return the request that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a moment or a code cannot be read; all of them
            are named.
    """
    reader = Reader(document, "request", Kind.ASSISTANCE_REQUEST)
    matter, can = PLACES[RequestPart.MATTER], PLACES[RequestPart.RECIPROCITY]
    request = AssistanceRequest(
        request_id=reader.text(f"{TOP}/ID"),
        requester=reader.text(f"{TOP}/Submitter/ID"),
        issued_at=reader.moment(f"{TOP}/IssueDateTime"),
        language=reader.text(f"{_ASKED}/ext:LanguageID"),
        form=reader.named(f"{_ASKED}/ext:FormCode", _FORMS),
        urgent=reader.flag(f"{_ASKED}/ext:UrgentIndicator"),
        administration=reader.text(PLACES[RequestPart.ADMINISTRATION]),
        contact=reader.contact(),
        matter=reader.named(matter, MATTERS) if reader.text(matter) else None,
        measure=reader.text(PLACES[RequestPart.MEASURE]),
        reason=reader.text(PLACES[RequestPart.REASON]),
        purpose=reader.text(PLACES[RequestPart.PURPOSE]),
        facts=reader.text(PLACES[RequestPart.FACTS]),
        persons=read_persons(reader, _ASKED),
        declarations=document.values(PLACES[RequestPart.DECLARATION]),
        checks=reader.text(PLACES[RequestPart.CHECKS]),
        documents=document.values(PLACES[RequestPart.DOCUMENTS]),
        own_law=reader.text(PLACES[RequestPart.OWN_LAW]),
        could_reciprocate=reader.flag(can) if reader.text(can) else None,
        reciprocity_note=reader.text(f"{_ASKED}/ext:ReciprocityText"),
        oral_request=reader.text(f"{_ASKED}/ext:OralRequestID"),
    )
    reader.finish()
    return request
