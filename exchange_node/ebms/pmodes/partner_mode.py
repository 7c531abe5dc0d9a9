"""What is agreed with one partner whatever the message: security, way, patience, pace.

A usual partner needs none of it written down: everything has a value that two nodes of ours work
with. The names in brackets are the parameters of OASIS ebMS 3.0 Core, appendix D.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from exchange_node.domain.errors import MalformedIdentifierError
from exchange_node.domain.identifiers import PartyId
from exchange_node.domain.message import PARTY_TYPE, ROLE
from exchange_node.domain.transmission import Retry
from exchange_node.security.suites import Token

__all__ = ["Binding", "PartnerMode", "Token", "is_of_office", "is_office", "serves_office"]

MPC_OF_PARTY = "urn:carec:mpc:"
"""What a channel is called by custom, before the party id of its one receiver."""

LEAST_WINDOW = timedelta(days=7)
"""How old a message may be at the least where nothing else is written down (our choice)."""


class Binding(StrEnum):
    """Who opens the connection on which a message travels [MEPBinding]."""

    PUSH = "push"
    PULL = "pull"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeNames:
    """What a partner's stack calls one exchange, where it is not what we call it.

    Attributes:
        code: our message code, or `test` for the test service, whose service and action are fixed.
        agreement_id: ours; empty where the names hold under every agreement with the partner.
        service, action: empty where ours stand.
        service_type, agreement_type: None where ours stand; empty where the header has no type.
        agreement_ref: None where ours stands; empty where the header names no agreement.
    """

    code: str
    agreement_id: str = ""
    service: str = ""
    service_type: str | None = None
    action: str = ""
    agreement_ref: str | None = None
    agreement_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerMode:
    """How messages travel between this node and one partner.

    Attributes:
        party_type, role: of the partner [Initiator.Party, Initiator.Role and their opposites].
        own_type, own_role: what this node is called towards the partner.
        suite: name of the security suite [Security.X509].
        encrypts: whether payloads are encrypted, both ways [Security.X509.Encryption.Encrypt].
        token: how our signatures name our certificate; every kind is accepted.
        compresses: whether payloads leave as gzip [PayloadService.CompressionType].
        to_partner, from_partner: whether what goes each way is pushed or pulled.
        mpc_to_partner: the channel from which the partner alone pulls [BusinessInfo.MPC].
        mpc_from_partner: the channel at the partner's from which this node alone pulls.
        retry: waits between tries [ReceptionAwareness.Retry.Parameters].
        window: how long after it was made a message of the partner's is taken, and at least how
            long a repeat is known [ReceptionAwareness.DuplicateDetection.Parameters].
        concurrency: most posts to the partner at one time; alerts have one more of their own.
        per_minute: most messages to the partner in a minute; 0 sets no bound.
        four_corner: whether originalSender and finalRecipient stand in every header.
        captures: whether messages are kept as they are on the wire, for the operator.
        accounts: whether the partner is given the daily account of what was exchanged (SY-095);
            only a node of this software can take it.
        availability: whether the partner is told when this node is away (SY-070, SY-071), and
            asked whether it is there (SY-074); likewise.
        exchanges: names that differ from ours; the first that fits an exchange holds.
    """

    party: str
    party_type: str = PARTY_TYPE
    role: str = ROLE
    own_type: str = PARTY_TYPE
    own_role: str = ROLE
    suite: str = "edelivery-1.15"
    encrypts: bool = True
    token: Token = Token.CERTIFICATE
    compresses: bool = True
    to_partner: Binding = Binding.PUSH
    from_partner: Binding = Binding.PUSH
    mpc_to_partner: str = ""
    mpc_from_partner: str = ""
    retry: Retry = field(default_factory=Retry)
    window: timedelta = LEAST_WINDOW
    concurrency: int = 4
    per_minute: int = 0
    accounts: bool = True
    availability: bool = True
    four_corner: bool = False
    captures: bool = False
    exchanges: tuple[ExchangeNames, ...] = ()

    @classmethod
    def default(
        cls, party: str, *, retry: Retry, suite: str = "edelivery-1.15", own: str = ""
    ) -> PartnerMode:
        """Return what holds with a partner of whom nothing is written down.

        What both sides do alike needs no parameter: a message may be as old as our own last try,
        and as `LEAST_WINDOW`, so that what was given up can be sent once more by hand. The node of
        an office pulls from its administration's, out of a channel of its own.
        """
        mode = cls(party=party, suite=suite, retry=retry, window=max(LEAST_WINDOW, retry.window))
        if not is_of_office(own, party):
            return mode
        mode = replace(mode, accounts=False, availability=False)
        if is_office(party):
            return replace(mode, to_partner=Binding.PULL, mpc_to_partner=MPC_OF_PARTY + party)
        return replace(mode, from_partner=Binding.PULL, mpc_from_partner=MPC_OF_PARTY + own)


def is_office(party: str) -> bool:
    """Whether a party is the node of an office; what is no party id is none."""
    try:
        return bool(PartyId.parse(party).office)
    except MalformedIdentifierError:
        return False


def is_of_office(own: str, party: str) -> bool:
    """Whether two nodes are an office's and another."""
    return is_office(own) or is_office(party)


def serves_office(own: str, party: str) -> bool:
    """Whether `own` is the administration's node that the office's node `party` pulls from."""
    return not is_office(own) and is_office(party) and own[-2:] == party[-2:]
