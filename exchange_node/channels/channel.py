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
        code: `channel.red`, `transmission.missing-receipt`, `alert.received`, …
        severity: 1 is the gravest; 0 where nobody has said.
        link: where a person finds it; empty where there is no such place.
    """

    notice_id: str
    code: str
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    severity: int = 0
    link: str = ""

    def as_plain(self) -> dict[str, object]:
        """Return what is told, as it is written down; what is not known is left out."""
        plain: dict[str, object] = {
            "notice": self.notice_id,
            "code": self.code,
            "at": self.at.isoformat(),
            "facts": dict(self.facts),
        }
        if self.severity:
            plain["severity"] = self.severity
        if self.link:
            plain["link"] = self.link
        return plain


class Channel(Protocol):
    """A way to tell somebody."""

    def tell(self, notice: Notice) -> str | None:
        """Hand the notice over; telling the same notice again changes nothing.

        Returns a remark where it was taken with a flaw, such as a reader that was refused.

        Raises:
            ChannelError: it could not be handed over; the same call may succeed later.
        """
        ...
