"""The request that something is given on: what a gate has to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenOn:
    """A request for assistance, as the register of this node has it.

    Attributes:
        reference: the requester's own number.
        message_id: of the message that brought it; what is given on it names that in its header.
        requester, requested: party ids.
        open_until: when it was closed; None while it waits for its answer.
    """

    reference: str
    message_id: str
    requester: str
    requested: str
    test: bool
    open_until: datetime | None = None

    def stands(self, *, between: tuple[str, str], test: bool, made_at: datetime | None) -> bool:
        """Whether something may be given on it.

        What was made while it was open may still travel when it is closed: the answer that closed
        it may have overtaken the rest.

        Args:
            between: who gives, and who gets.
            test: whether it is test data.
            made_at: when it was sealed; None for what is made now.
        """
        if (self.requested, self.requester) != between or self.test is not test:
            return False
        return self.open_until is None or (made_at is not None and made_at <= self.open_until)
