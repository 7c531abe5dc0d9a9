"""Orders, certificates and notices about records ↔ InterGov; corrected values in a document."""

from exchange_node.wco.orders.breach_codec import decode_breach, encode_breach
from exchange_node.wco.orders.certificate_codec import decode_certificate, encode_certificate
from exchange_node.wco.orders.correcting import corrected, differences
from exchange_node.wco.orders.order_codec import decode_order, encode_order

__all__ = [
    "corrected",
    "decode_breach",
    "decode_certificate",
    "decode_order",
    "differences",
    "encode_breach",
    "encode_certificate",
    "encode_order",
]
