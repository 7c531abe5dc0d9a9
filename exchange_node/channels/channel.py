"""The seam: one method that tells somebody outside that something happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What happened, as a code and facts; the reader's side makes the sentence.

    Attributes:
        notice_id: the same for the same happening, so that telling twice does no harm.
        code: `hit.red`, `transmission.missing-receipt`, `alert.received`, …
    """

    notice_id: str
    code: str
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """A way to tell somebody."""

    def tell(self, notice: Notice) -> None:
        """Hand the notice over; telling the same notice again changes nothing.

        Raises:
            ChannelError: it could not be handed over; the same call may succeed later.
        """
        ...
