"""An agreement that every node holds with every partner: its text is fixed, and so is its digest.

The two nodes hold each other's card: TLS, signer and seal are known, and a card was handed over on
a way that proves it. That is enough to talk of the exchange itself, and of nothing else. So that
every gate asks of such a message what it asks of any other, the permission has the form of an
agreement.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

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

STANDING_PURPOSE = "SYSTEM"
STANDING_VERSION = 1
_BASIS = "the partner's card"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingAgreement:
    """What stands between any two nodes that hold each other's card.

    Attributes:
        agreement_id: the agreement that these messages name; no other may bear the name.
        codes: the messages that pass under it, and no others.
        text: RFC 8785 of what both sides hold; written out, so that it needs no writer of JSON.
    """

    agreement_id: str
    title: str
    grant: str
    codes: frozenset[str]
    retention_days: int
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text, lower-case hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def between(self, sender: str, recipient: str, *, test: bool) -> Agreement:
        """Return what lets `sender` talk to `recipient`.

        Whether the two hold each other's card is for TLS, signer and seal to show. It is in force
        always; `test` is the kind of data of the message.
        """
        grant = Grant(
            grant_id=self.grant,
            sender=sender,
            recipient=recipient,
            mode=Mode.SPONTANEOUS,
            category=Category.CONTROL_RESULT,  # no gate asks for it; no text has a word for this
            clause=_BASIS,
            message_codes=tuple(sorted(self.codes)),
            purposes=(STANDING_PURPOSE,),
            allow=("InterGov/**",),
            handling=Handling.RESTRICTED,
            retention=Retention(max_days=self.retention_days),
        )
        one, other = (
            AgreementParty(country=_country(node), administration=node, node=node)
            for node in (sender, recipient)
        )
        return Agreement(
            agreement_id=self.agreement_id,
            version=STANDING_VERSION,
            title=self.title,
            parties=(one, other),
            validity=Validity(in_force_on=date.min, expires_on=date.max),
            test=test,
            grants=(grant,),
            digest=self.digest,
            legal_basis=(LegalBasis(instrument=_BASIS),),
        )


def _country(node: str) -> str:
    return node.rpartition(".")[2].upper()
