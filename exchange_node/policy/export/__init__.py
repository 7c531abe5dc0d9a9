"""A received record + what is wanted with it + consents held → may it be handed on, or used so?

`checks` has what the gate asks and how it answers, `gate` the asking.

Source: TFA 12.5 and 12.6.2; Johannesburg Convention, chapter VII.
"""

from exchange_node.policy.export.checks import (
    BY_CONSENT,
    EXPORT_CHECKS,
    FREELY,
    STANDING,
    ExportCode,
    ExportVerdict,
    require_export,
)
from exchange_node.policy.export.gate import permit_export, record_of, reply_working_days

__all__ = [
    "BY_CONSENT",
    "EXPORT_CHECKS",
    "FREELY",
    "STANDING",
    "ExportCode",
    "ExportVerdict",
    "permit_export",
    "record_of",
    "reply_working_days",
    "require_export",
]
