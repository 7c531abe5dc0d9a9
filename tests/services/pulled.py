"""A pair of which one pulls, and the signals that somebody could post to either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from exchange_node.domain.transmission.content import Content, whole
from exchange_node.ebms.message import ErrorSignal, OwnKeys, Packed, PartnerKeys, Receipt, Received
from exchange_node.ebms.pmodes.matching import Arrival
from exchange_node.ebms.pmodes.partner_mode import Binding
from exchange_node.ebms.signals import pull_request, read_answer, receipt_for
from exchange_node.ebms.unpack import unpack
from exchange_node.services.stations.agreements import agreed_now
from exchange_node.store import audit, outbox, payloads
from exchange_node.store.database import reading
from exchange_node.store.outgoing import Outgoing
from exchange_node.transport.line import Answer, nothing
from tests.world import Pair, tls_certificate_of

MPC = "urn:carec:mpc:customs.uz"


@dataclass
class Script:
    """A line that answers what it is told to, and notes what it carried."""

    answers: list[Answer | Callable[[bytes], Answer]]
    posted: list[bytes] = field(default_factory=list)
    most_bytes: list[int] = field(default_factory=list)

    def post(
        self,
        _partner: str,
        _content_type: str,
        body: Content,
        *,
        most_bytes: int = 0,
        as_it_comes: Callable[[], None] = nothing,
    ) -> Answer:
        self.most_bytes.append(most_bytes)
        self.posted.append(whole(body))
        answer = self.answers.pop(0)
        as_it_comes()
        return answer(whole(body)) if callable(answer) else answer

    def close(self) -> None:
        pass


@dataclass
class Desk:
    """What a test does with a pair by hand."""

    pair: Pair
    folder: Path

    @property
    def uz_keys(self) -> OwnKeys:
        return self.pair.uz.reception.taking.keys

    @property
    def kz_keys(self) -> OwnKeys:
        return self.pair.kz.reception.taking.keys

    @property
    def kz_known(self) -> PartnerKeys:
        """What Uzbekistan knows of Kazakhstan."""
        return self.pair.uz.reception.taking.partners["customs.kz"]

    @property
    def uz_known(self) -> PartnerKeys:
        """What Kazakhstan knows of Uzbekistan."""
        return self.pair.kz.reception.taking.partners["customs.uz"]

    def outgoing(self) -> Outgoing:
        with reading(self.pair.kz.engine) as conn:
            (one,) = outbox.search(conn, limit=2)
        return one

    def state(self) -> str:
        return self.outgoing().transmission.state.value

    def audited(self) -> list[str]:
        with reading(self.pair.kz.engine) as conn:
            return [one.action for one in audit.search(conn, limit=50)]

    def to_kz(self, packed: Packed, tls: str = "customs.uz") -> Answer:
        certificate = tls_certificate_of(self.folder, tls)
        return self.pair.kz.reception.receive(certificate, packed.content_type, packed.body)

    def request(self, mpc: str = MPC, keys: OwnKeys | None = None, *, hours: float = 0) -> Packed:
        return pull_request(
            mpc,
            message_id="pr-1@customs.uz",
            at=self.pair.clock() + timedelta(hours=hours),
            keys=keys or self.uz_keys,
            partner=self.kz_known,
            random_bytes=lambda count: b"r" * count,
        )

    def pulled(self) -> Answer:
        return self.to_kz(self.request())

    def received(self) -> Received:
        """The message in Kazakhstan's outbox, as Uzbekistan reads it."""
        one = self.outgoing()
        with reading(self.pair.kz.engine) as conn:
            body = payloads.fetch(conn, one.payload_id, self.pair.kz.reception.handing_out.vault)
        return unpack(
            one.content_type,
            body,
            own=self.uz_keys,
            partners=self.pair.uz.reception.taking.partners,
            pmodes=agreed_now(self.pair.uz.engine, self.pair.uz.agreed),
            arrival=Arrival(binding=Binding.PULL),
            at=self.pair.clock(),
        )

    def receipt(self, received: Received | None = None, keys: OwnKeys | None = None) -> Packed:
        return receipt_for(
            received or self.received(),
            message_id="receipt-1@customs.uz",
            at=self.pair.clock(),
            keys=keys or self.uz_keys,
            random_bytes=lambda count: b"t" * count,
        )

    def signal(self, answer: Answer) -> Receipt | ErrorSignal | None:
        """What Kazakhstan answered, as Uzbekistan reads it."""
        return read_answer(
            answer.content_type,
            answer.octets,
            partner=self.kz_known,
            at=self.pair.clock(),
        )

    def code(self, answer: Answer) -> str:
        found = self.signal(answer)
        assert isinstance(found, ErrorSignal)
        return found.ebms_code


def renamed(received: Received, message_id: str) -> Received:
    return replace(received, message=replace(received.message, message_id=message_id))


def altered(received: Received) -> Received:
    first, *rest = received.references
    return replace(received, references=(replace(first, digest_value=b"x" * 32), *rest))
