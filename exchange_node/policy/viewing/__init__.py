"""Who looks, what for, at which record → shown or not: the view gate."""

from __future__ import annotations

from exchange_node.policy.viewing.checks import (
    EXPLAINED,
    SEEN,
    VIEW_CHECKS,
    Sight,
    ViewCode,
)
from exchange_node.policy.viewing.gate import permit_view
from exchange_node.policy.viewing.subject import Came, Subject

__all__ = [
    "EXPLAINED",
    "SEEN",
    "VIEW_CHECKS",
    "Came",
    "Sight",
    "Subject",
    "ViewCode",
    "permit_view",
]
