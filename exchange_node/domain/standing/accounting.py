"""What lets two nodes tell each other what went between them."""

from __future__ import annotations

from exchange_node.domain.message import ACCOUNT
from exchange_node.domain.standing.agreement import StandingAgreement

ACCOUNTING = StandingAgreement(
    agreement_id="urn:carec:accounting",
    title="Accounts of what was exchanged",
    grant="accounting",
    codes=frozenset({ACCOUNT}),
    retention_days=90,
    text=(
        '{"allow":["InterGov/**"],"attachments":false,"format":"carec-accounting-1",'
        '"handling":"restricted","message_codes":["SY-095"],"purposes":["SYSTEM"],"version":1}'
    ),
)
