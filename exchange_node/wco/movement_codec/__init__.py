"""What is told of movements ↔ InterGov: `decode(encode(x)) == x`."""

from exchange_node.wco.movement_codec.notice import decode_notice, encode_notice

__all__ = ["decode_notice", "encode_notice"]
