from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext, TLSVersion

import pytest

from exchange_node.node import Node, shown_on
from exchange_node.node.connections import listening
from exchange_node.security.trust import Trust
from exchange_node.security.trusting.anchors import Anchors
from exchange_node.security.trusting.names import read_bound_name
from exchange_node.transport.https import HttpsLine, Route
from exchange_node.transport.tls import load_key, pinned
from tests.conformance.as4.serving import serving
from tests.transport.chains import Chain, connected
from tests.world import Pair

Served = Callable[[], Node]


@pytest.fixture(name="chain", scope="module")
def _chain() -> Chain:
    return Chain()


@pytest.fixture(name="served")
def _served(pair: Pair, chain: Chain) -> Node:
    """Kazakhstan, which knows Uzbekistan by the uppermost authority alone."""
    (card,) = pair.kz.cards
    name = read_bound_name("as4.customs.uz", where="subject")
    anchors = Anchors(authorities=(chain.root.certificate,), names=(name,))
    partner = replace(card.partner, tls=(), anchors=anchors)
    reception = replace(pair.kz.reception, trust=Trust((partner,)), clock=lambda: datetime.now(UTC))
    card = replace(card, partner=partner, tls_pem=chain.root_pem)
    return replace(pair.kz, cards=(card,), reception=reception)


def own_pem(node: Node) -> str:
    return (node.settings.folder / "keys" / "tls.cert.pem").read_text("utf-8")


@pytest.mark.parametrize("is_partner", [True, False])
def test_a_caller_with_a_certificate_of_an_intermediate_authority_is_the_partner(
    pair: Pair, served: Node, chain: Chain, tmp_path: Path, *, is_partner: bool
) -> None:
    own = (chain if is_partner else Chain(chain.root, "as4.bakery.uz")).identity(tmp_path)

    with serving(served, pair.uz) as listener:
        url = f"https://127.0.0.1:{listener.port}/as4"
        route = Route(url=url, certificates_pem=own_pem(served))
        line = HttpsLine(own.key, {"customs.kz": route}, timeout_seconds=20)
        answer = line.post("customs.kz", "application/soap+xml", b"junk")
        line.close()

    assert (b"EBMS:0101" not in answer.octets) is is_partner
    assert b"errorCode" in answer.octets


@pytest.mark.parametrize("version", [TLSVersion.TLSv1_2, TLSVersion.TLSv1_3])
def test_what_came_with_a_certificate_is_seen_on_every_connection_of_a_caller(
    served: Node, chain: Chain, tmp_path: Path, version: TLSVersion
) -> None:
    calling = pinned(SSLContext(PROTOCOL_TLS_CLIENT), own_pem(served), "test")
    calling.check_hostname = False
    calling.minimum_version = calling.maximum_version = version
    load_key(calling, chain.identity(tmp_path).key)
    context = listening(served.keyring, served.cards, served.clock)

    first, _ = connected(calling, context)
    _, again = connected(calling, context, first.session)

    assert shown_on(again) == chain.ders
