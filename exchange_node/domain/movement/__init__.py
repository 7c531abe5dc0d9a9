"""A movement on its way: who takes part, what happened to it, what may happen next and whose it is.

Each node keeps its own view of a movement; `moves` is the table that says what becomes of it.
"""

from exchange_node.domain.movement.grounds import (
    AT_CONSIGNEE,
    DIVERTED,
    ENDS_THERE,
    GROUNDS,
    NOTHING_KNOWN,
    UNANSWERED,
    UNPROVEN,
    UNSETTLED,
)
from exchange_node.domain.movement.moves import (
    MOVES,
    Move,
)
from exchange_node.domain.movement.notice import (
    CODES_OF,
    MANIFEST_CODES,
    MANIFEST_GIVEN,
    NOTICE_CODES,
    PLACELESS,
    STATUS_OF,
    UNMOVED,
    Claim,
    Control,
    MovementNotice,
    Paper,
    Report,
    SeenEquipment,
    SeenMeans,
    SeenPlace,
    SeenSeal,
    event_of_controls,
)
from exchange_node.domain.movement.route import (
    Route,
    route_of,
)
from exchange_node.domain.movement.states import (
    FINAL,
    ON_THE_WAY,
    REPEATED,
    Event,
    Part,
    State,
)
from exchange_node.domain.movement.weighing import (
    Course,
    Weighed,
    awaited,
    possible,
    tellers,
    weigh,
)

__all__ = [
    "AT_CONSIGNEE",
    "CODES_OF",
    "DIVERTED",
    "ENDS_THERE",
    "FINAL",
    "GROUNDS",
    "MANIFEST_CODES",
    "MANIFEST_GIVEN",
    "MOVES",
    "NOTHING_KNOWN",
    "NOTICE_CODES",
    "ON_THE_WAY",
    "PLACELESS",
    "REPEATED",
    "STATUS_OF",
    "UNANSWERED",
    "UNMOVED",
    "UNPROVEN",
    "UNSETTLED",
    "Claim",
    "Control",
    "Course",
    "Event",
    "Move",
    "MovementNotice",
    "Paper",
    "Part",
    "Report",
    "Route",
    "SeenEquipment",
    "SeenMeans",
    "SeenPlace",
    "SeenSeal",
    "State",
    "Weighed",
    "awaited",
    "event_of_controls",
    "possible",
    "route_of",
    "tellers",
    "weigh",
]
