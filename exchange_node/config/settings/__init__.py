"""`node.toml` and the passphrase: what the operator has said of this node."""

from exchange_node.config.settings.reading import (
    Listener,
    Settings,
    parse_toml,
    read_settings,
    read_text,
)

__all__ = ["Listener", "Settings", "parse_toml", "read_settings", "read_text"]
