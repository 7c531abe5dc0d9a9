from __future__ import annotations

from dataclasses import replace
from datetime import date

from exchange_node.domain.agreement import (
    Agreement,
    AgreementParty,
    Category,
    Grant,
    Handling,
    Mode,
    Retention,
    Validity,
)
from exchange_node.ebms.message import UserMessage
from exchange_node.ebms.pmodes.derivation import EXCHANGE_PROPERTIES, derive
from exchange_node.ebms.pmodes.matching import PModes
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from tests.ebms.parties import AT, KZ, TJ, UZ


def grant_of(*codes: str, sender: str = KZ, recipient: str = UZ) -> Grant:
    return Grant(
        grant_id="-".join(codes),
        sender=sender,
        recipient=recipient,
        mode=Mode.AUTOMATIC,
        category=Category.MANIFEST,
        clause="Article 5",
        message_codes=codes,
        purposes=("RISK_ANALYSIS",),
        allow=("Declaration/**",),
        handling=Handling.RESTRICTED,
        retention=Retention(max_days=30),
    )


def agreement_of(*grants: Grant, other: str = KZ, **changes: object) -> Agreement:
    agreement = Agreement(
        agreement_id=f"urn:carec:maa:{other[-2:].upper()}-UZ",
        version=1,
        title="Transit",
        parties=(
            AgreementParty(country=other[-2:].upper(), administration="Customs", node=other),
            AgreementParty(country="UZ", administration="Customs", node=UZ),
        ),
        validity=Validity(in_force_on=date(2026, 1, 1), expires_on=date(2026, 12, 31)),
        test=True,
        grants=grants,
        digest=f"{other}-1",
    )
    return replace(agreement, **changes)  # type: ignore[arg-type]


TRANSIT = agreement_of(grant_of("TM-010"), grant_of("RA-010"))
WITH_TJ = agreement_of(grant_of("TM-010", sender=TJ), other=TJ)


def derived(*agreements: Agreement, **changes: object) -> PModes:
    modes = {party: PartnerMode(party=party) for party in (KZ, TJ)}
    modes[KZ] = replace(modes[KZ], **changes)  # type: ignore[arg-type]
    return derive(own=UZ, agreements=agreements or (TRANSIT, WITH_TJ), modes=modes)


def message_of(**changes: object) -> UserMessage:
    """A manifest from Kazakhstan, as its P-Mode wants it."""
    message = UserMessage(
        message_id="7d0c-1@kz.example",
        timestamp=AT,
        from_party=KZ,
        to_party=UZ,
        agreement_ref=TRANSIT.agreement_id,
        service="urn:carec:service:transit",
        action="TM-010",
        properties=dict.fromkeys(EXCHANGE_PROPERTIES, "some"),
    )
    return replace(message, **changes)  # type: ignore[arg-type]
