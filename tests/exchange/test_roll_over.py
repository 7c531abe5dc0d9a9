from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from exchange_node import node as nodes
from exchange_node.config.keyring import own_certificates
from exchange_node.config.partners import read_card
from exchange_node.domain.transmission.content import Content, whole
from exchange_node.security.certificates import Purpose, fingerprint
from exchange_node.store import audit
from exchange_node.transport.line import Answer
from exchange_node.transport.memory import Door
from tests.world import Pair

PURPOSES = tuple(Purpose)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def audit_of(node: nodes.Node) -> list[audit.AuditRecord]:
    with node.engine.connect() as conn:
        return audit.search(conn, limit=200)


@dataclass
class RollOver:
    """A pair whose Kazakh node changes its keys; what it sends and answers is looked at."""

    pair: Pair
    folder: Path
    sent: list[bytes] = field(default_factory=list)
    shown: list[bytes] = field(default_factory=list)

    def hang_doors(self) -> None:
        """Let each node be called with the TLS certificate that the other shows by then."""
        for here, caller in (("kz", "uz"), ("uz", "kz")):
            self.pair.exchange.doors[f"customs.{here}"] = self._door(here, caller)

    def _door(self, here: str, caller: str) -> Door:
        def door(_party: str, content_type: str, body: Content) -> Answer:
            calling: nodes.Node = getattr(self.pair, caller)
            called: nodes.Node = getattr(self.pair, here)
            tls = der(calling.keyring.tls_at(self.pair.clock()).certificate)
            answer = called.reception.receive(tls, content_type, body)
            if caller == "kz":
                self.sent.append(whole(body))
                self.shown.append(tls)
            else:
                self.sent.append(whole(answer.body))
            return answer

        return door

    def certificates(self, purpose: Purpose) -> tuple[x509.Certificate, ...]:
        return own_certificates(self.pair.kz.settings, purpose)

    def make_keys(self) -> None:
        """Make a new key for every purpose and start the node again."""
        for purpose in PURPOSES:
            nodes.new_key(self.pair.kz, purpose.value, actor="test")
        self.restart("kz")

    def hand_card_over(self) -> None:
        card = nodes.card_of(self.folder / "kz", at=self.pair.clock())
        self.pair.uz.commissioning.add_partner(card)
        self.restart("uz")

    def restart(self, name: str) -> None:
        self.pair.restart(name)
        self.hang_doors()

    def cross(self) -> None:
        """Let one message go there, and its answer back, with a receipt for each."""
        submission = self.pair.submit()
        self.pair.run()
        assert self.pair.state_of(submission) == "accepted"

    def signed_by(self) -> set[int]:
        """Return by which of its certificates (0: the old, 1: the new) KZ has signed lately."""
        held = [base64.b64encode(der(one)) for one in self.certificates(Purpose.SIGNING)]
        found = {held.index(one) for one in held for body in self.sent if one in body}
        self.sent.clear()
        return found


@pytest.fixture(name="world")
def _world(pair: Pair, tmp_path: Path) -> RollOver:
    made = RollOver(pair, tmp_path)
    made.hang_doors()
    return made


def test_before_within_and_after_the_overlap_every_message_crosses(world: RollOver) -> None:
    clock = world.pair.clock
    world.cross()
    assert world.signed_by() == {0}

    world.make_keys()
    world.cross()  # no partner knows of it yet
    assert world.signed_by() == {0}

    world.hand_card_over()
    world.cross()
    clock.forward(days=6)
    world.cross()
    assert world.signed_by() == {0}
    assert set(world.shown) == {der(world.certificates(Purpose.TLS)[0])}

    clock.forward(days=1)
    world.cross()
    assert world.signed_by() == {1}
    assert world.shown[-1] == der(world.certificates(Purpose.TLS)[1])


def test_what_was_packed_under_the_old_key_still_goes(world: RollOver) -> None:
    world.make_keys()
    world.hand_card_over()
    world.pair.clock.forward(days=6, hours=23)
    submission = world.pair.submit()
    world.pair.exchange.cut.add("customs.uz")
    world.pair.run()

    world.pair.clock.forward(hours=2)
    world.pair.exchange.cut.clear()
    world.pair.run()

    assert world.pair.state_of(submission) == "accepted"
    assert world.signed_by() == {
        0,
        1,
    }  # the message by the old, the receipt of its answer by the new


def test_what_was_encrypted_for_the_old_certificate_opens(world: RollOver) -> None:
    submission = world.pair.submit()
    world.pair.kz.sending.run()
    world.pair.uz.filing.run()  # the answer is packed before UZ learns of the new certificate
    world.make_keys()
    world.hand_card_over()
    world.pair.clock.forward(hours=1)

    world.pair.run()

    assert world.pair.state_of(submission) == "accepted"


def test_after_the_card_the_new_certificate_is_encrypted_for(world: RollOver) -> None:
    world.make_keys()
    world.hand_card_over()

    card = read_card(nodes.card_of(world.folder / "kz", at=world.pair.clock()), "card")
    used = card.keys.encryption_for(world.pair.clock())

    assert used == world.certificates(Purpose.ENCRYPTION)[1]
    world.cross()


def test_a_receipt_of_the_old_key_is_believed_when_it_comes_late(world: RollOver) -> None:
    world.make_keys()
    world.hand_card_over()
    world.pair.clock.forward(days=6, hours=23, minutes=30)
    submission = world.pair.submit()
    world.pair.kz.sending.run()
    world.pair.uz.filing.run()
    world.pair.exchange.lose_answers = True
    world.pair.uz.sending.run()  # KZ has taken the answer in, and its receipt is lost
    world.signed_by()

    world.pair.exchange.lose_answers = False
    world.pair.clock.forward(hours=2)
    world.pair.run()

    assert world.pair.state_of(submission) == "accepted"
    assert world.signed_by() == {0}  # a repeat gets its first answer
    assert "transmission.receipted" in {one.action for one in audit_of(world.pair.uz)}


def test_when_the_old_keys_are_gone_messages_cross_and_the_audit_names_them(
    world: RollOver,
) -> None:
    world.make_keys()
    world.hand_card_over()
    world.pair.clock.forward(days=8)
    old = {purpose: world.certificates(purpose)[0] for purpose in PURPOSES}
    for purpose in PURPOSES:
        for path in (world.folder / "kz" / "keys").glob(f"{purpose.value}.*"):
            path.unlink()
    world.restart("kz")

    world.hand_card_over()
    world.cross()

    renewed = [one for one in audit_of(world.pair.uz) if one.action == "partner.renewed"]
    dropped = {one for record in renewed for one in record.facts["dropped"].split(", ") if one}
    assert dropped == {fingerprint(one) for one in old.values()}
