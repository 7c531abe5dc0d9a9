"""Made-up movements → a node that is in test, as its national system would hand them over."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from exchange_node.domain.errors import RehearsalError
from exchange_node.domain.identifiers import PartyId
from exchange_node.rehearsal.traffic.declarations import declaration_of, facts_of

if TYPE_CHECKING:
    from exchange_node.domain.access import Actor
    from exchange_node.node import Node
    from exchange_node.rehearsal.traffic.drawing import Traffic


def submit(node: Node, actor: Actor, traffic: Traffic, movements: int) -> Counter[str]:
    """Hand so many movements to a node; return how many submissions came to stand where.

    What was handed over before, under the same seed and begin, is not handed over twice.

    Raises:
        RehearsalError: the node is in production, or is not that of the sending country.
    """
    own = node.settings.administration
    if not own.test:
        raise RehearsalError(
            step="handing made-up traffic over", why=f"{own.party} is in production, not in test"
        )
    if own.country != traffic.sender:
        raise RehearsalError(
            step="handing made-up traffic over",
            why=f"the node is that of {own.party}, the traffic leaves {traffic.sender}",
        )
    partner = str(PartyId.of_country(traffic.recipient))
    states: Counter[str] = Counter()
    for one in traffic.movements(movements):
        submission = node.dispatch.submit(
            actor,
            declaration_of(one),
            partner=partner,
            facts=facts_of(one),
            idempotency_key=f"simulated {one.stamp}",
        )
        states[submission.state.value] += 1
    return states
