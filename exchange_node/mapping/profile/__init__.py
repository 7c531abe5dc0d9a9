"""TOML → compiled profile: tables checked → paths, crosswalks, expressions → lines and groups."""

from exchange_node.mapping.profile.profile import Profile, Profiles
from exchange_node.mapping.profile.reading import read_profiles

__all__ = ["Profile", "Profiles", "read_profiles"]
