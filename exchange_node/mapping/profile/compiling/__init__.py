"""The tables of a profile → expressions, lines and groups: surroundings · values · lines."""

from exchange_node.mapping.profile.compiling.lines import GROUP_KEYS, LINE_KEYS, group, line
from exchange_node.mapping.profile.compiling.surroundings import (
    Surroundings,
    dates_at,
    number_at,
    path,
    pattern,
    surroundings,
    zone_at,
)
from exchange_node.mapping.profile.compiling.values import expression, value

__all__ = [
    "GROUP_KEYS",
    "LINE_KEYS",
    "Surroundings",
    "dates_at",
    "expression",
    "group",
    "line",
    "number_at",
    "path",
    "pattern",
    "surroundings",
    "value",
    "zone_at",
]
