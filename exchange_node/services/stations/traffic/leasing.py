"""An exchange that goes on → its lease is renewed; one that was overtaken → it is broken off.

The moment when bytes are asked for is the one that shows that the line has taken those before
them, so a post that hangs renews nothing: the line's own timeouts end it, and where its process
stopped, its lease ends. No bytes are left to ask for when the partner's answer is waited for;
the last renewal has to last for that, and so is longer for a message that is larger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from exchange_node.domain.errors import OvertakenError, StoreError
from exchange_node.domain.transmission.content import (
    CHUNK_BYTES,
    Content,
    Joined,
    pieces_of,
    size_of,
)
from exchange_node.transport.line import patience

NEARLY_ALL = 10
"""A lease is renewed when a tenth of it has passed: a quick post costs no write (our choice)."""

Renew = Callable[[datetime, datetime], bool]
"""Called with the end of the lease and its new end; returns whether the lease was still held."""


class Lease:
    """A row that is this worker's for a while, and longer as long as something moves."""

    def __init__(
        self,
        *,
        of: str,
        until: datetime,
        length: timedelta,
        renew: Renew,
        clock: Callable[[], datetime],
    ) -> None:
        self._of = of
        self._until = until
        self._length = length
        self._renew = renew
        self._clock = clock

    @property
    def until(self) -> datetime:
        """When it ends as it now stands."""
        return self._until

    def keep(self) -> None:
        """Renew it, when some of it has passed.

        Raises:
            OvertakenError: the lease ended, or another holds it.
            StoreError: it ended while the store could not be written to.
        """
        now = self._clock()
        end = now + self._length
        if end - self._until < self._length / NEARLY_ALL:
            return
        try:
            is_ours = self._renew(self._until, end)
        except StoreError:
            if now >= self._until:
                raise
            return  # the store is asked again with the next bytes
        if not is_ours:
            raise OvertakenError(message_id=self._of)
        self._until = end


class LeasedContent:
    """The bytes of a post, whose first reading keeps its lease; see `Spooled`."""

    def __init__(
        self,
        content: Content,
        *,
        message_id: str,
        until: datetime,
        lease: timedelta,
        renew: Renew,
        clock: Callable[[], datetime],
    ) -> None:
        self._content = content
        self._lease = Lease(
            of=message_id,
            until=until,
            length=lease + 2 * patience(content),  # once to be taken, once to be answered
            renew=renew,
            clock=clock,
        )
        self._is_read = False

    @property
    def until(self) -> datetime:
        """When the lease ends as it now stands."""
        return self._lease.until

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return size_of(self._content)

    def chunks(self) -> Iterator[bytes]:
        """Yield them from the beginning; what reads them again is no post.

        Raises:
            OvertakenError: the lease ended, or another holds it.
            StoreError: it ended while the store could not be written to.
        """
        is_post, self._is_read = not self._is_read, True
        for chunk in pieces_of(self._content, CHUNK_BYTES):
            if is_post:
                self._lease.keep()
            yield chunk
        if is_post:
            self._lease.keep()

    def part(self, start: int, end: int) -> Joined:
        """Return a stretch of them, without copying; reading it renews nothing."""
        return Joined([self._content]).part(start, end)
