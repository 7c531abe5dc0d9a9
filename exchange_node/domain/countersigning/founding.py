"""What lets the messages pass that bring an agreement about: a founding agreement of two pages.

They cannot travel under the agreement that they create. The two nodes hold each other's card: TLS,
signer and seal are known, and a card was handed over on a way that proves it. That is enough to
talk about agreements, and about nothing else. So that every gate asks of these messages what it
asks of any other, the permission has the form of an agreement that every node holds with every
partner; its text is fixed, and so is its digest.
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache

from exchange_node.domain.agreement import (
    Agreement,
    AgreementParty,
    Category,
    Grant,
    Handling,
    LegalBasis,
    Mode,
    Retention,
    Validity,
)
from exchange_node.domain.countersigning.acts import MESSAGES

FOUNDING_ID = "urn:carec:countersigning"
"""The agreement that these messages name; no other may bear the name."""

FOUNDING_CODES = frozenset(MESSAGES.values())
"""The messages that pass under it, and no others."""

FOUNDING_GRANT = "countersigning"
FOUNDING_PURPOSE = "SYSTEM"
FOUNDING_VERSION = 1
_RETENTION_DAYS = 36_500

# RFC 8785 of what both sides hold; it is a constant, so that it needs no writer of JSON here.
_TEXT = (
    '{"allow":["InterGov/**"],"attachments":false,"format":"carec-countersigning-1",'
    '"handling":"restricted","message_codes":["SY-080","SY-081","SY-082","SY-083","SY-084",'
    '"SY-085"],"purposes":["SYSTEM"],"version":1}'
)
FOUNDING_DIGEST = hashlib.sha256(_TEXT.encode()).hexdigest()


# Pure: the same two are told the same.
@lru_cache(maxsize=256)
def founding(sender: str, recipient: str, *, test: bool) -> Agreement:
    """Return what lets `sender` talk to `recipient` about agreements.

    Whether the two hold each other's card is for TLS, signer and seal to show. It is in force
    always; `test` is the kind of data of the message, and the act itself is held to it.
    """
    grant = Grant(
        grant_id=FOUNDING_GRANT,
        sender=sender,
        recipient=recipient,
        mode=Mode.SPONTANEOUS,
        category=Category.CONTROL_RESULT,  # no gate asks for it, and no text has a word for this
        clause="the partner's card",
        message_codes=tuple(sorted(FOUNDING_CODES)),
        purposes=(FOUNDING_PURPOSE,),
        allow=("InterGov/**",),
        handling=Handling.RESTRICTED,
        retention=Retention(max_days=_RETENTION_DAYS),
    )
    one, other = (
        AgreementParty(country=_country(node), administration=node, node=node)
        for node in (sender, recipient)
    )
    return Agreement(
        agreement_id=FOUNDING_ID,
        version=FOUNDING_VERSION,
        title="Talking about agreements",
        parties=(one, other),
        validity=Validity(in_force_on=date.min, expires_on=date.max),
        test=test,
        grants=(grant,),
        digest=FOUNDING_DIGEST,
        legal_basis=(LegalBasis(instrument="the partner's card"),),
    )


def _country(node: str) -> str:
    return node.rpartition(".")[2].upper()
