"""Risk alerts as nouns: the alert, its subjects, and who has seen it."""

from exchange_node.domain.alert.alert import (
    CORRECTED,
    ISSUED,
    MAX_SUBJECTS,
    MAX_VALIDITY,
    WITHDRAWAL,
    Acknowledgement,
    Contact,
    Indicator,
    Marking,
    Measure,
    PermittedAction,
    RiskAlert,
    SupportingDocument,
    Urgency,
)
from exchange_node.domain.alert.subject import NAMING, NOMINAL, SELECTIVE, Nominal, Subject

__all__ = [
    "CORRECTED",
    "ISSUED",
    "MAX_SUBJECTS",
    "MAX_VALIDITY",
    "NAMING",
    "NOMINAL",
    "SELECTIVE",
    "WITHDRAWAL",
    "Acknowledgement",
    "Contact",
    "Indicator",
    "Marking",
    "Measure",
    "Nominal",
    "PermittedAction",
    "RiskAlert",
    "Subject",
    "SupportingDocument",
    "Urgency",
]
