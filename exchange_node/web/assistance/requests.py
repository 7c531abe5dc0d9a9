"""The desk's routes for mutual assistance: asked, answered, told, looked up, reckoned."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import FastAPI
from pydantic import Field, JsonValue

from exchange_node.domain.assistance.life import Act
from exchange_node.node import Node
from exchange_node.web.asking import Body, Limit, Party, Purpose, Who

_ROOT = "/api/v1/assistance"
_TAG = "assistance"

Draft = Annotated[dict[str, JsonValue], Field(max_length=100)]
"""What a paper says, by the keys of docs/assistance.md."""

Short = Annotated[str, Field(max_length=40)]


class Written(Body):
    """What is written to a partner, and what it is sent for."""

    to: Party
    purpose: Short = "INVESTIGATION"
    says: Draft


class Told(Written):
    """What is told to a partner; `request` is the number of its open request, where it asked."""

    request: Annotated[str, Field(max_length=100)] = ""


class Spoken(Body):
    """What was asked by word of mouth; `taken` where the partner asked this administration."""

    partner: Party
    taken: bool
    purpose: Short = "INVESTIGATION"
    says: Draft


class Said(Body):
    """What is said to a request."""

    act: Literal[
        Act.ACKNOWLEDGED,
        Act.INTERIM,
        Act.REFUSED,
        Act.POSTPONED,
        Act.PARTIAL,
        Act.COMPLETE,
        Act.REMAINDER_REFUSED,
        Act.NOTHING_FOUND,
    ]
    says: Draft


def mutual_assistance(api: FastAPI, node: Node) -> None:
    """Add the routes of the register of mutual assistance."""
    _add_papers(api, node)
    _add_register(api, node)


def _add_papers(api: FastAPI, node: Node) -> None:
    @api.post(_ROOT + "/requests", status_code=202, tags=[_TAG])
    def ask(who: Who, body: Written) -> dict[str, object]:
        """Ask a partner for assistance; the keys of `says` are those of docs/assistance.md."""
        done = node.assistance.request(who, body.says, to=body.to, purpose=body.purpose)
        node.wake("sending")
        return done

    # A reference is the partner's own and may have a slash in it.
    @api.post(_ROOT + "/requests/{reference:path}/replies", status_code=202, tags=[_TAG])
    def reply(who: Who, reference: str, body: Said, requester: str = "") -> dict[str, object]:
        """Acknowledge, refuse, postpone or answer a request; `requester` where two gave it."""
        done = node.assistance.reply(who, reference, body.act, body.says, requester=requester)
        node.wake("sending")
        return done

    @api.post(_ROOT + "/information", status_code=202, tags=[_TAG])
    def inform(who: Who, body: Told) -> dict[str, object]:
        """Tell a partner something, unasked or on a request of its own."""
        done = node.assistance.inform(
            who, body.says, to=body.to, purpose=body.purpose, request=body.request
        )
        node.wake("sending")
        return done

    @api.post(_ROOT + "/oral", status_code=201, tags=[_TAG])
    def oral(who: Who, body: Spoken) -> dict[str, object]:
        """Write down a request made by word of mouth; nothing is sent."""
        return node.assistance.oral(
            who, body.says, partner=body.partner, purpose=body.purpose, is_taken=body.taken
        )


def _add_register(api: FastAPI, node: Node) -> None:
    @api.get(_ROOT + "/matters", tags=[_TAG])
    def matters(
        who: Who,
        kind: str = "",
        direction: str = "",
        stage: str = "",
        partner: str = "",
        limit: Limit = 50,
        purpose: Purpose = "",
    ) -> dict[str, object]:
        """The register, the newest first; `direction` is ours or theirs, `stage` may be open."""
        return node.assistance_register.matters(
            who,
            kind=kind,
            direction=direction,
            stage=stage,
            partner=partner,
            purpose=purpose,
            limit=limit,
        )

    @api.get(_ROOT + "/matters/{reference:path}", tags=[_TAG])
    def matter(
        who: Who, reference: str, opener: str = "", purpose: Purpose = ""
    ) -> dict[str, object]:
        """One matter with its clocks and papers; `opener` where two gave the same number."""
        return node.assistance_register.matter(who, reference, opener=opener, purpose=purpose)

    @api.get(_ROOT + "/report", tags=[_TAG])
    def report(
        who: Who, partner: str = "", since: date | None = None, until: date | None = None
    ) -> dict[str, object]:
        """What each side asked of the other in a period, and what came of it, in numbers."""
        return node.reciprocity.report(who, partner=partner, since=since, until=until)
