"""What a border post cannot do while it is on its own."""

from __future__ import annotations

from exchange_node.domain.errors.intake import InputError
from exchange_node.domain.errors.operation import AccessError
from exchange_node.domain.errors.root import NodeError


class UnreadableCodeError(InputError):
    """What was scanned or typed is no code of an accompanying document."""

    code = "post.unreadable-code"
    sentence = "no code of an accompanying document can be read: {why}"
    mend = "Scan the code again, or type every letter and digit that stands below it."

    def __init__(self, *, why: str) -> None:
        super().__init__(why=why)


class OfficeError(AccessError):
    """A token is valid, and of another office."""

    code = "access.office"
    sentence = "this needs a token of office {office}; the token is of {held}"
    mend = "Ask the node's administrator for a token made with `--office`."

    def __init__(self, *, office: str, held: str) -> None:
        super().__init__(office=office, held=held)


class OfficeNodeError(AccessError):
    """A post turns to the node of an office with what only its administration's can do."""

    code = "access.office-node"
    sentence = (
        "this is the own node of office {office}: it states to no post what is expected, and"
        " takes no records"
    )
    mend = "Give the post the address and the card of the administration's node."

    def __init__(self, *, office: str) -> None:
        super().__init__(office=office)


class ForeignRecordError(InputError):
    """A post hands over what was recorded at another office, by its id or by what it says."""

    code = "post.foreign-record"
    sentence = "record {record} was not recorded at {office}, which hands it over"
    mend = "Hand it over at the office that its id begins with; a post counts its own alone."

    def __init__(self, *, record: str, office: str) -> None:
        super().__init__(record=record, office=office)


class UnplacedRecordError(InputError):
    """The movement of a record did not come to be known in its time."""

    code = "post.unknown-movement"
    sentence = "no movement {movement} came to be known here until {until}"
    mend = (
        "Compare the number with the paper: `exchange-node post-record correct` puts it right,"
        " `exchange-node post-record drop` drops the record with a reason."
    )

    def __init__(self, *, movement: str, until: str) -> None:
        super().__init__(movement=movement, until=until)


class DroppedRecordError(InputError):
    """An officer dropped a record: what it says is told to nobody."""

    code = "post.dropped"
    sentence = "dropped at the node: {reason}"
    mend = "Record it anew if it did happen as it says."

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason)


class PostError(NodeError):
    """A border post cannot do this on its own, or its node does not let it."""


class StaleSnapshotError(PostError):
    """What the post keeps is too old to be relied upon."""

    code = "post.stale-snapshot"
    sentence = "what is kept here was stated {hours} hours ago, at {at}; it counts for {most} hours"
    mend = "Run `exchange-node post sync` where the line is up; until then ask by telephone."

    def __init__(self, *, hours: int, at: str, most: int) -> None:
        super().__init__(hours=hours, at=at, most=most)


class ClockSetBackError(PostError):
    """The clock of the post stands before what it has seen already."""

    code = "post.clock-set-back"
    sentence = "this machine's clock says {now}, and it has been {last} already"
    mend = "Set the clock right, or run `exchange-node post sync` where the line is up."

    def __init__(self, *, now: str, last: str) -> None:
        super().__init__(now=now, last=last)


class NoSnapshotError(PostError):
    """Nothing was ever fetched."""

    code = "post.no-snapshot"
    sentence = "nothing of what is expected is kept here yet"
    mend = "Run `exchange-node post sync` where the line is up."


class NodeOutOfReachError(PostError):
    """The line between post and node is down, or went down in the middle."""

    code = "post.node-out-of-reach"
    retryable = True
    sentence = "the node at {url} cannot be reached: {why}"
    mend = "Run the same command again when the line is up: it goes on where it stopped."

    def __init__(self, *, url: str, why: str) -> None:
        super().__init__(url=url, why=why)


class RefusedByNodeError(PostError):
    """The node answered, and refuses."""

    code = "post.refused-by-node"
    sentence = "the node refuses [{refusal}]: {why}"
    mend = "Ask whoever operates the node; the token has to be one of this office's."

    def __init__(self, *, refusal: str, why: str) -> None:
        super().__init__(refusal=refusal, why=why)
