"""What is told of movements ↔ InterGov: `decode(encode(x)) == x`; manifests that go once more."""

from exchange_node.wco.movement_codec.manifest import under_function
from exchange_node.wco.movement_codec.notice import decode_notice, encode_notice

__all__ = ["decode_notice", "encode_notice", "under_function"]
