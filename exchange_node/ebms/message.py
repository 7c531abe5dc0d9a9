"""What travels and who may send it: user message, receipt, error signal, keys of both sides.

Values only. A `Received` is made by `unpack` alone: whoever holds one holds a message whose header,
Body and every payload were signed by a certificate that the party in `From` is known by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from cryptography import x509

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.domain.message import AGREEMENT_TYPE, PARTY_TYPE, ROLE
from exchange_node.domain.transmission.content import Content, whole
from exchange_node.ebms.packaging.mime import LIMITS, MimeLimits
from exchange_node.ebms.pmodes.names import DEFAULT_MPC, TEST_ACTION, TEST_SERVICE
from exchange_node.ebms.pmodes.pmode import PMode
from exchange_node.security.certificates import Succession, is_valid_at
from exchange_node.security.keys import Decrypter, Signer
from exchange_node.security.signature import Reference
from exchange_node.security.suites import EDELIVERY_1_15, Suite, Token
from exchange_node.security.trusting.anchors import Anchors

OVERLAP = timedelta(days=7)
"""How long partners have to take a new certificate of ours in, before it is used (our choice)."""


def _none() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One payload of a user message, as the producer gave it: neither compressed nor encrypted.

    Attributes:
        content_id: `local@domain`, without angle brackets; unique in the world.
        character_set: of a text, where it was named.
        properties: part properties of the producer's own; `MimeType`, `CharacterSet` and
            `CompressionType` are the message service's and never stand here.
        property_types: `@type` of those properties that have one.
    """

    content: Content = field(repr=False)
    content_id: str
    mime_type: str = "application/xml"
    character_set: str | None = "UTF-8"
    properties: Mapping[str, str] = field(default_factory=_none)
    property_types: Mapping[str, str] = field(default_factory=_none)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMessage:
    """One business message (OASIS ebMS 3.0 Core, section 5.2.2).

    Attributes:
        message_id: `left@right`, at most 255 characters, the same at every try.
        timestamp: when the message was made; aware, to the millisecond on the wire.
        agreement_ref: empty where the header names none.
        pmode: id of a P-Mode, where the header names one [AgreementRef/@pmode].
        conversation_id: may be empty; then it still stands in the header.
        ref_to_message_id: of the request, in the second leg of a two-way exchange.
        payloads: in the order of PayloadInfo; the first leads.
    """

    message_id: str
    timestamp: datetime
    from_party: str
    to_party: str
    service: str
    action: str
    conversation_id: str = ""
    agreement_ref: str = ""
    properties: Mapping[str, str] = field(default_factory=_none)
    payloads: tuple[Payload, ...] = ()
    ref_to_message_id: str | None = None
    from_type: str = PARTY_TYPE
    from_role: str = ROLE
    to_type: str = PARTY_TYPE
    to_role: str = ROLE
    agreement_type: str = AGREEMENT_TYPE
    service_type: str = ""
    property_types: Mapping[str, str] = field(default_factory=_none)
    mpc: str = DEFAULT_MPC
    pmode: str = ""

    @property
    def is_test(self) -> bool:
        """Whether this is the test service's: receipted like any other, delivered to nobody."""
        return self.service == TEST_SERVICE and self.action == TEST_ACTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Finished bytes for the line, and what a receipt for them must echo."""

    content_type: str
    body: Content = field(repr=False)
    references: tuple[Reference, ...]

    @property
    def octets(self) -> bytes:
        """The body at once: for a signal, or another message that is known to be small."""
        return whole(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A user message that was authenticated, decrypted and decompressed.

    Attributes:
        sender: the party whose certificate signed; equal to the header's `From`.
        partner: what the sender is known by; the receipt is secured for it.
        above: certificates that came with the signer's, nearest first; not trusted.
        references: every reference of the received signature, for the receipt.
        digest: of what was signed, lower-case hex: equal for two transmissions of one message,
            different when header or payload differ.
        pmode: the agreed exchange that the header belongs to.
    """

    message: UserMessage
    pmode: PMode
    sender: str
    partner: PartnerKeys
    signer: x509.Certificate
    references: tuple[Reference, ...]
    digest: str
    above: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A signed non-repudiation receipt whose signature holds; `check_receipt` has the last word.

    Attributes:
        signer: the partner's certificate that signed it.
        above: certificates that came with the signer's, nearest first; not trusted.
    """

    message_id: str
    ref_to_message_id: str
    timestamp: datetime
    references: tuple[Reference, ...]
    signer: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorSignal:
    """What a partner answered instead of a receipt.

    Attributes:
        ref: the message it speaks of; empty when the partner could not read its id.
        is_authenticated: whether a pinned certificate of the partner signed it. One that is not is
            advice: the partner may not have known to whom it spoke.
        unsure: why nobody can say now whether the certificate that signed it still holds; empty
            where that is not what keeps it from being believed.
    """

    ebms_code: str
    short: str
    severity: str
    detail: str
    ref: str
    is_authenticated: bool
    unsure: str = ""

    @property
    def doubt(self) -> str:
        """Why it is no more than advice; empty where it is the partner's word."""
        return "" if self.is_authenticated else self.unsure or "not signed by the partner"

    @property
    def is_failure(self) -> bool:
        """Whether the message failed; a warning leaves it alive."""
        return self.severity != "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A partner asks for a message; its signature holds, and is what allows it to ask.

    Attributes:
        mpc: the channel it asks for.
        signer: the partner's certificate that signed it.
        above: certificates that came with the signer's, nearest first; not trusted.
    """

    message_id: str
    timestamp: datetime
    mpc: str
    signer: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKeys:
    """Who we are and what we hold: current keys and, during a roll-over, former and coming ones.

    Attributes:
        signers: at least one, for every suite that is spoken with some partner.
        decrypters: each opens only what names it.
        overlap: how long a certificate has been valid before it signs in place of an older one.
    """

    party: str
    signers: tuple[Signer, ...]
    decrypters: tuple[Decrypter, ...]
    overlap: timedelta = OVERLAP

    @property
    def signer(self) -> Signer:
        """The first signer, for one who holds no other."""
        return self.signers[0]

    def signer_for(self, suite: Suite, at: datetime) -> Signer:
        """Return what signs in a suite at a moment.

        Of those that fit it is the one that counts then (`Succession`).

        Raises:
            InvalidSettingError: no key of ours signs in the suite.
        """
        fitting = [one for one in self.signers if suite.signs_with(one.certificate)]
        if not fitting:
            raise InvalidSettingError(
                where="signing key", why=f"none of this node's signs in suite {suite.name}"
            )
        chosen = Succession(tuple(one.certificate for one in fitting), self.overlap).at(at)
        return next(one for one in fitting if one.certificate is chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerKeys:
    """What the partner is known by, and how the exchange with it is secured.

    Attributes:
        signing: pinned signing certificates; two during a roll-over.
        encryption: what payloads for it may be encrypted for; none only where `encrypts` is false.
        encrypts: whether every payload is encrypted, both ways; false suits a sign-only profile.
        token: how our signatures name our certificate; None leaves it to the suite.
        anchors: whose word is taken for a signing certificate that is not pinned; None: nobody's.
    """

    party: str
    signing: tuple[x509.Certificate, ...]
    encryption: tuple[x509.Certificate, ...] = ()
    suite: Suite = EDELIVERY_1_15
    encrypts: bool = True
    token: Token | None = None
    anchors: Anchors | None = None

    def encryption_for(self, at: datetime) -> x509.Certificate:
        """Return the newest certificate that the suite encrypts for and that is valid.

        A partner that hands out a new one holds its key already.

        Raises:
            InvalidSettingError: there is none.
        """
        fitting = [
            one for one in self.encryption if self.suite.encrypts_for(one) and is_valid_at(one, at)
        ]
        if not fitting:
            raise InvalidSettingError(
                where=f"partner {self.party}",
                why=f"it has no valid encryption certificate for suite {self.suite.name}",
            )
        return Succession(tuple(fitting)).at(at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is let in (our choices; docs/limits.md lists them).

    Attributes:
        max_document_bytes: of the leading payload after decompression (a WCO document).
        max_attachment_bytes: of every other payload after decompression.
        max_total_bytes: of all payloads of one message after decompression.
        max_ratio: of decompressed to compressed, beyond the first megabyte.
    """

    mime: MimeLimits = LIMITS
    max_document_bytes: int = 20_000_000
    max_attachment_bytes: int = 500_000_000
    max_total_bytes: int = 1_000_000_000
    max_ratio: int = 200
