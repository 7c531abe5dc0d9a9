"""Where a movement stands, what happens to it, and who takes part."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a movement stands in the view of one node; UNKNOWN is one without a manifest."""

    UNKNOWN = "unknown"
    RELEASED = "released"
    IN_TRANSIT = "in transit"
    INCIDENT = "incident"
    REFUSED = "refused"
    DIVERTED = "diverted"
    ENQUIRY = "enquiry"
    CANCELLED = "cancelled"
    ARRIVED = "arrived"
    CONTROLLED = "controlled"
    DISCREPANCY = "discrepancy"
    DISCHARGED = "discharged"
    RECOVERY = "recovery"
    CLOSED_RECOVERED = "closed, recovered"


FINAL = frozenset({State.DISCHARGED, State.CLOSED_RECOVERED})
"""States that nothing leads out of."""

ON_THE_WAY = frozenset({State.IN_TRANSIT, State.INCIDENT, State.REFUSED, State.DIVERTED})
"""States that a movement may come into again and again."""


class Event(StrEnum):
    """What happens to a movement."""

    RELEASE = "release"
    AMENDMENT = "amendment"
    EXIT = "exit"
    ENTRY = "entry"
    CANCELLATION = "cancellation"
    REQUEST = "request"
    DIVERSION = "diversion"
    REFUSAL = "refusal"
    INCIDENT = "incident"
    CONTINUATION = "continuation"
    ENQUIRY = "enquiry"
    REPLY = "reply"
    INFORMATION = "information"
    WITHDRAWAL = "withdrawal"
    QUESTION = "question"
    STANDING = "standing"
    ARRIVAL = "arrival"
    CONFORM = "conform"
    DISCREPANT = "discrepant"
    SOLVED = "solved"
    DISCHARGE = "discharge"
    RECOVERY = "recovery"
    COMPETENCE = "competence"
    RECOVERED = "recovered"
    COMPARISON = "comparison"


AT_BORDER = frozenset({Event.EXIT, Event.ENTRY, Event.REFUSAL, Event.DIVERSION})
"""What tells that a movement has come to a border, or is beyond one."""

REPEATED = (
    Event.DIVERSION,
    Event.REFUSAL,
    Event.INCIDENT,
    Event.CONTINUATION,
    Event.EXIT,
    Event.ENTRY,
)
"""Events that lead from one of these states to another; of one second the last is the later."""


class Part(StrEnum):
    """Which part an administration has in a movement."""

    DEPARTURE = "departure"
    TRANSIT = "transit"
    DESTINATION = "destination"
