from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from exchange_node.domain.errors import PartnerCertificateError
from exchange_node.security.trust import Partner
from exchange_node.security.trusting.anchors import Anchors
from exchange_node.security.trusting.names import read_bound_name
from exchange_node.transport.https import HttpsLine, Route
from exchange_node.transport.tls import load_key, pinned, shown_on
from tests.transport.chains import NOW, Chain, connected
from tests.transport.conftest import Identity, answer_of, serving

Make = Callable[..., Identity]


@pytest.fixture(name="chain", scope="module")
def _chain() -> Chain:
    return Chain()


def partner_of(chain: Chain) -> Partner:
    """Return who is known by the uppermost authority alone."""
    name = read_bound_name("as4.customs.uz", where="subject")
    anchors = Anchors(authorities=(chain.root.certificate,), names=(name,))
    return Partner(party="customs.uz", tls=(), signing=(), encryption=(), seal=(), anchors=anchors)


def line_to(chain: Chain, own: Identity, url: str) -> HttpsLine:
    """Return the line to that partner, by which its server is asked for its path."""
    known = partner_of(chain)

    def vouch(shown: Sequence[bytes]) -> None:
        known.server_path(shown, NOW + timedelta(minutes=1))

    route = Route(url=url, certificates_pem=chain.root_pem, vouch=vouch)
    return HttpsLine(own.key, {"customs.uz": route}, timeout_seconds=5)


def test_a_server_with_a_certificate_of_an_intermediate_authority_is_the_partners(
    identity: Make, chain: Chain, tmp_path: Path
) -> None:
    kz = identity("kz")

    with serving(chain.identity(tmp_path), kz.pem, answer_of(b"receipt")) as server:
        line = line_to(chain, kz, server.url)
        answer = line.post("customs.uz", "text/plain", b"m")
        seen = line.probe("customs.uz", "text/plain", b"m")
        line.close()

    assert answer.body == b"receipt"
    assert (seen.failure, seen.why) == (None, "")


def test_a_server_that_keeps_the_intermediate_to_itself_is_told_what_is_missing(
    identity: Make, chain: Chain, tmp_path: Path
) -> None:
    kz = identity("kz")

    with serving(chain.identity(tmp_path, sends_all=False), kz.pem, answer_of(b"x")) as server:
        line = line_to(chain, kz, server.url)
        with pytest.raises(PartnerCertificateError, match="unable to get local issuer"):
            line.post("customs.uz", "text/plain", b"m")
        line.close()


def contexts(chain: Chain, own: Identity, uz: Identity) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    calling = pinned(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), own.pem, "test")
    load_key(calling, uz.key)
    listening = pinned(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), chain.root_pem, "test")
    load_key(listening, own.key)
    return calling, listening


def test_both_ends_see_all_that_the_other_sends_its_own_certificate_first(
    identity: Make, chain: Chain, tmp_path: Path
) -> None:
    kz = identity("kz")

    client, server = connected(*contexts(chain, kz, chain.identity(tmp_path)))

    assert shown_on(server) == chain.ders
    assert shown_on(client) == (kz.der,)


def test_whoever_shows_nothing_has_shown_nothing(identity: Make) -> None:
    kz = identity("kz")
    calling = pinned(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), kz.pem, "test")
    listening = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_key(listening, kz.key)

    _, server = connected(calling, listening)

    assert shown_on(server) == ()


class Bare:
    """A connection of a Python that does not say what was sent along."""

    def getpeercert(self, *, binary_form: bool) -> bytes:
        assert binary_form
        return b"own"


class Later(Bare):
    """A connection of Python 3.13."""

    def get_unverified_chain(self) -> list[bytes]:
        return [b"own", b"above"]


def test_where_python_does_not_say_what_was_sent_along_the_certificate_stands_alone() -> None:
    assert shown_on(Bare()) == (b"own",)  # type: ignore[arg-type]


def test_pythons_own_method_is_asked_where_there_is_one() -> None:
    assert shown_on(Later()) == (b"own", b"above")  # type: ignore[arg-type]
