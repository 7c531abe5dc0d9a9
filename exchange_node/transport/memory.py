"""A line in memory between nodes of one process: to be cut, to lose answers, to be meddled with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from exchange_node.domain.errors import PartnerUnreachableError
from exchange_node.domain.transmission.content import Content, size_of, whole
from exchange_node.transport.line import MAX_ANSWER_BYTES, Answer, nothing
from exchange_node.transport.probe import Failure, Probed

Door = Callable[[str, str, Content], Answer]
"""Called with the caller's party, the content type and the body."""


@dataclass
class Exchange:
    """Where the nodes of one process meet: each hangs its door here under its party id.

    Attributes:
        cut: parties that nobody reaches.
        lose_answers: the request arrives, the answer does not.
        meddler: changes a request's bytes on the way.
    """

    doors: dict[str, Door] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    lose_answers: bool = False
    meddler: Callable[[bytes], bytes] | None = None
    posts: int = 0

    def line_of(self, party: str) -> MemoryLine:
        """Return the line that a node of that party sends on."""
        return MemoryLine(self, party)


@dataclass(frozen=True)
class MemoryLine:
    """One node's end of the exchange."""

    exchange: Exchange
    party: str

    def post(
        self,
        partner: str,
        content_type: str,
        body: Content,
        *,
        most_bytes: int = MAX_ANSWER_BYTES,
        as_it_comes: Callable[[], None] = nothing,
    ) -> Answer:
        """Carry the bytes to the partner's door; see `Line.post`."""
        self.exchange.posts += 1
        door = self.exchange.doors.get(partner)
        if door is None or partner in self.exchange.cut:
            raise PartnerUnreachableError(partner=partner, url="memory:", why="the line is cut")
        if self.exchange.meddler is not None:
            body = self.exchange.meddler(whole(body))
        answer = door(self.party, content_type, body)
        if self.exchange.lose_answers:
            raise PartnerUnreachableError(partner=partner, url="memory:", why="the answer was lost")
        if size_of(answer.body) > most_bytes:
            why = f"the answer exceeds {most_bytes} bytes"
            raise PartnerUnreachableError(partner=partner, url="memory:", why=why)
        as_it_comes()
        return answer

    def probe(self, partner: str, content_type: str, body: bytes) -> Probed:
        """Carry the bytes to the partner's door and say how it went, without TLS."""
        try:
            answer = self.post(partner, content_type, body)
        except PartnerUnreachableError as err:
            return Probed(url="memory:", failure=Failure.REFUSED, why=str(err))
        return Probed(url="memory:", answer=answer, milliseconds={"exchange": 0.0, "total": 0.0})

    def hasten(self, seconds: float) -> None:
        """Nothing takes time here."""

    def close(self) -> None:
        """Nothing to give back."""
