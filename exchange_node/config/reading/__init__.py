"""A file of ours, or the environment → text, TOML, the passphrase; what is unusable is named."""

from exchange_node.config.reading.files import parse_toml, read_text, read_toml
from exchange_node.config.reading.passphrase import (
    PASSPHRASE_VARIABLE,
    environment_with,
    given_passphrase,
)

__all__ = [
    "PASSPHRASE_VARIABLE",
    "environment_with",
    "given_passphrase",
    "parse_toml",
    "read_text",
    "read_toml",
]
