"""What lets two nodes tell each other when they are away, and ask whether they are there."""

from __future__ import annotations

from exchange_node.domain.availability.outage import NOTICE, SCHEDULE
from exchange_node.domain.availability.pulse import ANSWER, PING
from exchange_node.domain.standing.agreement import StandingAgreement

AVAILABILITY = StandingAgreement(
    agreement_id="urn:carec:availability",
    title="When a node is away",
    grant="availability",
    codes=frozenset({NOTICE, SCHEDULE}),
    retention_days=90,
    text=(
        '{"allow":["InterGov/**"],"attachments":false,"format":"carec-availability-1",'
        '"handling":"restricted","message_codes":["SY-070","SY-071"],'
        '"purposes":["SYSTEM"],"version":1}'
    ),
)

PRESENCE = StandingAgreement(
    agreement_id="urn:carec:presence",
    title="Whether a node is there",
    grant="presence",
    codes=frozenset({PING, ANSWER}),
    retention_days=1,
    text=(
        '{"allow":["InterGov/**"],"attachments":false,"format":"carec-presence-1",'
        '"handling":"restricted","message_codes":["SY-074","SY-075"],'
        '"purposes":["SYSTEM"],"version":1}'
    ),
)
