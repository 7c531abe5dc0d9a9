"""Generated pages: errors, rules, transmission."""

from __future__ import annotations

from exchange_node.config.shipped import rule_set
from exchange_node.domain import transmission
from exchange_node.domain.errors import NodeError
from exchange_node.domain.finding import Rule
from exchange_node.policy.export import FREELY, ExportCode
from exchange_node.policy.verdict import ALLOWED, Code
from exchange_node.risk.deciding.ruling import (
    DRAWN,
    DRAWN_REASON,
    LEFT,
    LEFT_REASON,
    NO_HIT,
    NO_HIT_REASON,
    SENTENCES,
)
from exchange_node.services.stations.deciding.standing import OVERRULED, OVERRULED_REASON
from exchange_node.wco.codelists.ncts import ncts_error
from exchange_node.wco.rules.layers import TITLES, Layer, layer_of
from tools import catalogue
from tools.doc_text import GENERATED, first, paragraph, table

ROOMS = {
    "domain": "What came of alerts",
    "wco": "WCO documents",
    "mapping": "National declarations",
    "policy": "Agreements",
    "security": "Certificates",
    "authorities": "Revocation",
    "ebms": "P-Modes (`exchange-node pmode lint`)",
    "services": "Sending and filing",
    "node": "A node's folder (`exchange-node check`)",
    "rehearsal": "The script of a partner that is played (`exchange-node simulate lint`)",
    "post": "A border post (`exchange-node post verify`)",
}
"""What the rules of a room are about, in the order of the page."""

LIST_RULES = "CAREC-L"
"""How the rules of code lists begin."""


def errors() -> str:
    """Return docs/errors.md: every error by its family."""
    families: dict[type[NodeError], list[type[NodeError]]] = {}
    for leaf in catalogue.leaves():
        parent = leaf.__mro__[1]
        families.setdefault(leaf if parent is NodeError else parent, []).append(leaf)
    parts = [
        "# Errors\n",
        GENERATED,
        paragraph(
            """Every error has a code that stays, a sentence and a way to mend it. Names in braces
            are facts that are filled in. A partner is told the ebMS code, and the sentence only
            once it is authenticated. *Again* marks what may succeed later without anybody doing
            anything."""
        ),
    ]
    for family in sorted(families, key=lambda one: one.__name__):
        leaves = families[family]
        parts.append(f"## {first(family.__doc__).rstrip('.')}\n")
        if leaves != [family]:
            own = (
                f" What is none of these has the code `{family.code}` (`{family.ebms_code}`)."
                if "code" in vars(family)
                else ""
            )
            parts.append(f"`{family.__name__}`.{own}\n")
        parts.append(
            table(
                ("code", "ebMS", "what is said", "what to do", "again"),
                (
                    (
                        f"`{one.code}`",
                        f"`{one.ebms_code}`",
                        one.sentence,
                        one.mend,
                        "yes" if one.retryable else "",
                    )
                    for one in leaves
                ),
            )
        )
    return "\n".join(parts)


def rules() -> str:
    """Return docs/rules.md: every numbered rule, gate check and channel line."""
    places = catalogue.rules()
    unknown = {one.room for one in places} - set(ROOMS)
    if unknown:
        raise ValueError(f"say in doc_pages.ROOMS what the rules of {sorted(unknown)} are about")
    decides = rule_set()
    parts = [
        "# Rules\n",
        GENERATED,
        paragraph(
            """An error stops a document, a node or an agreement; a warning travels with it. Names
            in braces are filled in for each finding: `pointer` is its place, `value` what was
            there. `NCTS` is the functional error code of NCTS that comes nearest, which the
            business answer says beside the rule (`ext:NCTSErrorCode`); where it has nothing of the
            kind, none."""
        ),
    ]
    for room, title in ROOMS.items():
        rules = [one.rule for one in places if one.room == room]
        if room == "wco":
            parts += _by_layer(title, rules)
        elif rules:
            parts += [f"## {title}\n", _table(rules)]
    parts += [
        "## Gates\n",
        paragraph(
            """Asked in this order; the first no decides. [agreements.md](agreements.md) says which
            gate asks what."""
        ),
        table(
            ("code", "what is asked", "what is said when the answer is no"),
            (
                *(
                    (f"`{code}`", check.question, check.denial)
                    for code, check in catalogue.checks()
                ),
                (f"`{Code.ALLOW}`", "", f"(permitted) {ALLOWED}"),
            ),
        ),
        "## Channels\n",
        paragraph(
            """The strongest line decides; [alerts.md](alerts.md) says what a hit rests on,
            [decisions.md](decisions.md) how a node sets its own lines."""
        ),
        table(
            ("rule", "a hit by", "severity", "channel", "reason"),
            (
                *(
                    (
                        f"`{one.rule}`",
                        one.ground.value,
                        ", ".join(map(str, one.severities)),
                        one.channel,
                        SENTENCES[one.ground],
                    )
                    for one in decides.lines
                ),
                (f"`{OVERRULED}`", "an officer's act", "", "any", OVERRULED_REASON),
                (f"`{DRAWN}`", "the random share", "", decides.share.channel, DRAWN_REASON),
                (f"`{LEFT}`", "what may not decide", "", "green", LEFT_REASON),
                (f"`{NO_HIT}`", "nothing", "", "green", NO_HIT_REASON),
            ),
        ),
    ]
    return "\n".join(parts)


def export_checks() -> str:
    """Return the table of what the export gate asks."""
    return table(
        ("code", "what is asked", "what is said when the answer is no", "what would change it"),
        (
            *(
                (f"`{code}`", check.question, check.denial, check.mend)
                for code, check in catalogue.export_checks()
            ),
            (f"`{ExportCode.ALLOW}`", "", f"(permitted) {FREELY}", ""),
        ),
    )


def _by_layer(title: str, rules: list[Rule]) -> list[str]:
    """Return the rules of documents under the layers they stand on, those of code lists last."""
    parts = [
        f"## {title}\n",
        paragraph(
            """A document is looked at in layers; `exchange-node validate` names the layer of each
            finding. The fourth is the agreement: its gates are below. Which day's codes count, and
            how a code list is handed in, stands in [code-lists.md](code-lists.md)."""
        ),
    ]
    of_lists = [one for one in rules if one.code.startswith(LIST_RULES)]
    for layer in Layer:
        found = [one for one in rules if one not in of_lists and layer_of(one.code) is layer]
        if found:
            parts += [f"### {TITLES[layer]}\n", _table(found)]
    return [*parts, "## Code lists (`exchange-node codelist check`)\n", _table(of_lists)]


def _table(rules: list[Rule]) -> str:
    rows = (
        (f"`{one.code}`", one.severity.value, ncts_error(one.code), one.sentence, one.mend)
        for one in rules
    )
    return table(("rule", "severity", "NCTS", "finding", "what to do"), rows)


def transmissions() -> str:
    """Return docs/transmission.md: the state diagram of `MOVES`, and its states and events."""
    moves = [
        (before.value, event.__name__, after.value)
        for (before, event), after in transmission.MOVES.items()
    ]
    names = {state: state.value.replace("-", "_") for state in transmission.State}
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, event), after in transmission.MOVES.items():
        arrows.setdefault((names[before], names[after]), []).append(event.__name__)
    final = [names[one] for one in transmission.State if one in transmission.FINAL]
    diagram = [
        "stateDiagram-v2",
        *(f'    state "{state.value}" as {name}' for state, name in names.items()),
        f"    [*] --> {names[transmission.State.QUEUED]}",
        *(f"    {a} --> {b}: {', '.join(sorted(events))}" for (a, b), events in arrows.items()),
        *(f"    {name} --> [*]" for name in final),
    ]
    events = sorted({event for _, event in transmission.MOVES}, key=lambda one: one.__name__)
    return "\n".join(
        [
            "# Transmission\n",
            GENERATED,
            paragraph(
                """How far one message has come on its way to one partner. A try sends the same
                bytes under the same MessageId; a receipt wins over every timer, whenever it comes.
                What is final is not sent again, but a late receipt is still recorded."""
            ),
            "```mermaid",
            *diagram,
            "```\n",
            "## Events\n",
            table(
                ("event", "what has happened"),
                ((f"`{one.__name__}`", first(one.__doc__)) for one in events),
            ),
            "## Moves\n",
            table(
                ("in state", "on event", "to state"),
                ((f"`{a}`", f"`{event}`", f"`{b}`") for a, event, b in sorted(moves)),
            ),
            paragraph(
                """An event that a state does not list is a defect of the program
                (`domain.illegal-transition`)."""
            ),
        ]
    )
