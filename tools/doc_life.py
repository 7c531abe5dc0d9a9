"""docs/agreement-life.md, docs/assistance-life.md: lives that are drawn from their tables."""

from __future__ import annotations

from exchange_node.domain.assistance import life as assistance
from exchange_node.domain.assistance import papers
from exchange_node.domain.assistance.clocks import STOPS
from exchange_node.domain.countersigning.acts import MESSAGES
from exchange_node.domain.countersigning.life import MOVES, Stage, Who
from exchange_node.domain.countersigning.standing import READINGS
from exchange_node.domain.message import BUSINESS_ANSWER
from tools.doc_text import GENERATED, paragraph, table

_LAST = (Stage.REFUSED, Stage.TERMINATED)


def page() -> str:
    """Return docs/agreement-life.md: the diagram and the rows of `MOVES`, and `READINGS`."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, act), move in MOVES.items():
        if before is not move.to:
            arrows.setdefault((before.value, move.to.value), []).append(act.value)
    diagram = [
        "stateDiagram-v2",
        f"    [*] --> {Stage.DRAFT.value}",
        *(f"    {a} --> {b}: {', '.join(sorted(acts))}" for (a, b), acts in arrows.items()),
        *(f"    {one.value} --> [*]" for one in _LAST),
    ]
    return "\n".join(
        [
            "# The life of an agreement\n",
            GENERATED,
            paragraph(
                """What the parties do to a version of an agreement are its acts. Both nodes keep
                the same acts over the same text, and where a version stands is nothing but what
                follows from them and from the day. An act by message is sealed by the party whose
                act it is; one that consents carries that party's signature over the canonical JSON
                of the text as well. [agreements.md](agreements.md#countersigning) tells it for
                people."""
            ),
            "```mermaid",
            *diagram,
            "```\n",
            "## Acts\n",
            table(
                ("at stage", "act", "by", "message", "to stage", "what is kept of it"),
                (
                    (
                        f"`{before.value}`",
                        f"`{act.value}`",
                        move.who.value,
                        f"`{MESSAGES[act]}`" if act in MESSAGES else "none",
                        f"`{move.to.value}`",
                        move.writes,
                    )
                    for (before, act), move in sorted(
                        MOVES.items(),
                        key=lambda row: (list(Stage).index(row[0][0]), row[0][1].value),
                    )
                ),
            ),
            paragraph(
                f"""What no row has is refused (`agreement.illegal-act`, or the reason
                `NOT_IN_ORDER` to a partner). Where a suspension of the whole stands, `agreed` is
                `suspended`; it is lifted by the party that declared it. Where both offered the same
                text at once, {Who.OFFERER.value} is the first by party id."""
            ),
            "## Standing\n",
            "How a stage stands on a day (UTC): the first row that fits. None of it is kept.\n",
            table(
                ("at stage", "and the clock says", "standing"),
                (
                    (
                        ", ".join(f"`{stage.value}`" for stage in Stage if stage in one.stages),
                        one.when.value,
                        f"`{one.standing.value}`",
                    )
                    for one in READINGS
                ),
            ),
        ]
    )


def assistance_page() -> str:
    """Return docs/assistance-life.md: the diagram and the rows of the register's `MOVES`."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, act), move in assistance.MOVES.items():
        if before is not move.to:
            arrows.setdefault((before.value, move.to.value), []).append(act.value)
    stages = [one for one in assistance.Stage if one is not assistance.Stage.NEW]
    leading = {before for (before, _), move in assistance.MOVES.items() if before is not move.to}
    diagram = [
        "stateDiagram-v2",
        *(
            f"    {'[*]' if a == 'new' else a} --> {b}: {', '.join(sorted(acts))}"
            for (a, b), acts in arrows.items()
        ),
        *(f"    {one.value} --> [*]" for one in stages if one not in leading),
    ]
    order = list(assistance.Stage)
    return "\n".join(
        [
            "# The life of a request for assistance\n",
            GENERATED,
            paragraph(
                """Both nodes enter the same papers by the same rows, and so bring a matter to the
                same stage. What a later word overtook on its way is taken where it arrives and
                changes nothing; no officer does it. [assistance.md](assistance.md) tells it for
                people."""
            ),
            "```mermaid",
            *diagram,
            "```\n",
            "## Acts\n",
            table(
                ("at stage", "act", "by", "message", "to stage", "overtaken on its way"),
                (
                    (
                        f"`{before.value}`",
                        f"`{act.value}`",
                        move.who.value,
                        f"`{_assisting(act)}`" if _assisting(act) else "none",
                        f"`{move.to.value}`",
                        "yes" if move.is_late else "",
                    )
                    for (before, act), move in sorted(
                        assistance.MOVES.items(),
                        key=lambda row: (order.index(row[0][0]), row[0][1].value),
                    )
                ),
            ),
            "What no row has is refused (`assistance.illegal-step`).\n",
            "## Clocks\n",
            paragraph(
                """How long each runs is text of the agreement (`requests.clocks`,
                `requests.oral_confirm_hours`, the end of a postponement); one that it does not
                name does not run."""
            ),
            table(
                ("clock", "stopped by"),
                (
                    (f"`{clock.value}`", ", ".join(f"`{one.value}`" for one in sorted(acts)))
                    for clock, acts in STOPS.items()
                ),
            ),
        ]
    )


def _assisting(act: assistance.Act) -> str:
    """Return the message that carries an act in a matter of assistance; empty for none."""
    opening = {
        assistance.Act.ASKED: papers.REQUEST,
        assistance.Act.CONFIRMED: papers.REQUEST,
        assistance.Act.INFORMED: papers.INFORMATION,
        assistance.Act.REJECTED: BUSINESS_ANSWER,
    }
    return papers.MESSAGES.get(act) or opening.get(act, "")
