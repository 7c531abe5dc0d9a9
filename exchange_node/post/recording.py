"""What an officer saw while the line was down → a record, with local time and sequence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

CROSSING = "crossing"
SEAL_CHECK = "seal-check"
LOOK = "look"

# What the node's API takes of each: one record beyond it would hold up all the others.
SHORT, LONG = 70, 400
LONGEST_SEAL, LONGEST_CONDITION = 35, 20
MOST_SEALS = 50
"""Seals of one record (our choice)."""

MOST_PACKAGES = 10**8
"""More packages than anybody counts (our choice)."""

LONGEST_ASKED = 80
"""Characters of what was looked up that are written down (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Something that happened at the post.

    Attributes:
        kind: `crossing` or `seal-check`.
        movement: the official number, as it stands on the paper.
        direction: of a crossing, `entry` or `exit`.
        operator: who saw it.
        reason: why it was not recorded at the node.
        occurred_at: by the clock of the post; None for now.
        seals: number and condition of each, the condition empty where nobody said.
        packages: how many were counted; None where nobody did.
    """

    kind: str
    movement: str
    operator: str
    reason: str
    direction: str = ""
    occurred_at: datetime | None = None
    means: str = ""
    equipment: str = ""
    seals: tuple[tuple[str, str], ...] = ()
    packages: int | None = None
    remark: str = ""


def unfit(one: Observation) -> Iterator[tuple[str, str]]:
    """Yield what the node would not take: the option that it was given with, and why."""
    texts = {
        "MRN": (one.movement, SHORT),
        "--means": (one.means, SHORT),
        "--equipment": (one.equipment, SHORT),
        "--reason": (one.reason, LONG),
        "--remark": (one.remark, LONG),
    }
    seals = one.seals
    for where, (text, most) in texts.items():
        if len(text) > most or not text.isprintable():
            yield where, f"want at most {most} characters on one line"
    if len(seals) > MOST_SEALS:
        yield "--seal", f"want at most {MOST_SEALS}"
    for number, condition in seals:
        if not 1 <= len(number) <= LONGEST_SEAL or len(condition) > LONGEST_CONDITION:
            yield "--seal", f"want a number of 1 to {LONGEST_SEAL} characters"
        elif not f"{number}{condition}".isprintable():
            yield "--seal", "want letters and digits"
    if one.packages is not None and not 0 <= one.packages < MOST_PACKAGES:
        yield "--packages", f"want less than {MOST_PACKAGES}"


def written(
    one: Observation, *, record_id: str, sequence: int, office: str, at: datetime
) -> dict[str, Any]:
    """Return a record as it is kept and sent: plain values, times by the clock of the post."""
    return {
        "id": record_id,
        "sequence": sequence,
        "kind": one.kind,
        "office": office,
        "movement": one.movement,
        "operator": one.operator[:SHORT],
        "reason": one.reason,
        "direction": one.direction,
        "occurred_at": (one.occurred_at or at).isoformat(),
        "recorded_at": at.isoformat(),
        "means": one.means,
        "equipment": one.equipment,
        "seals": [{"id": number, "condition": condition} for number, condition in one.seals],
        "packages": one.packages,
        "remark": one.remark,
    }


def look(
    what: str,
    *,
    record_id: str,
    sequence: int,
    office: str,
    operator: str,
    at: datetime,
    found: int,
) -> dict[str, Any]:
    """Return a look into what is kept, as the node's access log will have it."""
    return {
        "id": record_id,
        "sequence": sequence,
        "kind": LOOK,
        "office": office,
        "movement": "",
        "operator": operator[:SHORT],
        "asked": what[:LONGEST_ASKED].encode("utf-8", "replace").decode(),
        "found": found,
        "occurred_at": at.isoformat(),
        "recorded_at": at.isoformat(),
    }
