"""What goes out of the node to be relied upon without it: papers, and what an office expects."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import FastAPI, Path, Query, Response
from pydantic import AwareDatetime, Field, model_validator

from exchange_node.domain.errors import UnusableQueryError
from exchange_node.node import Node, Offline, expecting, merging, placing, printing
from exchange_node.web.asking import Body, Purpose, Who
from exchange_node.web.files import Octets, saved

RECORD_ID = r"^[A-Za-z0-9]{2,17}-[0-9a-f]{32}$"
RecordId = Annotated[str, Path(pattern=RECORD_ID)]
Nonce = Annotated[str, Query(max_length=80)]
Office = Annotated[str, Path(pattern=r"^[A-Za-z0-9]{2,17}$")]
Movement = Annotated[str, Query(min_length=1, max_length=70)]


Short = Annotated[str, Field(max_length=70)]
Long = Annotated[str, Field(max_length=400)]


class Seal(Body):
    """A seal as it was found."""

    id: Annotated[str, Field(min_length=1, max_length=35)]
    condition: Annotated[str, Field(max_length=20)] = ""


class Recorded(Body):
    """What a post recorded while its line was down; times by its clock."""

    id: Annotated[str, Field(pattern=RECORD_ID)]
    sequence: Annotated[int, Field(ge=1, lt=2**53)]
    kind: Literal["crossing", "seal-check", "look"]
    office: Short
    movement: Short
    operator: Short
    reason: Long = ""
    direction: Literal["", "entry", "exit"] = ""
    occurred_at: AwareDatetime
    recorded_at: AwareDatetime
    means: Short = ""
    equipment: Short = ""
    seals: Annotated[tuple[Seal, ...], Field(max_length=50)] = ()
    packages: Annotated[int, Field(ge=0, lt=10**8)] | None = None
    remark: Long = ""
    asked: Long = ""
    found: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _crosses(self) -> Recorded:
        if (self.kind == "crossing") != bool(self.direction):
            raise ValueError("a crossing, and nothing else, has a direction")
        return self


class HandedOver(Body):
    """Records of a post, and what its clock said when it sent them."""

    sent_at: AwareDatetime
    records: Annotated[list[Recorded], Field(max_length=50)]


class Dropped(Body):
    """Why a record is dropped."""

    why: Annotated[str, Field(min_length=1, max_length=200)]


class Corrected(Dropped):
    """Of which movement a crossing was, and why it was recorded otherwise."""

    movement: Annotated[str, Field(min_length=1, max_length=70)]


def add_posts(api: FastAPI, node: Node) -> None:
    """Add what a border post takes along."""

    @api.get("/api/v1/accompanying-document", tags=["border post"], response_class=Octets)
    def accompanying_document(who: Who, mrn: Movement, purpose: Purpose = "") -> Response:
        """The paper that goes along with the goods, as PDF with a code to check without a line."""
        return saved(printing(node).print(who, mrn, purpose=purpose).pdf)

    @api.get("/api/v1/posts/trust", tags=["border post"], response_class=Octets)
    def trust(who: Who, nonce: Nonce = "") -> Response:
        """The seal certificates of every administration known here, in a signed statement."""
        return _statement(expecting(node).trust(who, nonce=nonce))

    @api.get("/api/v1/posts/{office}/index", tags=["border post"], response_class=Octets)
    def index(
        who: Who,
        office: Office,
        known: Annotated[str, Query(max_length=64)] = "",
        nonce: Nonce = "",
    ) -> Response:
        """Which manifests an office expects, in a signed statement; `known` is that of the last."""
        return _statement(expecting(node).index(who, office, known=known, nonce=nonce))

    @api.get("/api/v1/posts/{office}/entries", tags=["border post"], response_class=Octets)
    def entries(
        who: Who, office: Office, numbers: Annotated[str, Query(max_length=1000)], nonce: Nonce = ""
    ) -> Response:
        """Some of what an office expects, by numbers of its index, in a signed statement."""
        return _statement(expecting(node).entries(who, office, _numbers(numbers), nonce=nonce))

    @api.post("/api/v1/posts/{office}/records", tags=["border post"], response_class=Octets)
    def records(who: Who, office: Office, body: HandedOver, nonce: Nonce = "") -> Response:
        """Take in what a post recorded offline, each id once; a signed receipt of each."""
        receipt = merging(node).merge(
            who,
            office,
            [_offline(one) for one in body.records],
            sent_at=body.sent_at,
            nonce=nonce,
        )
        return _statement(receipt)

    @api.get("/api/v1/post-records", tags=["border post"])
    def waiting(who: Who) -> dict[str, object]:
        """Crossings that posts recorded of movements that are not known here."""
        return {"records": placing(node).waiting(who)}

    @api.post("/api/v1/post-records/{record}/corrections", tags=["border post"])
    def correct(who: Who, record: RecordId, body: Corrected) -> dict[str, object]:
        """Tell a crossing of the movement that it was of; both numbers stay in the audit."""
        return placing(node).correct(who, record, body.movement, why=body.why)

    @api.post("/api/v1/post-records/{record}/dropping", tags=["border post"])
    def drop(who: Who, record: RecordId, body: Dropped) -> dict[str, object]:
        """Drop a crossing with a reason; it is told to nobody, and stays in the audit."""
        return placing(node).drop(who, record, why=body.why)


def _offline(one: Recorded) -> Offline:
    return Offline(
        record_id=one.id,
        sequence=one.sequence,
        kind=one.kind,
        movement=one.movement,
        operator=one.operator,
        reason=one.reason,
        occurred_at=one.occurred_at,
        direction=one.direction,
        means=one.means,
        equipment=one.equipment,
        seals=tuple((seal.id, seal.condition) for seal in one.seals),
        packages=one.packages,
        remark=one.remark,
        asked=one.asked,
    )


def _statement(octets: bytes) -> Response:
    return Response(octets, media_type="application/octet-stream")


def _numbers(text: str) -> list[int]:
    parts = text.split(",")
    if not all(one.isascii() and one.isdigit() and len(one) < 19 for one in parts):
        raise UnusableQueryError(what="numbers", why="want numbers with commas between them")
    return [int(one) for one in parts]
