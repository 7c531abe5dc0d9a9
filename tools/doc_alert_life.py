"""docs/alert-life.md: where an alert stands at a recipient, drawn from its table."""

from __future__ import annotations

from exchange_node.domain.alerting import MOVES, Move, State
from tools.doc_text import GENERATED, paragraph, table


def page() -> str:
    """Return docs/alert-life.md: the diagram and the rows of `MOVES`."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, event), move in MOVES.items():
        if before is not move.to:
            arrows.setdefault((before.name, move.to.name), []).append(event.value)
    order = list(State)
    return "\n".join(
        [
            "# Where an alert stands at a recipient\n",
            GENERATED,
            paragraph(
                """Each version of an alert has a life of its own at each recipient. Both ends read
                it from this one table: the recipient its own, the issuer that of everybody whom the
                alert has reached. Nothing of it is kept: it follows from what was told and found.
                [alerts.md](alerts.md) tells it for people."""
            ),
            "```mermaid",
            "stateDiagram-v2",
            f"    [*] --> {State.NEW.name}",
            *(f"    {a} --> {b}: {', '.join(told)}" for (a, b), told in arrows.items()),
            "```\n",
            table(
                ("in state", "event", "by", "message", "to state"),
                (
                    (
                        before.value,
                        event.value,
                        move.by.value,
                        f"`{move.message}`" if move.message else "none",
                        _to(move),
                    )
                    for (before, event), move in sorted(
                        MOVES.items(), key=lambda row: order.index(row[0][0])
                    )
                ),
            ),
            paragraph(
                """*Told late*: it is recorded, and the state stays; so the same events lead to the
                same state in whatever order they arrive. No officer does it then, but what is told
                *still*: what was controlled stays controlled. Nobody rejects what is in treatment
                already. A hit is the recipient's own to know, until somebody tells of it."""
            ),
        ]
    )


def _to(move: Move) -> str:
    if not move.late:
        return move.to.value
    return f"{move.to.value}, told {'still' if move.after else 'late'}"
