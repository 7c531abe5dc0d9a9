"""What lets the messages pass that bring an agreement about: they cannot travel under it."""

from __future__ import annotations

from exchange_node.domain.countersigning.acts import MESSAGES
from exchange_node.domain.standing.agreement import StandingAgreement

FOUNDING = StandingAgreement(
    agreement_id="urn:carec:countersigning",
    title="Talking about agreements",
    grant="countersigning",
    codes=frozenset(MESSAGES.values()),
    retention_days=36_500,
    text=(
        '{"allow":["InterGov/**"],"attachments":false,"format":"carec-countersigning-1",'
        '"handling":"restricted","message_codes":["SY-080","SY-081","SY-082","SY-083","SY-084",'
        '"SY-085"],"purposes":["SYSTEM"],"version":1}'
    ),
)
