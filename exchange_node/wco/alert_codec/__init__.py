"""RiskAlert, Acknowledgement and Feedback ↔ InterGov: `decode(encode(x)) == x`.

What decodes is well built; whether it may be taken is for `rules.alerts` to say. Moments
are told to the second.
"""

from exchange_node.wco.alert_codec.acknowledgement import (
    decode_acknowledgement,
    encode_acknowledgement,
)
from exchange_node.wco.alert_codec.alert import decode_alert, encode_alert
from exchange_node.wco.alert_codec.feedback import decode_feedback, encode_feedback
from exchange_node.wco.alert_codec.intergov import RULES
from exchange_node.wco.alert_codec.summary import marked, subjects_of

__all__ = [
    "RULES",
    "decode_acknowledgement",
    "decode_alert",
    "decode_feedback",
    "encode_acknowledgement",
    "encode_alert",
    "encode_feedback",
    "marked",
    "subjects_of",
]
