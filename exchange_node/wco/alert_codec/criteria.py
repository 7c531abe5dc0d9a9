"""Criteria of a subject ↔ the elements they stand in, and which elements name somebody."""

from __future__ import annotations

from collections.abc import Mapping

from exchange_node.domain.alert import NAMING, NOMINAL, TELLING

ALERT = "InterGov/ext:RiskAlert"
SUBJECT = f"{ALERT}/ext:Subject"
SEQUENCE = f"{SUBJECT}/ext:SequenceNumeric"
SUMMARY_ONLY = f"{ALERT}/ext:SummaryOnlyIndicator"

CRITERIA: Mapping[str, str] = {
    "movement": "DeclarationID",
    "document_type": "DocumentTypeCode",
    "document_id": "DocumentID",
    "party_role": "PartyRoleCode",
    "party_id": "PartyID",
    "party_issuer": "PartyIssuerCountryCode",
    "party_name": "PartyName",
    "person_role": "PersonRoleCode",
    "person_name": "PersonName",
    "person_born": "PersonBirthDate",
    "person_nationality": "PersonNationalityCode",
    "person_document": "PersonDocumentID",
    "person_issuer": "PersonDocumentCountryCode",
    "means_id": "TransportMeansID",
    "means_nationality": "TransportMeansNationalityCode",
    "trailer_id": "TrailerID",
    "equipment_id": "EquipmentID",
    "customs_seal": "CustomsSealID",
    "commodity_prefix": "ClassificationID",
    "description": "DescriptionText",
    "origin": "OriginCountryCode",
    "country_of_dispatch": "ExportCountryCode",
    "country_of_destination": "DestinationCountryCode",
}
MANY: Mapping[str, str] = {
    "routing": "RoutingCountryCode",
    "offices": "OfficeID",
    "route": "RoutePlaceID",
}

GRADED = "ext:ConfidenceCode"
"""What of a subject is no criterion: how far its issuer believes it."""

CRITERION_OF: Mapping[str, str] = {
    f"{SUBJECT}/ext:{tag}": name for name, tag in (*CRITERIA.items(), *MANY.items())
}
"""The criterion that stands at a path."""

NOMINAL_PATHS = frozenset(path for path, name in CRITERION_OF.items() if name in NOMINAL)
"""Where an alert names somebody or something."""

NAMING_PATHS = frozenset(path for path, name in CRITERION_OF.items() if name in NAMING)
"""Of these, where it does so by itself."""

TELLING_PATHS = frozenset(path for path, name in CRITERION_OF.items() if name in TELLING)
"""Of these, what no text may repeat."""

SUPPORTING = "InterGov/AdditionalDocument"
"""What stands below it are numbers of documents."""

_STATEMENT = (
    "InterGov/AdditionalInformation/StatementDescription",
    "InterGov/AdditionalInformation/ext:FullText",
)
_INDICATOR = f"{ALERT}/ext:Indicator"

_PLAIN = (
    "HandlingCode", "PermittedActionCode", "UrgencyCode", "ValidFromDateTime", "ValidUntilDateTime",
    "ReviewDate", "CategoryCode", "SeverityCode", "ConfidenceCode", "GradingSchemeCode",
    "GradeCode", "UnverifiedIndicator", "FeedbackRequestedIndicator", "OperationID", "SummaryText",
    "CorrectionText",
    "RecommendedMeasure/ext:TypeCode", "RecommendedMeasure/ext:MandatoryIndicator",
    "RecommendedMeasure/ext:SamplingNumeric", "LanguageCode", "OffenceCode", "CommodityGroupCode",
    "FraudTypeCode", "ConcealmentCode", "SeenFromDate", "SeenUntilDate", "SeenPlaceCode",
    "FeedbackDueDate", "FeedbackScopeCode",
    "Indicator/ext:Code", "Indicator/ext:WeightNumeric",
)  # fmt: skip
STANDING = frozenset(
    {
        "InterGov/FunctionCode",
        "InterGov/FunctionalReferenceID",
        "InterGov/ID",
        "InterGov/IssueDateTime",
        "InterGov/TypeCode",
        "InterGov/VersionID",
        "InterGov/Submitter/ID",
        "InterGov/ContactOffice/ID",
        "InterGov/ContactOffice/Communication/ID",
        "InterGov/ContactOffice/Communication/TypeCode",
        "InterGov/AdditionalInformation/StatementTypeCode",
        SUMMARY_ONLY,
        SEQUENCE,
        f"{SUBJECT}/{GRADED}",
        *(f"{ALERT}/ext:{one}" for one in _PLAIN),
        *(path for path, name in CRITERION_OF.items() if name not in NOMINAL),
    }
)
"""What a summary may have, beside its mark. Whatever else an alert may come to have stays behind
until it is listed here."""

_ATTACHMENT = f"{ALERT}/ext:Attachment"

REPEATING: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_STATEMENT, _STATEMENT),
    f"{ALERT}/ext:ModusOperandiText": (),
    f"{ALERT}/ext:QuestionText": (),
    f"{ALERT}/ext:ClassificationText": (),
    f"{ALERT}/ext:RelatedAlertID": (),  # a name somebody gave, and whatever is written there
    "InterGov/AdditionalInformation/StatementCode": (),
    f"{_INDICATOR}/ext:DescriptionText": (),
    f"{_INDICATOR}/ext:Code": (
        f"{_INDICATOR}/ext:WeightNumeric",
        f"{_INDICATOR}/ext:DescriptionText",
    ),
    f"{SUBJECT}/ext:DescriptionText": (),
    f"{SUPPORTING}/ID": (f"{SUPPORTING}/TypeCode",),
    f"{_ATTACHMENT}/ext:DescriptionText": tuple(
        f"{_ATTACHMENT}/ext:{one}"
        for one in ("DigestText", "MediaTypeText", "SizeNumeric", "HandlingCode")
    ),
}
"""Where what a criterion says may be said again → what of the same block goes with it."""
