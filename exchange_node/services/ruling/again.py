"""A ruling → the same once more, from what was stored alone; what does not agree is named."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection

from exchange_node.domain.errors import AlteredRecordError, UnknownRecordError
from exchange_node.risk.deciding.draws import Draw, commitment_to, number_for
from exchange_node.risk.deciding.rules import rules_from
from exchange_node.risk.deciding.ruling import Inputs, inputs_from, rule_on
from exchange_node.store.deciding import draws, rulings
from exchange_node.store.deciding.rulings import KeptRuling
from exchange_node.store.payloads import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of making a decision again.

    Attributes:
        outcome: the bytes that came out now; empty where nothing could be made.
        differs: what does not agree with what is stored, for people; empty where all does.
    """

    outcome: bytes
    digest: str
    differs: tuple[str, ...]


def replayed(conn: Connection, kept: KeptRuling, vault: Vault) -> Replayed:
    """Make a decision again, and compare outcome, rules and draw with what is stored."""
    try:
        octets = rulings.rules(conn, kept.rules)
        rules = rules_from(octets)
        inputs = inputs_from(kept.inputs)
        outcome = rule_on(inputs, rules)
    except UnknownRecordError:
        return Replayed(outcome=b"", digest="", differs=("the rule set is not kept",))
    except ValueError as err:
        return Replayed(outcome=b"", digest="", differs=(f"what is stored was altered: {err}",))
    about = (inputs.movement, inputs.test, inputs.rules)
    found = {
        "the rule set": hashlib.sha256(octets).hexdigest() == kept.rules,
        "what the inputs are about": about == (kept.movement, kept.test, kept.rules),
        "the outcome": outcome.octets == kept.outcome,
        "the digest of the outcome": outcome.digest == kept.digest,
        "the channel": outcome.channel == kept.channel,
        "whether it was drawn": outcome.is_drawn == kept.drawn,
        "the draw": _is_same_draw(conn, inputs, vault),
    }
    return Replayed(
        outcome=outcome.octets,
        digest=outcome.digest,
        differs=tuple(name for name, is_same in found.items() if not is_same),
    )


def _is_same_draw(conn: Connection, inputs: Inputs, vault: Vault) -> bool:
    """Whether the number is what the day's key draws, and the key what was committed to."""
    draw: Draw | None = inputs.draw
    kept = draws.perhaps(conn, inputs.movement, test=inputs.test)
    if draw is None:
        return True  # nothing was drawn of it then; a rule set that came later may have drawn
    try:
        key = draws.key_of(conn, draw.day, vault)
        committed = draws.day(conn, draw.day).commitment
    except (UnknownRecordError, AlteredRecordError):
        return False
    number = number_for(key, inputs.movement, draw.rules, test=inputs.test)
    is_kept = kept is not None and (kept.day, kept.rules, kept.number, kept.per_million) == (
        draw.day, draw.rules, draw.number, draw.per_million,
    )  # fmt: skip
    return is_kept and number == draw.number and commitment_to(key) == committed
