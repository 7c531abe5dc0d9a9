"""How WCO writes things: namespaces, paths, pointers with positions, moments.

A path is slash-joined local names from the body root (`Declaration/Consignment/Carrier/Name`);
elements of our extension namespace carry the prefix `ext:`. A pointer is a path with 1-based
positions where an element may repeat (`Declaration/Consignment[1]/ConsignmentItem[2]`).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

MD = "urn:wco:datamodel:WCO:DocumentMetaData-CAREC:1"
DEC = "urn:wco:datamodel:WCO:DEC-CAREC:1"
RES = "urn:wco:datamodel:WCO:RES-CAREC:1"
IG = "urn:wco:datamodel:WCO:InterGov-CAREC:1"
EXT = "urn:carec:datamodel:ext:1"
DS = "http://www.w3.org/2000/09/xmldsig#"

NAMESPACES = {"md": MD, "dec": DEC, "res": RES, "ig": IG, "ext": EXT}
"""Namespace by the prefix that the registry uses."""

ROOTS = {"MetaData": MD, "Declaration": DEC, "InterGov": IG, "Response": RES}
"""Namespace by the name of a root element."""

TYPE_NAMES = {"Declaration": "DEC", "InterGov": "InterGov", "Response": "RES"}
"""WCOTypeName by the body's root."""


class Kind(StrEnum):
    """What a document is, whatever message carries it."""

    TRANSIT_MANIFEST = "transit_manifest"
    NOTIFICATION = "notification"
    RISK_ALERT = "risk_alert"
    ACKNOWLEDGEMENT = "acknowledgement"
    ALERT_FEEDBACK = "alert_feedback"
    AGREEMENT_ACT = "agreement_act"
    MESSAGE_ACCOUNT = "message_account"
    AVAILABILITY = "availability"
    NODE_PULSE = "node_pulse"
    OFFICE_STATEMENT = "office_statement"
    ASSISTANCE_REQUEST = "assistance_request"
    ASSISTANCE_REPLY = "assistance_reply"
    ASSISTANCE_INFORMATION = "assistance_information"
    ONWARD_USE = "onward_use"
    RECORD_ORDER = "record_order"
    RECORD_CERTIFICATE = "record_certificate"
    BREACH_NOTICE = "breach_notice"
    RESPONSE = "response"
    GOODS_DECLARATION = "goods_declaration"


REPEATING = frozenset(
    {
        "AdditionalInformation/Pointer",
        "Amendment/Pointer",
        "Carrier/Communication",
        "Commodity/Classification",
        "Commodity/DangerousGoods",
        "Commodity/DutyTaxFee",
        "Commodity/TransportEquipment",
        "Consignment/ConsignmentItem",
        "Consignment/DepartureTransportMeans",
        "Consignment/Itinerary",
        "Consignment/PreviousDocument",
        "Consignment/TransportContractDocument",
        "Consignment/TransportEquipment",
        "Consignment/ext:Driver",
        "Consignment/ext:ExitForTransitOffice",
        "Consignment/ext:FurtherTransportMeans",
        "Consignment/ext:IdentificationMethodCode",
        "Consignment/ext:NationalField",
        "Consignment/ext:SupplyChainActor",
        "Consignment/ext:Transhipment",
        "Consignment/ext:TransitOffice",
        "ConsignmentItem/GovernmentProcedure",
        "ConsignmentItem/Origin",
        "ConsignmentItem/Packaging",
        "ConsignmentItem/PreviousDocument",
        "ConsignmentItem/TransportEquipment",
        "ConsignmentItem/ext:NationalField",
        "ConsignmentItem/ext:SupplyChainActor",
        "ContactOffice/Communication",
        "Control/Pointer",
        "CustomsValuation/ChargeDeduction",
        "Declaration/Amendment",
        "Declaration/AuthorisationHolder",
        "Declaration/Consignment",
        "Declaration/CurrencyExchange",
        "Declaration/ObligationGuarantee",
        "Declaration/ext:FurtherTransportMeans",
        "Declaration/ext:NationalField",
        "Error/Pointer",
        "GoodsShipment/AEOMutualRecognitionParty",
        "GoodsShipment/DomesticDutyTaxParty",
        "GoodsShipment/GovernmentAgencyGoodsItem",
        "GoodsShipment/PreviousDocument",
        "GovernmentAgencyGoodsItem/AEOMutualRecognitionParty",
        "GovernmentAgencyGoodsItem/DomesticDutyTaxParty",
        "GovernmentAgencyGoodsItem/GovernmentProcedure",
        "GovernmentAgencyGoodsItem/Origin",
        "GovernmentAgencyGoodsItem/Packaging",
        "GovernmentAgencyGoodsItem/PreviousDocument",
        "InterGov/Control",
        "InterGov/Declaration",
        "InterGov/Status",
        "ObligationGuarantee/ext:ExcludedCountryCode",
        "Response/Error",
        "TransportEquipment/Seal",
        "ext:AgreementAct/ext:GrantID",
        "ext:AlertFeedback/ext:Answer",
        "ext:AlertFeedback/ext:MeasureCode",
        "ext:AlertFeedback/ext:SeizedGoods",
        "ext:AssistanceInformation/ext:DeclarationID",
        "ext:AssistanceInformation/ext:Person",
        "ext:AssistanceReply/ext:DeclarationID",
        "ext:AssistanceReply/ext:Person",
        "ext:AssistanceRequest/ext:DeclarationID",
        "ext:AssistanceRequest/ext:DocumentText",
        "ext:AssistanceRequest/ext:Person",
        "ext:Availability/ext:Outage",
        "ext:Breach/ext:BreachStatement",
        "ext:Breach/ext:BreachedRecord",
        "ext:ComparedField/ext:CauseCode",
        "ext:Comparison/ext:ComparedField",
        "ext:Exchange/ext:Attachment",
        "ext:MessageAccount/ext:MessageID",
        "ext:NodePulse/ext:HeldAgreement",
        "ext:NodePulse/ext:SchemaVersionText",
        "ext:Outage/ext:NodeFunctionCode",
        "ext:RecordCertificate/ext:RecordOutcome",
        "ext:RecordOrder/ext:OrderedRecord",
        "ext:RecordOrder/ext:ValueCorrection",
        "ext:RecordOutcome/ext:HandedToText",
        "ext:RiskAlert/ext:Attachment",
        "ext:RiskAlert/ext:Indicator",
        "ext:RiskAlert/ext:RecommendedMeasure",
        "ext:RiskAlert/ext:Subject",
        "ext:Subject/ext:OfficeID",
        "ext:Subject/ext:RoutePlaceID",
        "ext:RiskAlert/ext:ConcealmentCode",
        "ext:RiskAlert/ext:QuestionText",
        "ext:RiskAlert/ext:SeenPlaceCode",
        "ext:Subject/ext:RoutingCountryCode",
    }
)
"""`parent/child` where the child may repeat; a test holds it equal to the registry.

It stands here because a document that is only read knows no registry.
"""

REPEATING_ANYWHERE = frozenset(
    {
        "AdditionalDocument",
        "AdditionalInformation",
        "ext:FullText",
        "ext:OriginalText",
        "ext:CodeOriginal",
    }
)
"""Children that may repeat under every parent they have."""

COMPANIONS = frozenset({"ext:FullText", "ext:OriginalText", "ext:CodeOriginal"})
"""Elements that say more about the sibling which their attribute `element` names."""

_STEP = re.compile(r"([^\[\]/]+)(?:\[([1-9][0-9]*)\])?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:?\d{2})")
_WCO_DAY = re.compile(r"\d{8}")
_WCO_MOMENT = re.compile(r"(\d{14})(Z|[+-]\d{2})")


def may_repeat(parent: str, child: str) -> bool:
    """Whether a child, named as in a path, may stand more than once under a parent."""
    return child in REPEATING_ANYWHERE or f"{parent}/{child}" in REPEATING


def steps(pointer: str) -> tuple[tuple[str, int], ...] | None:
    """Return the names and positions of a pointer, position 1 where none is written.

    None means that the text is no pointer.
    """
    found = []
    for part in pointer.split("/"):
        step = _STEP.fullmatch(part)
        if step is None:
            return None
        found.append((step[1], int(step[2] or 1)))
    return tuple(found)


def path_of(pointer: str) -> str:
    """Return the path of a pointer: the same without positions."""
    return re.sub(r"\[[0-9]+\]", "", pointer)


def wco_moment(iso: str) -> tuple[str, str] | None:
    """Turn an ISO 8601 date or moment into WCO's format code and text.

    102 is a day, 304 a moment with its offset (UNCL 2379). 304 has room for whole hours of
    offset; others are told in UTC. Fractions of a second are dropped: the wire has none. None
    means that it is neither, or that a moment has no offset.
    """
    text = iso.strip()
    try:
        if _DAY.fullmatch(text):
            return "102", date.fromisoformat(text).strftime("%Y%m%d").zfill(8)
        if not _MOMENT.fullmatch(text):
            return None
        moment = datetime.fromisoformat(text.upper().replace(" ", "T"))
        return "304", _as_304(moment)
    except (ValueError, OverflowError):
        return None


def iso_of(moment: datetime) -> str:
    """Return a timezone-aware moment as ISO 8601 with whole seconds."""
    return moment.replace(microsecond=0).isoformat()


# Pure, of a short text: a document says the same few days and moments again and again.
@lru_cache(maxsize=4_096)
def iso_moment(format_code: str, text: str) -> str | None:
    """Turn WCO's text of format 102 or 304 into ISO 8601; None if it is neither."""
    try:
        if format_code == "102" and _WCO_DAY.fullmatch(text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
        found = _WCO_MOMENT.fullmatch(text)
        if format_code != "304" or found is None:
            return None
        offset = "+00:00" if found[2] == "Z" else f"{found[2]}:00"
        d = found[1]
        iso = f"{d[:4]}-{d[4:6]}-{d[6:8]}T{d[8:10]}:{d[10:12]}:{d[12:]}{offset}"
        return datetime.fromisoformat(iso).isoformat()
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4_096)
def read_moment(iso: str) -> datetime | None:
    """Return the moment that ISO 8601 text names; a day is its first moment in UTC.

    None too for one that UTC has no name for: at the ends of the calendar, with an offset.
    """
    try:
        if _DAY.fullmatch(iso):
            day = date.fromisoformat(iso)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(iso) if _MOMENT.fullmatch(iso) else None
        has_name = moment is not None and moment.astimezone(UTC) is not None
    except (ValueError, OverflowError):
        return None
    return moment if has_name else None


def _as_304(moment: datetime) -> str:
    offset = moment.utcoffset() or timedelta()
    hours, rest = divmod(offset.total_seconds(), 3600)
    if rest or abs(hours) > 14:  # no place on earth is further from UTC than 14 hours
        return _digits(moment.astimezone(UTC)) + "Z"
    return _digits(moment) + ("Z" if not hours else f"{int(hours):+03d}")


def _digits(moment: datetime) -> str:
    return moment.strftime("%Y").zfill(4) + moment.strftime("%m%d%H%M%S")
