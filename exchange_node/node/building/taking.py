"""Who takes what a partner sent, by message code: the one list that a new code is added to."""

from __future__ import annotations

from collections.abc import Mapping

from exchange_node.domain.agreement import Administration
from exchange_node.domain.countersigning.founding import FOUNDING_CODES
from exchange_node.domain.message import BUSINESS_ANSWER
from exchange_node.services.stations.agreeing.taking import PartnersActs
from exchange_node.services.stations.arrival.alerts import Acknowledgements, Alerts
from exchange_node.services.stations.arrival.answers import Answers
from exchange_node.services.stations.arrival.manifests import Manifests
from exchange_node.services.stations.arrival.taking import Taker
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.orders.misuse import Misuses
from exchange_node.services.stations.orders.taking import Certificates, Orders
from exchange_node.services.stations.outcomes import Counting


def takers(
    own: Administration, holding: Holding, counting: Counting, acts: PartnersActs
) -> Mapping[str, Taker]:
    """Return who takes the messages of each code this node knows."""
    return {
        "TM-010": Manifests(holding=holding),
        "RA-010": Alerts(holding=holding),
        "RA-020": Acknowledgements(own=own),
        "MA-040": Misuses(vault=holding.vault),
        "MA-041": Orders(vault=holding.vault),
        "MA-042": Certificates(),
        BUSINESS_ANSWER: Answers(counting=counting),
        **dict.fromkeys(FOUNDING_CODES, acts),
    }
