"""The register of further use as values: requests and answers as they were recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exchange_node.domain.onward.course import Course, Taken, course_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from exchange_node.domain.onward.asking import OnwardAnswer, OnwardRequest
    from exchange_node.store.records.held import Direction
    from exchange_node.store.releasing.letters import Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRequest:
    """A request as it was recorded; its `why` is in the document alone.

    Attributes:
        direction: whether this node asked.
        delete_after: until when the documents are kept; None where they go with the record.
        recorded_by: the officer, or the node where it came from the partner.
    """

    direction: Direction
    partner: str
    request: OnwardRequest
    message_id: str
    document_id: str
    recorded_at: datetime
    recorded_by: str
    delete_after: datetime | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer as it was recorded; its `conditions` are in the document alone."""

    request: int
    answer: OnwardAnswer
    message_id: str
    document_id: str
    recorded_at: datetime
    recorded_by: str

    @property
    def taken(self) -> Taken:
        """What counts of it, and from when."""
        return Taken(answer=self.answer, at=self.recorded_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A request with its answers, in the order in which they came.

    Attributes:
        letters: what became of the messages of ours among them, by MessageId.
    """

    kept: KeptRequest
    answers: tuple[KeptAnswer, ...] = field(default=())
    letters: Mapping[str, Letter] = field(default_factory=dict)

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What counts of the answers, and from when: what the partner did not take, does not."""
        return tuple(one.taken for one in self.answers if not self._is_out(one.message_id))

    def course(self, at: datetime) -> Course:
        """Return how it stands at a moment; what was never taken waits for nothing."""
        if self._is_out(self.kept.message_id) and not self.answers:
            return Course.UNDELIVERED
        return course_at(self.kept.request, self.taken, at)

    def _is_out(self, message_id: str) -> bool:
        letter = self.letters.get(message_id)
        return letter is not None and letter.has_ended
