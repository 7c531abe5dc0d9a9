"""Two nodes over TLS on real sockets: what becomes of a message when they hold other versions."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import uvicorn

from exchange_node import node as nodes
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading
from exchange_node.web.as4 import MutualTlsProtocol, as4_application
from tests.exchange.agreeing import ID, Talks
from tests.world import NATIONAL, OPERATOR, PASSPHRASE, Pair, pair_of_nodes

STARTS_WITHIN = 60


@contextmanager
def listening(node: nodes.Node, bound: socket.socket) -> Iterator[None]:
    """Let a node's reception listen on a socket, in a thread of its own."""
    context = node.tls_context()
    config = uvicorn.Config(
        as4_application(node),
        http=MutualTlsProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        ssl_context_factory=lambda _config, _default: context,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    until = time.monotonic() + STARTS_WITHIN
    while not server.started and time.monotonic() < until:
        thread.join(0.02)
    assert server.started
    yield
    server.should_exit = True
    thread.join()


@pytest.fixture(name="talks")
def _talks(tmp_path: Path) -> Iterator[Talks]:
    with ExitStack() as stack:
        pair = stack.enter_context(pair_of_nodes(tmp_path))
        bound = {name: socket.create_server(("127.0.0.1", 0)) for name in ("kz", "uz")}
        for name, other in (("kz", "uz"), ("uz", "kz")):
            card = tmp_path / name / "partners" / f"customs.{other}.toml"
            port = bound[other].getsockname()[1]
            card.write_text(card.read_text("utf-8").replace(":8443/", f":{port}/"), "utf-8")
            getattr(pair, name).close()
            made = nodes.build(
                tmp_path / name, passphrase=PASSPHRASE, clock=pair.clock, channel=pair.told[name]
            )
            setattr(pair, name, made)
        for name in ("kz", "uz"):
            stack.enter_context(listening(getattr(pair, name), bound[name]))
        yield Talks(pair)


def message_of(pair: Pair, submission: str) -> str:
    return str(pair.kz.enquiry.submission(NATIONAL, submission)["message_id"])


def test_another_version_is_refused_with_both_named_and_a_countersigned_one_goes(
    talks: Talks,
) -> None:
    pair = talks.pair
    first = pair.submit()
    pair.run()
    assert pair.state_of(first) == "accepted"

    # Kazakhstan alone has a second version: what it sends names what Uzbekistan does not hold.
    pair.clock.forward(minutes=1)
    pair.kz.commissioning.add_agreement(talks.text(2), actor="test")
    refused = pair.submit()
    pair.run()

    message = message_of(pair, refused)
    with reading(pair.uz.engine) as conn:
        verdict = inbox.get(conn, "customs.kz", message).verdict
    assert verdict["code"] == "DENY-DIGEST-DIFFERS"
    assert "version 2 (digest" in verdict["why"]
    assert "version 1 (digest" in verdict["why"]
    # Nothing is lost: message and declaration stay where they are, with the partner's words.
    with reading(pair.kz.engine) as conn:
        kept = outbox.get(conn, message)
    assert (kept.transmission.state.value, pair.state_of(refused)) == ("refused", "failed")
    assert "DENY-DIGEST-DIFFERS" in str(kept.transmission.last_error)
    assert "version 1 (digest" in str(kept.transmission.last_error)

    # A third version is offered and countersigned over the same line, and the message made anew.
    pair.uz.agreeing.offer(OPERATOR, talks.text(3))
    pair.run()
    digest = str(talks.standing("kz", 3)["digest"])
    pair.kz.agreeing.countersign(OPERATOR, ID, 3, digest=digest)
    pair.run()
    assert talks.states(3) == ("active", "active")
    again = pair.submit()
    pair.run()

    assert pair.state_of(again) == "accepted"
    assert message_of(pair, again) != message
