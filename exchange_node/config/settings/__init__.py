"""`node.toml` and the passphrase: what the operator has said of this node."""

from exchange_node.config.settings.files import read_text
from exchange_node.config.settings.listener import Listener
from exchange_node.config.settings.reading import Settings, read_settings

__all__ = ["Listener", "Settings", "read_settings", "read_text"]
