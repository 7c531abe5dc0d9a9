"""Papers of mutual assistance ↔ InterGov (MA-010 to MA-014, MA-020): `decode(encode(x)) == x`.

What decodes is well built; whether the agreement lets it be taken is for `policy.requests` to say.
Moments are told to the second.
"""

from exchange_node.wco.assistance_codec.information import decode_information, encode_information
from exchange_node.wco.assistance_codec.reply import decode_reply, encode_reply
from exchange_node.wco.assistance_codec.request import PLACES, decode_request, encode_request

__all__ = [
    "PLACES",
    "decode_information",
    "decode_reply",
    "decode_request",
    "encode_information",
    "encode_reply",
    "encode_request",
]
