"""docs/movement-life.md: where a movement stands, drawn from its table."""

from __future__ import annotations

from exchange_node.domain.movement import CODES_OF, FINAL, MOVES, ON_THE_WAY, Move, Part, State
from tools.doc_text import GENERATED, paragraph, table


def drawing() -> str:
    """Return the states and what leads from one to another, drawn from `MOVES`."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, event), move in MOVES.items():
        only = "" if set(move.views) == set(Part) else " (in transit)"
        only += " (after a withdrawn enquiry)" if move.withdrawn else ""
        for end in (move.to, *(sorted(ON_THE_WAY) if move.back else ())):
            if before is not end:
                arrows.setdefault((before.name, end.name), []).append(f"{event.value}{only}")
    lines = [
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {State.UNKNOWN.name}",
        *(f"    {a} --> {b}: {', '.join(told)}" for (a, b), told in arrows.items()),
        *(f"    {one.name} --> [*]" for one in State if one in FINAL),
        "```\n",
    ]
    return "\n".join(lines)


def page() -> str:
    """Return docs/movement-life.md: the drawing and the rows of `MOVES`."""
    return "\n".join(
        [
            "# Where a movement stands\n",
            GENERATED,
            paragraph(
                """Each node keeps a view of its own, and nothing but these events moves it.
                [movements.md](movements.md) tells it for people."""
            ),
            drawing(),
            table(
                ("in state", "event", "message", "told by", "to state", "in whose view"),
                (
                    (
                        before.value,
                        event.value,
                        f"`{CODES_OF[event]}`",
                        _parts(move.by),
                        _to(move),
                        _views(move),
                    )
                    for (before, event), move in sorted(
                        MOVES.items(), key=lambda row: list(State).index(row[0][0])
                    )
                ),
            ),
            paragraph(
                """An event that no row of its state has, and that a row of a later state has, waits
                for what is missing. One that can follow no more is out of sequence. *Told late*:
                it is recorded, the state stays, and nothing waits for it. *Told meanwhile*: by a
                partner that did not know how the movement stands; no office of ours tells it then.
                Between *in transit*, *incident*, *refused* and *diverted* what happened last
                decides, whatever was told last: an event that happened before another is recorded,
                and the state stays. *Before the border*: only while no crossing, refusal or
                diversion is known. *Where the way
                stands*: a withdrawn enquiry leads there, to what happened last on the way; to
                *released* if nothing did yet."""
            ),
        ]
    )


def _to(move: Move) -> str:
    marks = {
        "told late": move.late,
        "told meanwhile": move.meanwhile,
        "off the regular course": move.aside,
        "or where the way stands": move.back,
        "after a withdrawn enquiry": move.withdrawn,
        "before the border": move.inland,
    }
    return ", ".join([move.to.value, *(mark for mark, is_so in marks.items() if is_so)])


def _views(move: Move) -> str:
    if set(move.views) == set(Part):
        return "everybody's"
    unaware = f"; {_parts(move.unaware)}, told meanwhile" if move.unaware else ""
    return _parts(move.views) + unaware


def _parts(parts: frozenset[Part]) -> str:
    return ", ".join(one.value for one in Part if one in parts)
