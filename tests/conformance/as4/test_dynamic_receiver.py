"""A receiver that has no certificate of its sender: an authority vouches for a name."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from exchange_node.ebms.message import ErrorSignal, OwnKeys, Receipt, UserMessage
from exchange_node.ebms.pack import pack
from exchange_node.ebms.pmodes.partner_mode import Token
from exchange_node.security.certificates import der_of, write_pem
from exchange_node.security.keys import PemSigner, new_rsa_key
from tests.conformance.as4.peer import Peer
from tests.security.authority import AT, DAY, Authority, new_root
from tests.world import Pair

NAME = "as4.customs.uz"
KEY = new_rsa_key(2048)
PINNED = re.compile(r'^(tls|signing) = \["""\n.*?"""\]\n', re.MULTILINE | re.DOTALL)
FOR_CLIENTS = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])


@dataclass(frozen=True)
class Dynamic:
    """A node that knows of Uzbekistan an authority and a name, and the authority."""

    pair: Pair
    ca: Authority
    lists: Path

    def ask(
        self, by: Authority, certificate: x509.Certificate, message: UserMessage | None = None
    ) -> Receipt | ErrorSignal:
        """Post a message signed with a certificate and the path above it; return the answer."""
        peer = Peer(self.pair)
        own = self.pair.uz.alerting.packing.keys
        above = () if by is self.ca else (by.certificate,)
        signer = PemSigner(KEY, certificate, (*above, self.ca.certificate))
        packed = pack(
            message or peer.message(),
            keys=OwnKeys(party=own.party, signers=(signer,), decrypters=own.decrypters),
            partner=replace(peer.known, token=Token.PATH),
            at=self.pair.clock(),
            random_bytes=self.pair.uz.alerting.packing.random_bytes,
        )
        shown = self.ca.issue(NAME, more=[(FOR_CLIENTS, False)])
        answer = self.pair.kz.reception.receive(der_of(shown), packed.content_type, packed.body)
        found = peer.read(answer)
        assert found is not None
        return found

    def refused(self, by: Authority, certificate: x509.Certificate) -> None:
        found = self.ask(by, certificate)
        assert isinstance(found, ErrorSignal)
        assert found.ebms_code == "EBMS:0101"
        assert Peer(self.pair).delivered() == []


@pytest.fixture(name="dynamic")
def _dynamic(pair: Pair, tmp_path: Path) -> Dynamic:
    ca = new_root()
    card = tmp_path / "kz" / "partners" / "customs.uz.toml"
    plain = PINNED.sub("", card.read_text("utf-8"))
    pem = write_pem(ca.certificate).decode()
    card.write_text(
        f'{plain}authorities = ["""\n{pem}"""]\nsubject = "{NAME}"\nrevocation = "require"\n',
        "utf-8",
    )
    lists = tmp_path / "kz" / "crl"
    lists.mkdir()
    made = Dynamic(pair, ca, lists)
    publish(made)
    settings = tmp_path / "kz" / "node.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('crl_folder = ""', 'crl_folder = "crl"'), "utf-8")
    pair.restart("kz")
    return made


def publish(dynamic: Dynamic, *others: Authority) -> None:
    """Carry the lists of the authority, and of others, into the node's folder."""
    for number, one in enumerate((dynamic.ca, *others)):
        now = dynamic.pair.clock()
        octets = one.crl(made=now - timedelta(hours=1), until=now + DAY)
        (dynamic.lists / f"{number}.crl").write_bytes(octets)


def test_dr_ta01_a_sender_whose_path_leads_to_the_authority_is_receipted(
    dynamic: Dynamic,
) -> None:
    issuing = dynamic.ca.subordinate("Issuing")
    publish(dynamic, issuing)

    found = dynamic.ask(issuing, issuing.issue(NAME, KEY.public_key()))

    assert isinstance(found, Receipt), found
    assert len(Peer(dynamic.pair).delivered()) == 1


def test_dr_ta02_a_sender_of_another_authority_is_refused(dynamic: Dynamic) -> None:
    other = new_root("Elsewhere")

    dynamic.refused(other, other.issue(NAME, KEY.public_key()))


def test_dr_ta03_a_sender_of_another_name_is_refused(dynamic: Dynamic) -> None:
    dynamic.refused(dynamic.ca, dynamic.ca.issue("as4.bakery.uz", KEY.public_key()))


@pytest.mark.parametrize("days", [-2, 400], ids=["ended", "not yet"])
def test_dr_ta04_a_sender_outside_its_dates_is_refused(dynamic: Dynamic, days: int) -> None:
    start = AT + days * DAY
    certificate = dynamic.ca.issue(NAME, KEY.public_key(), start=start, end=start + DAY)

    dynamic.refused(dynamic.ca, certificate)


def test_dr_ta04_a_sender_that_was_taken_back_is_refused(dynamic: Dynamic) -> None:
    certificate = dynamic.ca.issue(NAME, KEY.public_key())
    dynamic.ca.revoke(certificate)
    publish(dynamic)

    dynamic.refused(dynamic.ca, certificate)
