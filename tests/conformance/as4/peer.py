"""Another product in Uzbekistan's place: it has the keys, and makes its messages by itself.

It packs with the same room as the node, may lay the package open and close it again as it likes,
posts it to the node in Kazakhstan and reads what comes back.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

from exchange_node.domain.message import Exchange
from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.message import (
    ErrorSignal,
    Packed,
    PartnerKeys,
    Receipt,
    UserMessage,
)
from exchange_node.ebms.pack import pack
from exchange_node.ebms.packaging.compression import deflate
from exchange_node.ebms.pmodes.derivation import outgoing
from exchange_node.ebms.pmodes.names import TEST_ACTION, TEST_SERVICE
from exchange_node.ebms.signals import check_receipt, read_answer
from exchange_node.policy.gates import permit_sending
from exchange_node.policy.verdict import require
from exchange_node.security.seal import seal
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.vocabulary import header_of
from exchange_node.store.database import reading
from exchange_node.transport.line import Answer
from exchange_node.wco.alert_codec import encode_alert
from exchange_node.wco.building import Metadata
from tests.ebms.meddling import Draft
from tests.services.test_forged import alert_of
from tests.world import LIAISON, OPERATOR, Pair

NUMBERS = itertools.count(1)
WAY = {"sender": "customs.uz", "recipient": "customs.kz", "code": "RA-010"}


@dataclass(frozen=True, kw_only=True)
class Post:
    """One request on the wire, and what it was answered."""

    caller: str
    content_type: str
    body: bytes
    answer: Answer | None

    @property
    def packed(self) -> Packed:
        """The request as packed."""
        return Packed(content_type=self.content_type, body=self.body, references=())

    @property
    def draft(self) -> Draft:
        """The request laid open."""
        return Draft.of(self.packed)


@dataclass
class Peer:
    """The peer, and the node across from it."""

    pair: Pair
    before: frozenset[str] = frozenset()
    records: int = 0

    @classmethod
    def of(cls, pair: Pair) -> Peer:
        """Return a peer that sees what comes after now."""
        before = frozenset(cls(pair).delivered())
        return cls(pair, before, int(pair.kz.enquiry.audit(OPERATOR, limit=1)["records"]))

    @property
    def known(self) -> PartnerKeys:
        """What the peer knows of the node."""
        return self.pair.uz.sending.partners["customs.kz"]

    def document(self, alert_id: str) -> tuple[bytes, Exchange]:
        """Return a sealed alert and the exchange that it is for."""
        node = self.pair.uz
        with reading(node.engine) as conn:
            held = held_agreements(conn)
        agreement, grant = require(
            permit_sending(
                held,
                sender=WAY["sender"],
                recipient=WAY["recipient"],
                code=WAY["code"],
                purpose="RISK_ANALYSIS",
                test=True,
                on=self.pair.clock().date(),
            )
        )
        exchange = Exchange(
            **WAY,
            agreement_id=agreement.agreement_id,
            agreement_version=agreement.version,
            agreement_digest=agreement.digest,
            grant=grant.grant_id,
            purpose="RISK_ANALYSIS",
            handling=grant.handling.value,
            test=True,
        )
        document = encode_alert(
            alert_of(self.pair, alert_id),
            metadata=Metadata(country="UZ", agency="Customs", type_name="InterGov"),
            registry=node.alerting.library.registry,
        ).with_exchange(exchange)
        now = self.pair.clock()
        sealed = seal(document.to_bytes(), node.alerting.packing.seal_key(now), at=now)
        return sealed, exchange

    def message(self, **changes: object) -> UserMessage:
        """Return a message that the node takes unless it is changed; its alert has a new id."""
        number = next(NUMBERS)
        alert_id = f"A-{number}"
        sealed, exchange = self.document(alert_id)
        message = header_of(
            exchange,
            outgoing(exchange, self.pair.uz.alerting.packing.modes["customs.kz"]),
            message_id=f"peer-{number}@uz.example",
            at=self.pair.clock(),
            conversation_id=alert_id,
            document=sealed,
        )
        return replace(message, **changes)  # type: ignore[arg-type]

    def ping(self, **changes: object) -> UserMessage:
        """Return a message of the test service, without payload."""
        message = self.message(service=TEST_SERVICE, action=TEST_ACTION, payloads=())
        return replace(message, **changes)  # type: ignore[arg-type]

    def pack(self, message: UserMessage) -> Packed:
        """Sign and encrypt as agreed."""
        return pack(
            message,
            keys=self.pair.uz.alerting.packing.keys,
            partner=self.known,
            random_bytes=self.pair.uz.alerting.packing.random_bytes,
        )

    def altered(self, message: UserMessage, meddle: Callable[[Draft], None]) -> Packed:
        """Return a message that was changed before it was signed: the peer itself errs."""
        draft = Draft.of(self.pack(message))
        meddle(draft)
        contents = [deflate(one.content) for one in message.payloads]
        plain = [
            replace(part, content=content)
            for part, content in zip(draft.parts, contents, strict=True)
        ]
        references = replace(draft, parts=plain).references()
        return draft.sign(self.pair.uz.alerting.packing.keys.signer, references).close()

    def post(self, packed: Packed) -> Answer:
        """Post to the node as Uzbekistan's access point."""
        return self.pair.exchange.doors["customs.kz"](
            "customs.uz", packed.content_type, packed.body
        )

    def read(self, answer: Answer) -> Receipt | ErrorSignal | None:
        """Read what the node answered."""
        return read_answer(
            answer.content_type, whole(answer.body), partner=self.known, at=self.pair.clock()
        )

    def receipt(self, packed: Packed) -> Receipt:
        """Post, and return the receipt that proves what was sent."""
        answer = self.post(packed)
        assert 200 <= answer.status < 300, answer
        found = self.read(answer)
        assert isinstance(found, Receipt), found
        if packed.references:
            check_receipt(found, message_id=found.ref_to_message_id, references=packed.references)
        return found

    def error(self, packed: Packed) -> ErrorSignal:
        """Post, and return the error that comes in the same response."""
        answer = self.post(packed)
        assert answer.status == 200, answer
        found = self.read(answer)
        assert isinstance(found, ErrorSignal), found
        assert self.delivered() == []
        return found

    def delivered(self) -> list[str]:
        """Let the node work; return the ids of the alerts that its officers have since then."""
        for _ in range(3):
            self.pair.kz.filing.run()
        found = self.pair.kz.enquiry.alerts(LIAISON, direction="received", limit=500)
        return sorted({str(one["alert_id"]) for one in found["alerts"]} - self.before)

    def recorded(self, action: str) -> list[dict[str, object]]:
        """Return what the node's audit has of an action since then."""
        audit = self.pair.kz.enquiry.audit(OPERATOR, limit=100)
        since = audit["audit"][: audit["records"] - self.records]
        return [one for one in since if one["action"] == action]


def listen(pair: Pair) -> list[Post]:
    """Return a list that grows with everything that passes between the two nodes."""
    heard: list[Post] = []

    def listening(door: Callable[[str, str, bytes], Answer]) -> Callable[..., Answer]:
        def heard_door(party: str, content_type: str, body: bytes) -> Answer:
            answer = door(party, content_type, body)
            heard.append(Post(caller=party, content_type=content_type, body=body, answer=answer))
            return answer

        return heard_door

    for name, door in pair.exchange.doors.items():
        pair.exchange.doors[name] = listening(door)
    return heard
