"""Kazakhstan is known to Uzbekistan by an authority alone; its lists are carried in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from exchange_node.domain.errors import AuthenticationError, RevokedCertificateError
from exchange_node.security.certificates import der_of, load_certificates, write_pem
from exchange_node.store import outbox
from exchange_node.store.database import reading
from tests.security.authority import Authority, new_root
from tests.world import NATIONAL, Pair

NAME = "as4.customs.kz"
DAY = timedelta(days=1)


@dataclass
class Corridor:
    """Both nodes, the authority of one of them, and where the other looks for its lists."""

    pair: Pair
    ca: Authority
    signing: x509.Certificate
    lists: Path

    def publish(self) -> None:
        """Carry a list of this moment in."""
        now = self.pair.clock()
        (self.lists / "ca.crl").write_bytes(self.ca.crl(made=now, until=now + DAY))

    def told(self) -> list[str]:
        """The codes of what Uzbekistan's operator was told."""
        self.pair.run()
        return [one.code for one in self.pair.told["uz"].told.values()]

    def crosses(self, key: str) -> str:
        """Submit once more and return where it stands."""
        submission = self.pair.submit(idempotency_key=key)
        self.pair.run()
        return str(self.pair.kz.enquiry.submission(NATIONAL, submission)["state"])


@pytest.fixture(name="corridor")
def _corridor(pair: Pair, tmp_path: Path) -> Corridor:
    ca = new_root()
    kz, uz = tmp_path / "kz", tmp_path / "uz"
    usage = x509.ExtendedKeyUsage(
        [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    )
    issued = {}
    for purpose in ("tls", "signing"):
        path = kz / "keys" / f"{purpose}.cert.pem"
        (own,) = load_certificates(path.read_bytes())
        more = [(usage, False)] if purpose == "tls" else []
        issued[purpose] = ca.issue(NAME, own.public_key(), more=more)
        path.write_bytes(write_pem(issued[purpose]))
    card = uz / "partners" / "customs.kz.toml"
    plain = re.sub(r'(tls|signing) = \["""\n.*?"""\]\n', "", card.read_text(), flags=re.DOTALL)
    anchor = write_pem(ca.certificate).decode()
    card.write_text(f'{plain}authorities = ["""{anchor}"""]\nsubject = "{NAME}"\n')
    lists = uz / "lists"
    lists.mkdir()
    settings = uz / "node.toml"
    text = settings.read_text().replace('crl_folder = ""', 'crl_folder = "lists"')
    settings.write_text(text)
    pair.restart("kz")
    pair.restart("uz")
    corridor = Corridor(pair, ca, issued["signing"], lists)
    corridor.publish()
    return corridor


def test_a_partner_known_by_an_authority_is_received(corridor: Corridor) -> None:
    assert corridor.crosses("once") == "accepted"


def test_a_revoked_signer_is_refused_and_the_operator_told(corridor: Corridor) -> None:
    corridor.ca.revoke(corridor.signing, at=corridor.pair.clock())
    corridor.publish()

    assert corridor.crosses("once") == "failed"

    assert "trust.revoked" in corridor.told()


def test_what_is_wrong_with_a_certificate_is_not_told_to_the_partner(corridor: Corridor) -> None:
    corridor.ca.revoke(corridor.signing, at=corridor.pair.clock())
    corridor.publish()
    corridor.crosses("once")

    (refused,) = [
        one for one in corridor.pair.told["kz"].told.values() if one.code == "transmission.refused"
    ]
    assert "EBMS:0101" in refused.facts["why"]
    assert "revoked" not in refused.facts["why"]


def test_silence_is_borne_for_the_time_of_grace_and_what_waits_crosses_later(
    corridor: Corridor,
) -> None:
    pair = corridor.pair
    assert corridor.crosses("first") == "accepted"
    (corridor.lists / "ca.crl").unlink()
    pair.clock.forward(hours=24)
    assert corridor.crosses("in grace") == "accepted"
    assert "trust.unknown" not in corridor.told()

    pair.clock.forward(hours=2)
    assert corridor.crosses("beyond") == "queued"
    assert "trust.unknown" in corridor.told()

    corridor.publish()
    pair.clock.forward(minutes=10)
    pair.run()
    assert corridor.crosses("beyond") == "accepted"


def test_a_receipt_of_which_nobody_says_whether_it_holds_is_asked_for_again(
    corridor: Corridor,
) -> None:
    pair = corridor.pair
    pair.submit()
    pair.kz.sending.run()
    pair.uz.filing.run()
    (corridor.lists / "ca.crl").unlink()
    pair.clock.forward(hours=27)

    def stands() -> str:
        with reading(pair.uz.engine) as conn:
            (answer,) = outbox.search(conn, limit=9)
        return answer.transmission.state.value

    pair.uz.sending.run()
    assert stands() == "awaiting-receipt"

    corridor.publish()
    pair.clock.forward(minutes=10)
    pair.uz.sending.run()
    assert stands() == "receipted"


def test_a_server_is_asked_for_its_name_and_its_revocation(corridor: Corridor) -> None:
    node, ca = corridor.pair.uz, corridor.ca
    (card,) = node.cards
    tls = load_certificates(
        (corridor.pair.kz.settings.folder / "keys" / "tls.cert.pem").read_bytes()
    )[0]
    now = corridor.pair.clock()
    key = load_certificates(write_pem(tls))[0].public_key()

    assert card.partner.server_path([der_of(tls)], now) is not None
    with pytest.raises(AuthenticationError, match="none of the names"):
        card.partner.server_path([der_of(ca.issue("as4.elsewhere.kz", key))], now)
    ca.revoke(tls, at=now)
    corridor.publish()
    corridor.pair.clock.forward(hours=25)
    corridor.publish()
    with pytest.raises(RevokedCertificateError):
        card.partner.server_path([der_of(tls)], corridor.pair.clock())
