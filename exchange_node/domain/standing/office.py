"""What lets an administration's node tell the node of one of its offices what is expected there."""

from __future__ import annotations

from exchange_node.domain.message import EXPECTED
from exchange_node.domain.standing.agreement import StandingAgreement

OFFICE = StandingAgreement(
    agreement_id="urn:carec:office",
    title="What an office expects",
    grant="office",
    codes=frozenset({EXPECTED}),
    retention_days=30,
    text=(
        '{"allow":["InterGov/**"],"attachments":false,"format":"carec-office-1",'
        '"handling":"restricted","message_codes":["SY-060"],'
        '"purposes":["SYSTEM"],"version":1}'
    ),
)
