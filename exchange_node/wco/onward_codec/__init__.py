"""OnwardRequest, OnwardAnswer ↔ InterGov with ext:OnwardUse: `decode(encode(x)) == x`.

MA-030 asks for consent to a further use, or tells of one; MA-031 answers. What decodes is well
built; whether it may be taken is for the walk to say. Moments are told to the second.
"""

from exchange_node.wco.onward_codec.answer import (
    OUTCOME_CODES,
    decode_onward_answer,
    encode_onward_answer,
)
from exchange_node.wco.onward_codec.request import (
    ASKING_CODES,
    RECORD_CODES,
    USE_CODES,
    decode_request,
    encode_request,
)

__all__ = [
    "ASKING_CODES",
    "OUTCOME_CODES",
    "RECORD_CODES",
    "USE_CODES",
    "decode_onward_answer",
    "decode_request",
    "encode_onward_answer",
    "encode_request",
]
