"""Two parties and a stranger with their keys, and the tools of somebody who meddles."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509

from exchange_node.domain.message import AGREEMENT_TYPE, PARTY_TYPE, ROLE
from exchange_node.ebms.message import (
    OwnKeys,
    Packed,
    PartnerKeys,
    Payload,
    Received,
    UserMessage,
)
from exchange_node.ebms.pack import pack
from exchange_node.ebms.pmodes.matching import PModes
from exchange_node.ebms.pmodes.names import DEFAULT_MPC, TEST_ACTION, TEST_SERVICE
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.ebms.pmodes.pmode import Party, PMode
from exchange_node.ebms.unpack import unpack
from exchange_node.security.certificates import (
    Issuer,
    Purpose,
    Subject,
    authority,
    issued,
    self_signed,
)
from exchange_node.security.keys import (
    OpeningKey,
    PemDecrypter,
    PemSigner,
    SigningKey,
    new_ed25519_key,
    new_rsa_key,
)
from exchange_node.security.suites import EDELIVERY_1_15, Suite

AT = datetime(2026, 3, 1, 8, 15, 0, 123000, tzinfo=UTC)
KZ, UZ, TJ = "customs.kz", "customs.uz", "customs.tj"
CONTENT = b"<?xml version='1.0'?>\n<MetaData>\xd0\xba\xd0\xb0\xd0\xb7\xd0\xb0\xd2\x9b</MetaData>"
ACTIONS = ("TM-010", "TM-011", "RA-010")
DRAW = random.Random(20260301).randbytes


def certificate(
    key: SigningKey, party: str, purpose: Purpose, *, at: datetime = AT
) -> x509.Certificate:
    subject = Subject(party=party, country=party[-2:].upper(), administration="Customs")
    return self_signed(
        key, subject, purpose, at=at, lifetime=timedelta(days=365), random_bytes=DRAW
    )


def encryption_certificate(key: OpeningKey, party: str, *, at: datetime = AT) -> x509.Certificate:
    """Return one by the party's authority: not every key that opens can sign its own."""
    subject = Subject(party=party, country=party[-2:].upper(), administration="Customs")
    above, year = new_ed25519_key(), timedelta(days=365)
    top = authority(above, subject, at=at, lifetime=year, random_bytes=DRAW)
    return issued(
        key.public_key(),
        subject,
        Purpose.ENCRYPTION,
        issuer=Issuer.of(top, above),
        at=at,
        lifetime=year,
        random_bytes=DRAW,
    )


@dataclass(frozen=True)
class Side:
    """One party: its own keys, and what its partners know of it."""

    party: str
    signing_key: SigningKey
    own: OwnKeys
    known: PartnerKeys

    @classmethod
    def new(
        cls,
        party: str,
        signing_key: SigningKey | None = None,
        encryption_key: OpeningKey | None = None,
        suite: Suite = EDELIVERY_1_15,
    ) -> Side:
        signing_key = signing_key or new_rsa_key(2048)
        encryption_key = encryption_key or new_rsa_key(2048)
        signing = certificate(signing_key, party, Purpose.SIGNING)
        encryption = encryption_certificate(encryption_key, party)
        return cls(
            party=party,
            signing_key=signing_key,
            own=OwnKeys(
                party=party,
                signers=(PemSigner(signing_key, signing),),
                decrypters=(PemDecrypter(encryption_key, encryption),),
            ),
            known=PartnerKeys(
                party=party, signing=(signing,), encryption=(encryption,), suite=suite
            ),
        )


def agreed(party: str, action: str, service: str = "urn:carec:service:transit") -> PMode:
    """What a party and Uzbekistan have agreed on for one action, from the party to Uzbekistan."""
    return PMode(
        pmode_id=f"KZ-UZ-1/{party}/{UZ}/{action}",
        code=action,
        agreement_id="KZ-UZ-1",
        sender=Party(party=party, type=PARTY_TYPE, role=ROLE),
        recipient=Party(party=UZ, type=PARTY_TYPE, role=ROLE),
        agreement_ref="KZ-UZ-1",
        agreement_type=AGREEMENT_TYPE,
        service=service,
        service_type="",
        action=action,
        mpc=DEFAULT_MPC,
        mode=PartnerMode(party=party),
    )


def all_agreed(*more: PMode) -> PModes:
    """Everything that Kazakhstan and Tajikistan may send to Uzbekistan."""
    modes = [
        mode
        for party in (KZ, TJ)
        for mode in (
            *(agreed(party, action) for action in ACTIONS),
            agreed(party, TEST_ACTION, TEST_SERVICE),
        )
    ]
    return PModes(UZ, (*modes, *more), frozenset({KZ, TJ}))


def agreed_as(message: UserMessage) -> PModes:
    """What would have to be agreed for a message to be taken: that alone."""
    pmode = PMode(
        pmode_id="the one",
        code=message.action,
        agreement_id=message.agreement_ref,
        sender=Party(party=message.from_party, type=message.from_type, role=message.from_role),
        recipient=Party(party=message.to_party, type=message.to_type, role=message.to_role),
        agreement_ref=message.agreement_ref,
        agreement_type=message.agreement_type,
        service=message.service,
        service_type=message.service_type,
        action=message.action,
        mpc=message.mpc,
        mode=PartnerMode(party=message.from_party),
    )
    return PModes(message.to_party, (pmode,), frozenset({message.from_party}))


@dataclass(frozen=True)
class World:
    """Kazakhstan sends, Uzbekistan receives, Tajikistan is a partner of both."""

    kz: Side = field(default_factory=lambda: Side.new(KZ))
    uz: Side = field(default_factory=lambda: Side.new(UZ))
    tj: Side = field(default_factory=lambda: Side.new(TJ))
    encrypts: bool = True
    at: datetime = AT
    random_bytes: Callable[[int], bytes] = DRAW
    pmodes: PModes = field(default_factory=all_agreed)

    @property
    def signed_only(self) -> World:
        return replace(self, encrypts=False)

    def partner(self, side: Side, **changes: object) -> PartnerKeys:
        return replace(side.known, encrypts=self.encrypts, **changes)  # type: ignore[arg-type]

    def message(self, *contents: bytes, **changes: object) -> UserMessage:
        payloads = tuple(
            Payload(content=content, content_id=f"payload-{number}@kz.example")
            for number, content in enumerate(contents, 1)
        )
        message = UserMessage(
            message_id="7d0c-1@kz.example",
            timestamp=AT,
            from_party=KZ,
            to_party=UZ,
            agreement_ref="KZ-UZ-1",
            service="urn:carec:service:transit",
            action="TM-010",
            conversation_id="KZ/mrn/26KZ0000000000001",
            properties={"agreementVersion": "1", "test": "true"},
            payloads=payloads,
        )
        return replace(message, **changes)  # type: ignore[arg-type]

    def pack(self, message: UserMessage | None = None) -> Packed:
        return pack(
            message or self.message(CONTENT),
            keys=self.kz.own,
            partner=self.partner(self.uz),
            random_bytes=self.random_bytes,
            at=self.at,
        )

    def unpack(
        self, packed: Packed, *, at: datetime = AT, sender: PartnerKeys | None = None
    ) -> Received:
        return unpack(
            packed.content_type,
            packed.body,
            own=self.uz.own,
            partners={
                KZ: sender or self.partner(self.kz),
                self.tj.party: self.partner(self.tj),
            },
            pmodes=self.pmodes,
            at=at,
        )
