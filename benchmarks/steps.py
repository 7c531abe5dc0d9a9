"""What is measured: the steps of a document's way, each with the input that the step before made.

Every step starts from what it starts from in a node: `map` and `validate` from bytes, `minimise`
from a document that has been validated, the seal from bytes, the message from the sealed document.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from benchmarks.documents import facts_for
from benchmarks.measuring import Case
from benchmarks.nodes import Pair
from exchange_node.domain.agreement import Agreement, Grant
from exchange_node.domain.finding import has_errors
from exchange_node.domain.identifiers import PartyId
from exchange_node.domain.message import Exchange
from exchange_node.ebms.message import Packed, Receipt, Received, UserMessage
from exchange_node.ebms.pack import pack
from exchange_node.ebms.pmodes.derivation import outgoing
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.ebms.signals import check_receipt, read_answer, receipt_for
from exchange_node.ebms.unpack import unpack
from exchange_node.mapping.declaration import detect, map_declaration, opened
from exchange_node.mapping.facts import read_facts
from exchange_node.mapping.profile.profile import Profiles
from exchange_node.policy.minimising import minimise
from exchange_node.policy.text.reading import read_agreement
from exchange_node.security.seal import open_seal, seal
from exchange_node.services.stations.departure.walking import MANIFEST
from exchange_node.services.stations.vocabulary import header_of
from exchange_node.wco.document import Document, read
from exchange_node.wco.rules import validate
from exchange_node.wco.rules.library import WcoLibrary

MESSAGE_ID = "benchmark@customs.kz"
RECEIPT_ID = "receipt@customs.uz"


@dataclass
class Way:
    """One declaration on its way through the steps; whatever a step needs is made once.

    Attributes:
        nodes: returns the two nodes; asked by those steps alone that need keys or a database.
    """

    declaration: bytes
    items: int
    library: WcoLibrary
    profiles: Profiles
    nodes: Callable[[], Pair]
    agreement_text: str
    at: datetime
    _facts: str = field(default_factory=lambda: facts_for(1), repr=False)

    def map(self) -> bytes:
        """Declaration → WCO document and report, as bytes and plain values."""
        declaration = opened(self.declaration)
        mapped = map_declaration(
            declaration,
            detect(declaration, self.profiles),
            read_facts(self._facts),
            self.library,
            sender=PartyId.of_country("KZ"),
            agency="Customs of KZ",
            at=self.at,
            reference="benchmark",
        )
        mapped.report.as_dict()
        return mapped.document.to_bytes()

    @property
    def pair(self) -> Pair:
        """The two nodes."""
        return self.nodes()

    @cached_property
    def mapped(self) -> bytes:
        """The WCO document, found without fault: a faulty one would be measured for its faults."""
        content = self.map()
        findings = validate(read(content), self.library, self.at.date())
        if has_errors(findings):
            raise SystemExit("\n".join(f"{one.pointer}: {one.text}" for one in findings))
        return content

    def validate(self) -> object:
        """WCO document as bytes → findings."""
        return validate(read(self.mapped), self.library, self.at.date())

    @cached_property
    def document(self) -> Document:
        """The WCO document as it stands after validation."""
        document = read(self.mapped)
        validate(document, self.library, self.at.date())
        return document

    @cached_property
    def agreement(self) -> Agreement:
        """The agreement between the two nodes."""
        return read_agreement(self.agreement_text, "the agreement between the two")

    @cached_property
    def grant(self) -> Grant:
        """The grant under which the manifest leaves."""
        return next(one for one in self.agreement.grants if MANIFEST in one.message_codes)

    def minimise(self) -> Document:
        """Validated document → what the grant lets out."""
        return minimise(self.document, self.grant).document

    @cached_property
    def exchange(self) -> Exchange:
        """What is sealed into the document and said in the header."""
        return Exchange(
            sender="customs.kz",
            recipient="customs.uz",
            code=MANIFEST,
            agreement_id=self.agreement.agreement_id,
            agreement_version=self.agreement.version,
            agreement_digest=self.agreement.digest,
            grant=self.grant.grant_id,
            purpose="TRANSIT_CONTROL",
            handling=self.grant.handling.value,
            test=True,
        )

    @cached_property
    def minimised(self) -> bytes:
        """The document that leaves, not yet sealed."""
        return self.minimise().with_exchange(self.exchange).to_bytes()

    def seal(self) -> bytes:
        """Document as bytes → sealed document."""
        return seal(self.minimised, self.pair.kz.dispatch.packing.seal_key(self.at), at=self.at)

    @cached_property
    def sealed(self) -> bytes:
        """The sealed document."""
        return self.seal()

    def open_seal(self) -> object:
        """Sealed document → what was sealed, verified."""
        trusted = self.pair.uz.filing.opening.trust.partner("customs.kz").seal
        return open_seal(self.sealed, trusted, at=self.at)

    @cached_property
    def message(self) -> UserMessage:
        """The message that carries the sealed document."""
        return header_of(
            self.exchange,
            outgoing(self.exchange, PartnerMode(party=self.exchange.recipient)),
            message_id=MESSAGE_ID,
            at=self.at,
            conversation_id="benchmark",
            document=self.sealed,
        )

    def pack(self) -> Packed:
        """Message → compressed, signed and encrypted bytes."""
        packing = self.pair.kz.dispatch.packing
        return pack(
            self.message,
            keys=packing.keys,
            partner=packing.partners["customs.uz"],
            random_bytes=os.urandom,
        )

    @cached_property
    def packed(self) -> Packed:
        """The bytes on the line."""
        return self.pack()

    def unpack(self) -> Packed:
        """Bytes → verified and decrypted message → signed receipt."""
        return self._receipt(self._received())

    def _received(self) -> Received:
        reception = self.pair.uz.reception.taking
        return unpack(
            self.packed.content_type,
            self.packed.body,
            own=reception.keys,
            partners=reception.partners,
            pmodes=reception.agreed.of([self.agreement]),
            at=self.at,
            limits=reception.limits,
        )

    def _receipt(self, received: Received) -> Packed:
        return receipt_for(
            received,
            message_id=RECEIPT_ID,
            at=self.at,
            keys=self.pair.uz.reception.taking.keys,
            random_bytes=os.urandom,
        )

    @cached_property
    def receipt(self) -> Packed:
        """The receipt as it comes back."""
        return self.unpack()

    def check_receipt(self) -> None:
        """Receipt → verified digest by digest against what was sent."""
        partner = self.pair.kz.dispatch.packing.partners["customs.uz"]
        signal = read_answer(
            self.receipt.content_type, self.receipt.octets, partner=partner, at=self.at
        )
        if not isinstance(signal, Receipt):
            raise SystemExit(f"no receipt came back: {signal}")
        check_receipt(signal, message_id=MESSAGE_ID, references=self.packed.references)

    def exchange_whole(self) -> str:
        """Declaration submitted → filed at the partner → business answer back."""
        return self.pair.cross(self.declaration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the table: what is done, and which of the way's documents its floor is."""

    title: str
    document: Callable[[Way], bytes]
    work: Callable[[Way], object]
    is_whole: bool = False


STEPS = {
    "map": Step(
        title="declaration → WCO document and report",
        document=lambda way: way.declaration,
        work=Way.map,
    ),
    "validate": Step(
        title="WCO document → findings", document=lambda way: way.mapped, work=Way.validate
    ),
    "minimise": Step(
        title="document → what the grant lets out",
        document=lambda way: way.mapped,
        work=Way.minimise,
    ),
    "seal": Step(
        title="document → sealed (XAdES, P-256)",
        document=lambda way: way.minimised,
        work=Way.seal,
    ),
    "open-seal": Step(
        title="sealed document → verified content",
        document=lambda way: way.sealed,
        work=Way.open_seal,
    ),
    "pack": Step(
        title="sealed document → AS4 message", document=lambda way: way.sealed, work=Way.pack
    ),
    "unpack": Step(
        title="AS4 message → document and receipt",
        document=lambda way: way.sealed,
        work=Way.unpack,
    ),
    "receipt": Step(
        title="receipt → verified", document=lambda way: way.sealed, work=Way.check_receipt
    ),
    "exchange": Step(
        title="submitted → filed there → answered",
        document=lambda way: way.declaration,
        work=Way.exchange_whole,
        is_whole=True,
    ),
}


def cases(names: list[str], ways: list[Way]) -> Iterator[Case]:
    """Yield the named steps with every document, ready to be measured."""
    for name in names:
        step = STEPS[name]
        for way in ways:
            if step.is_whole:
                way.pair.require_accepted(way.exchange_whole())
            yield Case(
                name=name,
                items=way.items,
                document=step.document(way),
                work=lambda step=step, way=way: step.work(way),  # type: ignore[misc]
                is_whole=step.is_whole,
            )
