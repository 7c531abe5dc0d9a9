"""Criteria of a subject ↔ the elements they stand in, and which elements name somebody."""

from __future__ import annotations

from collections.abc import Mapping

from exchange_node.domain.alert import NAMING, NOMINAL

ALERT = "InterGov/ext:RiskAlert"
SUBJECT = f"{ALERT}/ext:Subject"
SEQUENCE = f"{SUBJECT}/ext:SequenceNumeric"
SUMMARY_ONLY = f"{ALERT}/ext:SummaryOnlyIndicator"

CRITERIA: Mapping[str, str] = {
    "movement": "DeclarationID",
    "party_role": "PartyRoleCode",
    "party_id": "PartyID",
    "party_issuer": "PartyIssuerCountryCode",
    "party_name": "PartyName",
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
MANY: Mapping[str, str] = {"routing": "RoutingCountryCode", "offices": "OfficeID"}

CRITERION_OF: Mapping[str, str] = {
    f"{SUBJECT}/ext:{tag}": name for name, tag in (*CRITERIA.items(), *MANY.items())
}
"""The criterion that stands at a path."""

NOMINAL_PATHS = frozenset(path for path, name in CRITERION_OF.items() if name in NOMINAL)
"""Where an alert names somebody or something."""

NAMING_PATHS = frozenset(path for path, name in CRITERION_OF.items() if name in NAMING)
"""Of these, where it does so by itself."""

SUPPORTING = "InterGov/AdditionalDocument"
"""What stands below it are numbers of documents."""

_STATEMENT = (
    "InterGov/AdditionalInformation/StatementDescription",
    "InterGov/AdditionalInformation/ext:FullText",
)
_INDICATOR = f"{ALERT}/ext:Indicator"

FREE_TEXTS = (
    *_STATEMENT,
    f"{ALERT}/ext:ModusOperandiText",
    f"{_INDICATOR}/ext:DescriptionText",
)
"""Where anything may be written; the summary is checked when it is made."""

REPEATING: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_STATEMENT, _STATEMENT),
    f"{ALERT}/ext:ModusOperandiText": (),
    f"{_INDICATOR}/ext:DescriptionText": (),
    f"{_INDICATOR}/ext:Code": (
        f"{_INDICATOR}/ext:WeightNumeric",
        f"{_INDICATOR}/ext:DescriptionText",
    ),
    f"{SUBJECT}/ext:DescriptionText": (),
    f"{SUPPORTING}/ID": (f"{SUPPORTING}/TypeCode",),
}
"""Where what a criterion says may be said again → what of the same block goes with it."""
