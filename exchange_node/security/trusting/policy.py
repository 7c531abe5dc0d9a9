"""How strictly revocation is asked about: the node's setting, which a partner's card may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from exchange_node.security.trusting.status import CLOCK_SKEW


class Strictness(StrEnum):
    """What happens when no authority can be heard."""

    REQUIRE = "require"
    GRACE = "grace"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationPolicy:
    """How revocation is asked about.

    Attributes:
        strictness: `require` takes present answers alone; `grace` takes the last good one for a
            while; `off` asks nobody.
        max_age: how long an answer is used before the authority is asked again; never beyond the
            moment when the authority itself promises the next one.
        grace: how much longer the last good answer is used when no new one can be had.
        tolerance: how far an authority's clock may differ from ours.
    """

    strictness: Strictness = Strictness.GRACE
    max_age: timedelta = timedelta(hours=1)
    grace: timedelta = timedelta(hours=24)
    tolerance: timedelta = CLOCK_SKEW
