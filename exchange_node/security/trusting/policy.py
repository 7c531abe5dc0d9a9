"""How strictly revocation is asked about, and whom: what the node sets and a card may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from exchange_node.security.trusting.path import Path
from exchange_node.security.trusting.status import CLOCK_SKEW


class Strictness(StrEnum):
    """What happens when no authority can be heard."""

    REQUIRE = "require"
    GRACE = "grace"
    OFF = "off"


class Register(Protocol):
    """Whoever knows which certificates were revoked, and may ask their authorities for it."""

    def require_good(
        self, path: Path, at: datetime, *, strictness: Strictness | None = None
    ) -> None:
        """Return when no certificate of the path is known to be revoked.

        `strictness` is the partner's own; None takes the node's.

        Raises:
            RevokedCertificateError: one is revoked.
            UnknownRevocationError: nobody says, for longer than the policy allows.
        """
        ...


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
