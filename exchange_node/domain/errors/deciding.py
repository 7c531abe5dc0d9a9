"""What is not done to a decision or shown of a draw."""

from __future__ import annotations

from exchange_node.domain.errors.intake import InputError


class EarlyKeyError(InputError):
    """Somebody asked for the key of a day that has not ended: whoever has it foresees draws."""

    code = "decision.key-too-early"
    sentence = "the key that draws on {day} is not shown before {when}"
    mend = "Ask again then; what was committed to is shown at any time."


class DecisionStandsError(InputError):
    """An officer's act on a decision that cannot take effect."""

    code = "decision.stands"
    sentence = "decision {decision} stays as it is: {why}"
    mend = "Look at the movement anew (`exchange-node decision list`) and act on its last decision."
