"""Who takes what a partner sent, by message code: the one list that a new code is added to."""

from __future__ import annotations

from collections.abc import Mapping

from exchange_node.domain.assistance.papers import INFORMATION, MESSAGES, REQUEST
from exchange_node.domain.message import ACCOUNT, BUSINESS_ANSWER, EXPECTED
from exchange_node.domain.movement import CODES_OF, MANIFEST_CODES, NOTICE_CODES, Event
from exchange_node.domain.standing import AVAILABILITY, FOUNDING
from exchange_node.services.stations.accounting.giving import Giving
from exchange_node.services.stations.accounting.taking import Accounts
from exchange_node.services.stations.agreeing.taking import PartnersActs
from exchange_node.services.stations.alerting.feedback import Feedbacks
from exchange_node.services.stations.arrival.alerts import (
    Acknowledgements,
    Alerts,
    Corrections,
    Withdrawals,
)
from exchange_node.services.stations.arrival.answers import Answers
from exchange_node.services.stations.arrival.assistance import Informations, Replies, Requests
from exchange_node.services.stations.arrival.manifests import Manifests
from exchange_node.services.stations.arrival.movements import Notices
from exchange_node.services.stations.arrival.onward import OnwardAnswers, OnwardRequests
from exchange_node.services.stations.arrival.requests import ManifestRequests
from exchange_node.services.stations.arrival.taking import Taker
from exchange_node.services.stations.assistance.register import Register
from exchange_node.services.stations.availability.taking import Outages
from exchange_node.services.stations.departure.walking import Departure
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.manifests.giving import ManifestGiving
from exchange_node.services.stations.movement.writing import Writing
from exchange_node.services.stations.orders.misuse import Misuses
from exchange_node.services.stations.orders.taking import Certificates, Orders
from exchange_node.services.stations.outcomes import Counting
from exchange_node.services.stations.posts.taking import OfficeStatements


def takers(
    writing: Writing,
    departure: Departure,
    holding: Holding,
    counting: Counting,
    acts: PartnersActs,
    register: Register,
    giving: Giving,
    statements: OfficeStatements,
) -> Mapping[str, Taker]:
    """Return who takes the messages of each code this node knows."""
    own = writing.own
    notices = Notices(following=writing.following)
    return {
        **dict.fromkeys(MANIFEST_CODES, Manifests(holding=holding, notices=notices)),
        CODES_OF[Event.REQUEST]: ManifestRequests(
            giving=ManifestGiving(departure=departure, holding=holding), writing=writing
        ),
        "RA-010": Alerts(holding=holding),
        "RA-011": Corrections(holding=holding),
        "RA-012": Withdrawals(holding=holding),
        "RA-020": Acknowledgements(own=own),
        "RA-021": Feedbacks(own=own, vault=holding.vault),
        REQUEST: Requests(register=register),
        **dict.fromkeys(MESSAGES.values(), Replies(own=own, register=register)),
        INFORMATION: Informations(register=register),
        "MA-030": OnwardRequests(),
        "MA-031": OnwardAnswers(),
        "MA-040": Misuses(vault=holding.vault),
        "MA-041": Orders(vault=holding.vault),
        "MA-042": Certificates(),
        BUSINESS_ANSWER: Answers(counting=counting, judging=holding.judging),
        **dict.fromkeys(FOUNDING.codes, acts),
        **dict.fromkeys(NOTICE_CODES, notices),
        ACCOUNT: Accounts(giving=giving),
        **dict.fromkeys(AVAILABILITY.codes, Outages()),
        EXPECTED: statements,
    }
