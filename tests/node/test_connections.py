from __future__ import annotations

import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from exchange_node import node as nodes
from exchange_node.config.keyring import Keyring, open_keyring, own_certificates
from exchange_node.config.partners import PartnerCard, read_card
from exchange_node.config.settings import read_settings
from exchange_node.domain.errors import AuthenticationError, UnknownRevocationError
from exchange_node.domain.transmission.content import CHUNK_BYTES, InMemory
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.node.connections import (
    asking_for,
    calling,
    lease_for,
    listening,
    tls_key,
)
from exchange_node.security.certificates import Purpose
from exchange_node.security.trusting.path import Path as CertificatePath
from exchange_node.security.trusting.path import find_path
from exchange_node.services.sending import LEASE
from exchange_node.transport.line import MAX_ANSWER_BYTES
from exchange_node.transport.pace import longest
from exchange_node.transport.tls import load_key, pinned
from tests.security.authority import AT, new_root
from tests.world import PASSPHRASE, Clock, made_folder

Shown = Callable[[], bytes]


def keyring_of(folder: Path) -> Keyring:
    return open_keyring(read_settings(folder), bytes, PASSPHRASE)


@pytest.fixture(name="clock")
def _clock() -> Clock:
    # OpenSSL asks the machine's own clock: what is coming has to be valid by it.
    return Clock(datetime.now(UTC))


@pytest.fixture(name="kz")
def _kz(tmp_path: Path, clock: Clock) -> Path:
    folder = Path(shutil.copytree(made_folder("KZ"), tmp_path / "kz"))
    node = nodes.build(folder, passphrase=PASSPHRASE, clock=clock)
    nodes.new_key(node, "tls", actor="test")
    node.close()
    return folder


@pytest.fixture(name="shown")
def _shown(kz: Path, clock: Clock) -> Iterator[Shown]:
    uz = made_folder("UZ")
    context = listening(keyring_of(kz), [card_of(uz)], clock)
    caller = pinned(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), card_of(kz).tls_pem, "test")
    load_key(caller, tls_key(keyring_of(uz), clock()))
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            with context.wrap_socket(plain, server_side=True) as line:
                line.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()

    def shown() -> bytes:
        address = listener.getsockname()
        with (
            socket.create_connection(address) as plain,
            caller.wrap_socket(plain, server_hostname="127.0.0.1") as line,
        ):
            found = line.getpeercert(binary_form=True)
            line.send(b"x")
        assert found is not None
        return found

    yield shown
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def card_of(folder: Path) -> PartnerCard:
    return read_card(nodes.card_of(folder), "card")


def test_the_listener_turns_to_the_next_certificate_without_a_new_start(
    kz: Path, clock: Clock, shown: Shown
) -> None:
    old, new = (
        one.public_bytes(Encoding.DER) for one in own_certificates(read_settings(kz), Purpose.TLS)
    )
    assert shown() == old
    clock.now += timedelta(days=6)
    assert shown() == old

    clock.now += timedelta(days=1)
    shown()  # the handshake at which it is noticed

    assert shown() == new


def test_a_next_key_that_cannot_be_loaded_leaves_the_old_in_use(
    kz: Path, clock: Clock, shown: Shown
) -> None:
    before = shown()
    (path,) = (kz / "keys").glob("tls-*.key.pem")
    path.write_text("no key", encoding="utf-8")
    clock.now += timedelta(days=7)

    assert [shown(), shown()] == [before, before]


@given(st.integers(1, 3600), st.floats(0.1, 60))
def test_laws_a_lease_is_longer_than_the_exchange_it_is_for(answer: int, authority: float) -> None:
    settings = replace(
        read_settings(made_folder("KZ")),
        answer_timeout_seconds=answer,
        authority_timeout_seconds=authority,
    )

    most = longest(bytes(CHUNK_BYTES), MAX_ANSWER_BYTES, answer, asking_for(settings))
    # Seven certificates of three responders and three lists; each waits for a place, and then.
    about_the_signer = 7 * (3 + 3) * 2 * authority

    assert lease_for(settings) > timedelta(seconds=most + about_the_signer)


def test_a_lease_is_as_long_as_is_written_unless_settings_ask_for_more() -> None:
    assert lease_for(read_settings(made_folder("KZ"))) == LEASE


def test_a_node_that_stops_asks_no_authority_beyond_its_time(kz: Path, clock: Clock) -> None:
    node = nodes.build(kz, passphrase=PASSPHRASE, clock=clock)
    ca = new_root(ocsp_url="http://127.0.0.1:1/ocsp")
    path = find_path(ca.issue("as4.customs.uz"), anchors=[ca.certificate], at=AT)
    assert isinstance(path, CertificatePath)

    node.hasten(0)

    with pytest.raises(UnknownRevocationError, match="this node is stopping"):
        node.revocation.require_good(path, AT)
    node.close()


def test_whoever_is_called_is_asked_for_the_certificate_of_its_card(kz: Path, clock: Clock) -> None:
    called, other = card_of(made_folder("UZ")), card_of(kz)
    modes = {"customs.uz": PartnerMode(party="customs.uz")}
    line = calling(keyring_of(kz), [called], modes, read_settings(kz), clock, new_spool=InMemory)
    vouch = line._routes["customs.uz"].vouch

    vouch([called.partner.tls[0].public_bytes(Encoding.DER)])
    with pytest.raises(AuthenticationError, match="is not a tls certificate of"):
        vouch([other.partner.tls[0].public_bytes(Encoding.DER)])
