"""Decisions: why, the same once more, another channel in its place; what was committed to, keys."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import Field

from exchange_node.domain.decision import OverrideReason
from exchange_node.node import Node, ruling
from exchange_node.web.asking import Body, Limit, Number, Purpose, Who

TAG = "decisions"


class Override(Body):
    """Another channel, and why."""

    channel: Annotated[str, Field(min_length=1, max_length=30)]
    reason: OverrideReason
    words: Annotated[str, Field(max_length=500)] = ""


def add_decisions(api: FastAPI, node: Node) -> None:
    """Add the routes about decisions."""
    rulings = ruling(node)

    @api.get("/api/v1/manifests/{number}/decisions", tags=[TAG])
    def decisions(who: Who, number: Number, purpose: Purpose = "") -> dict[str, object]:
        """The decisions on a manifest, the first first."""
        return rulings.list(who, number, purpose=purpose)

    @api.post("/api/v1/manifests/{number}/decisions", tags=[TAG])
    def anew(who: Who, number: Number, purpose: Purpose = "") -> dict[str, object]:
        """Decide on a manifest by what is in force now; the same once more has the same number."""
        done = rulings.anew(who, number, purpose=purpose)
        node.wake("telling")
        return done

    @api.get("/api/v1/decisions/{number}", tags=[TAG])
    def decision(who: Who, number: Number, purpose: Purpose = "") -> dict[str, object]:
        """What went into a decision, what came out, and what officers did about it."""
        return rulings.show(who, number, purpose=purpose)

    @api.get("/api/v1/decisions/{number}/replay", tags=[TAG])
    def replay(who: Who, number: Number, purpose: Purpose = "") -> dict[str, object]:
        """The decision made again from what was stored, and whether it is the same."""
        return rulings.replay(who, number, purpose=purpose)

    @api.post("/api/v1/decisions/{number}/override", tags=[TAG])
    def override(
        who: Who, number: Number, body: Override, purpose: Purpose = ""
    ) -> dict[str, object]:
        """Put another channel in its place; what was drawn at random takes two persons."""
        done = rulings.overrule(
            who,
            number,
            channel=body.channel,
            reason=body.reason.value,
            words=body.words,
            purpose=purpose,
        )
        node.wake("telling")
        return done

    @api.get("/api/v1/draws", tags=[TAG])
    def commitments(who: Who, limit: Limit = 50) -> dict[str, object]:
        """What was committed to for each day that draws, the latest first."""
        return rulings.commitments(who, limit=limit)

    @api.get("/api/v1/draws/{day}", tags=[TAG])
    def key(who: Who, day: date) -> dict[str, object]:
        """The key that drew on a day that has ended."""
        return rulings.key(who, day)

    @api.get("/api/v1/decision-statistics", tags=[TAG])
    def statistics(
        who: Who,
        begin: Annotated[date, Query()],
        end: Annotated[date, Query()],
        test: bool = False,  # noqa: FBT001, FBT002 - a part of the query
    ) -> dict[str, object]:
        """Channels, draws and what was overruled, by office and direction; `end` is excluded."""
        return rulings.statistics(who, begin, end, test=test)
