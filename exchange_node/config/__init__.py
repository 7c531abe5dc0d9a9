"""The only reader of settings, schemas, code lists, agreements, profiles, keys and environment.

A node's folder → `Settings`, `Keyring`, partner cards; what is shipped → schemas, lists, profiles.
Everything is read once, at the start, and handed on as values.
"""

from exchange_node.config.keyring import Keyring, open_keyring
from exchange_node.config.partners import PartnerCard, read_cards
from exchange_node.config.settings import Listener, Settings, read_settings
from exchange_node.config.shipped import library, national_profiles, sample_agreement

__all__ = [
    "Keyring",
    "Listener",
    "PartnerCard",
    "Settings",
    "library",
    "national_profiles",
    "open_keyring",
    "read_cards",
    "read_settings",
    "sample_agreement",
]
