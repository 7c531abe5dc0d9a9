"""Movements: what our offices saw is told to every partner that may know; where each one stands.

`Telling` takes what an office says; `Timeline` shows what happened and who is waited for; `Waking`
lets what has waited long enough be answered; `Minding` does what is due: asks for what is missing,
answers who asks, begins enquiries, tells the desk. `Comparing` holds what left one country against
what entered the next.
"""

from dataclasses import dataclass

from exchange_node.services.movements.clearing import Clearing
from exchange_node.services.movements.comparing import Comparing
from exchange_node.services.movements.minding import Minding
from exchange_node.services.movements.telling import Telling
from exchange_node.services.movements.timeline import Timeline
from exchange_node.services.movements.waking import Waking

__all__ = ["Clearing", "Comparing", "Minding", "Movements", "Telling", "Timeline", "Waking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Movements:
    """What a node does about movements."""

    telling: Telling
    timeline: Timeline
    waking: Waking
    minding: Minding
    comparing: Comparing
    clearing: Clearing
