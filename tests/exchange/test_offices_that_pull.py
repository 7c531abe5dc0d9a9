"""Kazakhstan's manifests reach Uzbekistan, and there the posts that run an access point."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from exchange_node.domain.errors import InvalidAgreementError, InvalidSettingError
from exchange_node.domain.transmission.content import Content, whole
from exchange_node.ebms.message import ErrorSignal, OwnKeys
from exchange_node.ebms.signals import pull_request, read_answer
from exchange_node.node import pair_agreement
from exchange_node.security.carried import read_statement
from exchange_node.services.stations.vocabulary import exchange_in
from exchange_node.store import audit, inbox, outbox
from exchange_node.store.channels import offices
from exchange_node.store.database import reading, transaction
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.tables import manifest
from exchange_node.transport.line import Answer
from exchange_node.wco.system_codec.office import decode_statement
from tests.exchange.corridor import Corridor, corridor
from tests.world import FACTS, POST, party_of, tls_certificate_of

ENTRY, ASIDE = "uz270101.uz", "uz100101.uz"
MRN = "26KZ55010100041703"
MOVEMENT = f"KZ/mrn/{MRN}"
PAIRS = (("kz", "uz"), ("uz", ENTRY), ("uz", ASIDE))


@contextmanager
def posts(folder: Path, *, over_sockets: bool = False) -> Iterator[Corridor]:
    with corridor(
        folder, ("kz", "uz", ENTRY, ASIDE), pairs=PAIRS, over_sockets=over_sockets
    ) as world:
        yield world


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[Corridor]:
    with posts(tmp_path) as world:
        yield world


def waiting(world: Corridor, party: str) -> list[Outgoing]:
    with reading(world.nodes["uz"].engine) as conn:
        found = outbox.search(conn, limit=50)
    return [one for one in reversed(found) if one.transmission.partner == party]


def states(world: Corridor, party: str) -> list[str]:
    return [one.transmission.state.value for one in waiting(world, party)]


def told(world: Corridor, party: str) -> list[tuple[str, str]]:
    with reading(world.nodes[party].engine) as conn:
        found = audit.search(conn, limit=100)
    return [
        (one.action, one.movement) for one in reversed(found) if one.action.startswith("office.")
    ]


def looks(world: Corridor) -> list[audit.AuditRecord]:
    with reading(world.nodes["uz"].engine) as conn:
        return [one for one in audit.search(conn, limit=200) if one.action == "look.pulled"]


def files(world: Corridor) -> None:
    """Let the manifest come to Uzbekistan, and what its offices expect be looked through."""
    world.submit("kz", "uz")
    for _ in range(3):
        world.walk("kz")
        world.walk("uz")


def statements(world: Corridor, party: str) -> list[dict[str, Any]]:
    """Return what the statements say that an office took, as its own software would read them."""
    node = world.nodes[party]
    (card,) = node.cards
    with reading(node.engine) as conn:
        kept = inbox.search(conn, limit=20)
        contents = []
        for one in reversed(kept):
            assert one.payload_id is not None
            sealed = node.filing.opening.open(conn, one, exchange_in(one)).document
            statement = decode_statement(sealed)
            contents.append(
                dict(read_statement(statement.octets, "office", card.partner.seal).content)
            )
    return contents


def test_an_office_pulls_what_it_expects_and_another_does_not(world: Corridor) -> None:
    files(world)
    assert states(world, ENTRY) == ["queued"]
    (one,) = waiting(world, ENTRY)
    assert (one.binding, one.mpc) == ("pull", f"urn:carec:mpc:{ENTRY}")

    world.run()

    assert states(world, ENTRY) == ["receipted"]
    assert told(world, ENTRY) == [("office.expected", MOVEMENT)]
    (said,) = statements(world, ENTRY)
    (entry,) = said["entries"]
    assert (said["office"], entry["movement"], entry["channel"]) == ("UZ270101", MOVEMENT, "green")
    assert len(entry["seals"]) == 2
    assert (told(world, ASIDE), states(world, ASIDE)) == ([], [])


def asked_for(world: Corridor, mpc: str, by: str, *, tls: str = "") -> Answer:
    """Ask Uzbekistan for a channel with the keys of one office, and the TLS certificate of one."""
    node, asking = world.nodes["uz"], world.nodes[by]
    keys: OwnKeys = asking.reception.taking.keys
    request = pull_request(
        mpc,
        message_id=f"pr-1@{party_of(by)}",
        at=world.clock(),
        keys=keys,
        partner=asking.reception.taking.partners["customs.uz"],
        random_bytes=lambda count: b"r" * count,
    )
    folder = asking.settings.folder.parent
    certificate = tls_certificate_of(folder, tls or party_of(by))
    return node.reception.receive(certificate, request.content_type, request.body)


def code_of(world: Corridor, answer: Answer, by: str) -> tuple[str, str]:
    """Return the error of an answer and the text of it, without what names the request."""
    found = read_answer(
        answer.content_type,
        whole(answer.body),
        partner=world.nodes[by].reception.taking.partners["customs.uz"],
        at=world.clock(),
    )
    assert isinstance(found, ErrorSignal)
    return found.ebms_code, found.detail


def channel(party: str) -> str:
    return f"urn:carec:mpc:{party}"


def test_whether_anything_waits_for_another_is_told_to_nobody(world: Corridor) -> None:
    empty = code_of(world, asked_for(world, channel(ENTRY), ASIDE), ASIDE)
    files(world)

    full = code_of(world, asked_for(world, channel(ENTRY), ASIDE), ASIDE)
    none = code_of(world, asked_for(world, channel("uz999999.uz"), ASIDE), ASIDE)
    foreign = code_of(world, asked_for(world, channel(ENTRY), "kz"), "kz")
    own = code_of(world, asked_for(world, channel(ASIDE), ASIDE), ASIDE)

    assert empty == full
    assert foreign == (full[0], full[1].replace(ASIDE, "customs.kz"))
    assert (full[0], none[0], own[0]) == ("EBMS:0001", "EBMS:0001", "EBMS:0006")
    assert none[1].replace("uz999999.uz", ENTRY) == full[1]
    assert states(world, ENTRY) == ["queued"]


def test_who_signs_with_anothers_key_gets_nothing(world: Corridor) -> None:
    files(world)

    answer = asked_for(world, channel(ENTRY), ASIDE, tls=ENTRY)

    assert b"EBMS:0101" in whole(answer.body)
    assert states(world, ENTRY) == ["queued"]
    assert looks(world) == []


def test_each_pull_is_a_look_of_the_office(world: Corridor) -> None:
    files(world)
    world.run()

    (line,) = looks(world)

    assert (line.actor, line.movement, line.subject_kind) == (ENTRY, MOVEMENT, "manifest")
    assert (line.facts["office"], line.facts["told"]) == ("UZ270101", "expected")


def test_a_lost_receipt_brings_the_same_message_again_and_it_counts_once(world: Corridor) -> None:
    files(world)
    uz = world.exchange.doors["customs.uz"]

    def losing(party: str, content_type: str, body: Content) -> Answer:
        if party == ENTRY and b"PullRequest" not in whole(body):
            return Answer(status=503, content_type="text/plain", body=b"")
        return uz(party, content_type, body)

    world.exchange.doors["customs.uz"] = losing
    world.run()
    assert states(world, ENTRY) == ["awaiting-receipt"]
    world.exchange.doors["customs.uz"] = uz

    world.clock.forward(minutes=5)
    world.run()

    (one,) = waiting(world, ENTRY)
    assert one.transmission.state.value == "receipted"
    assert told(world, ENTRY) == [("office.expected", MOVEMENT)]
    assert [line.facts["pulled"] for line in looks(world)] == [
        str(number) for number in range(one.transmission.tries, 0, -1)
    ]


def replaces(world: Corridor) -> None:
    """Let a corrected manifest come that takes the place of the first."""
    facts = FACTS.read_text("utf-8")
    world.clock.forward(minutes=5)
    world.submit("kz", "uz", facts=facts.replace("017", "018"))
    for _ in range(3):
        world.walk("kz")
        world.walk("uz")


def test_what_was_replaced_before_it_was_pulled_is_never_handed_out(world: Corridor) -> None:
    files(world)
    replaces(world)
    assert states(world, ENTRY) == ["cancelled", "queued"]

    world.run()

    assert states(world, ENTRY) == ["cancelled", "receipted"]
    (said,) = statements(world, ENTRY)
    assert len(said["entries"]) == 1


def test_what_was_pulled_and_is_expected_no_longer_is_said_to_be_gone(world: Corridor) -> None:
    files(world)
    world.run()

    world.clock.forward(days=30)
    world.run()
    world.clock.forward(minutes=1)
    world.run()

    assert told(world, ENTRY) == [("office.expected", MOVEMENT), ("office.gone", MOVEMENT)]
    with reading(world.nodes["uz"].engine) as conn:
        assert offices.known(conn, ENTRY) == {}


def arrives_unseen(world: Corridor) -> None:
    """Let a corrected manifest be filed, and be pulled from before anything else has run."""
    world.submit("kz", "uz", facts=FACTS.read_text("utf-8").replace("017", "018"))
    world.walk("kz")
    world.nodes["uz"].filing.run()


def retention_ends(world: Corridor) -> None:
    with transaction(world.nodes["uz"].engine) as conn:
        ended = world.clock() - timedelta(minutes=1)
        conn.execute(update(manifest).values(delete_after=ended))


def is_secret(world: Corridor) -> None:
    with transaction(world.nodes["uz"].engine) as conn:
        conn.execute(update(manifest).values(handling="secret"))


@pytest.mark.parametrize("happens", [arrives_unseen, retention_ends, is_secret])
def test_what_may_not_be_told_any_more_is_taken_back_as_it_is_pulled(
    world: Corridor, happens: Callable[[Corridor], None]
) -> None:
    files(world)
    world.clock.forward(minutes=1)
    happens(world)

    code, _ = code_of(world, asked_for(world, channel(ENTRY), ENTRY), ENTRY)

    assert code == "EBMS:0006"
    assert states(world, ENTRY) == ["cancelled"]
    assert looks(world) == []


def test_what_nobody_came_for_is_made_anew_and_no_person_is_troubled(world: Corridor) -> None:
    files(world)
    for _ in range(4):
        world.clock.forward(days=2)
        world.walk("uz")
    assert set(states(world, ENTRY)) == {"cancelled", "queued"}
    assert not [one for one in world.told["uz"].told.values() if "transmission" in one.code]

    world.run()

    assert told(world, ENTRY) == [("office.expected", MOVEMENT)]


def test_the_card_of_another_countrys_office_is_not_taken(world: Corridor) -> None:
    card = (world.nodes["uz"].settings.partners_folder / f"{ENTRY}.toml").read_text("utf-8")

    with pytest.raises(InvalidSettingError, match="its administration"):
        world.nodes["kz"].commissioning.add_partner(card)


def test_an_agreement_cannot_name_an_office(world: Corridor) -> None:
    text = pair_agreement("KZ", "UZ", on=world.clock().date()).replace("customs.uz", ENTRY)

    with pytest.raises(InvalidAgreementError, match="administrations agree"):
        world.nodes["kz"].commissioning.add_agreement(text, actor="test")


def test_offices_are_told_nothing_else_and_send_nothing(world: Corridor) -> None:
    files(world)
    world.run()

    agreed = {one.code for one in world.nodes["uz"].agreed.of(()).modes if ENTRY in one.pmode_id}

    assert agreed == {"SY-060"}
    assert {one.exchange.code for one in waiting(world, ENTRY)} == {"SY-060"}


@contextmanager
def cutting(port: int, cut_after: list[int]) -> Iterator[int]:
    """Carry octets to a port, and break off after so many of an answer, once for each number."""
    left, opened = list(cut_after), list[socket.socket]()

    class Carry(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            most = left.pop(0) if left else None
            with socket.create_connection(("127.0.0.1", port)) as there:
                opened.extend((there, self.request))
                back = threading.Thread(target=self.bring, args=(there, most))
                back.start()
                with suppress(OSError):
                    while octets := self.request.recv(65_536):
                        there.sendall(octets)
                with suppress(OSError):
                    there.shutdown(socket.SHUT_WR)
                back.join()

        def bring(self, there: socket.socket, most: int | None) -> None:
            brought = 0
            with suppress(OSError):
                while octets := there.recv(65_536):
                    brought += len(octets)
                    if most is not None and brought > most:
                        self.request.sendall(octets[: len(octets) // 2])
                        break
                    self.request.sendall(octets)
            with suppress(OSError):
                self.request.shutdown(socket.SHUT_RDWR)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Carry) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
            for one in opened:  # what is kept open for the next request
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)


def test_over_sockets_a_line_that_breaks_in_the_middle_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    with posts(tmp_path, over_sockets=True) as world:
        card = tmp_path / ENTRY / "partners" / "customs.uz.toml"
        text = card.read_text("utf-8")
        found = re.search(r"127\.0\.0\.1:(\d+)", text)
        assert found is not None
        with cutting(int(found[1]), [6_000]) as port:
            world.nodes[ENTRY].close()
            card.write_text(text.replace(found[0], f"127.0.0.1:{port}"), "utf-8")
            world.nodes[ENTRY] = world.build(ENTRY)
            files(world)

            world.walk(ENTRY)
            after_the_cut = states(world, ENTRY)
            world.clock.forward(minutes=5)
            world.run()

        assert after_the_cut == ["awaiting-receipt"]
        (one,) = waiting(world, ENTRY)
        assert (one.transmission.state.value, one.transmission.tries) == ("receipted", 2)
        assert told(world, ENTRY) == [("office.expected", MOVEMENT)]
        assert told(world, ASIDE) == []
        (arrival,) = world.nodes[ENTRY].enquiry.prearrival(POST, mrn=MRN)["arrivals"]
        assert arrival["movement"] == MOVEMENT
        assert [line.facts["pulled"] for line in looks(world)] == ["2", "1"]
