"""The profile for goods declarations of other customisations, made from the registry."""

from __future__ import annotations

from exchange_node.wco.registry import Registry
from tools.make_goods_profile import PROFILE, profile_of


def test_the_profile_is_as_the_registry_makes_it(registry: Registry) -> None:
    assert PROFILE.read_text(encoding="utf-8") == profile_of(registry)
