"""One test for each kind of bad input, by name: a clear error of its own, and nothing lost."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from exchange_node import node as nodes
from exchange_node.config.intake import read_file
from exchange_node.domain.errors import (
    MalformedXmlError,
    NewerStoreError,
    PassphraseError,
    StoreFullError,
    UnknownFormatError,
    UnreadableInputError,
    UnsafeXmlError,
)
from exchange_node.domain.transmission.content import Content
from exchange_node.transport.line import Answer
from tests.world import (
    DECLARATION,
    DSN,
    FACTS,
    NATIONAL,
    PASSPHRASE,
    POST,
    Pair,
    made_folder,
    tls_certificate_of,
)

BOMB = (
    b'<!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">'.encode() for i in range(9))
    + b"]><l>&j;</l>"
)


def submitted(pair: Pair, declaration: bytes, facts: str | None = None) -> list[str]:
    """Submit a declaration that is refused; return the rules that stopped it."""
    submission = pair.kz.dispatch.submit(
        NATIONAL,
        declaration,
        partner="customs.uz",
        facts=FACTS.read_text(encoding="utf-8") if facts is None else facts,
    )
    assert submission.is_refused
    assert submission.message_id == ""
    return [one.code for one in submission.findings if one.is_error]


def test_a_file_that_is_no_declaration(pair: Pair) -> None:
    with pytest.raises(UnknownFormatError, match="a text that begins with 'this is a letter'"):
        submitted(pair, b"this is a letter")


def test_xml_that_breaks_off(pair: Pair) -> None:
    with pytest.raises(MalformedXmlError, match="line 1"):
        submitted(pair, b"<a><b>")


def test_an_xml_bomb(pair: Pair) -> None:
    with pytest.raises(UnsafeXmlError):
        submitted(pair, BOMB)


def test_an_external_entity(pair: Pair) -> None:
    with pytest.raises(UnsafeXmlError):
        submitted(pair, b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')


def test_a_sad_without_a_vehicle(pair: Pair) -> None:
    sad = b"<ASYCUDA><Property><Sad_flow>E</Sad_flow></Property><Identification/></ASYCUDA>"

    rules = submitted(pair, sad, "")

    assert "CAREC-R301" in rules


def test_an_unknown_office(pair: Pair) -> None:
    facts = FACTS.read_text(encoding="utf-8").replace("KZ550302", "KZ999999")

    assert submitted(pair, DECLARATION.read_bytes(), facts) == ["CAREC-R113"]


def test_a_date_in_the_wrong_order(pair: Pair) -> None:
    facts = FACTS.read_text(encoding="utf-8")
    over = facts.replace('TransitLimitDate = "2026-03-07"', 'TransitLimitDate = "2026-01-07"')

    assert set(submitted(pair, DECLARATION.read_bytes(), over)) == {"CAREC-R302"}


def test_a_50_mb_file(tmp_path: Path) -> None:
    large = tmp_path / "large.xml"
    with large.open("wb") as file:
        file.truncate(50_000_000)

    with pytest.raises(UnreadableInputError, match="more than 20000000 bytes"):
        read_file(large, 20_000_000)


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInputError, match="it is a folder"):
        read_file(tmp_path, 20_000_000)


def test_a_partner_that_is_down(pair: Pair) -> None:
    pair.exchange.cut.add("customs.uz")
    submission = pair.submit()
    pair.run()
    seen = pair.kz.enquiry.submission(NATIONAL, submission)
    assert "out of reach" in seen["transmission"]["last_error"]

    pair.exchange.cut.clear()
    pair.clock.forward(minutes=5)
    pair.run()

    assert pair.state_of(submission) == "accepted"


def test_a_partner_with_an_expired_certificate(pair: Pair) -> None:
    certificate = tls_certificate_of(made_folder("KZ").parent, "customs.KZ")
    pair.clock.forward(days=800)

    answer = pair.uz.reception.receive(certificate, "application/soap+xml", b"<x/>")

    assert b"EBMS:0101" in answer.octets
    assert pair.uz.enquiry.prearrival(POST)["arrivals"] == []


def test_a_partner_with_a_foreign_certificate(pair: Pair, tmp_path: Path) -> None:
    stranger = tls_certificate_of(made_folder("TJ").parent, "customs.TJ")

    answer = pair.uz.reception.receive(stranger, "application/soap+xml", b"<x/>")

    assert b"EBMS:0101" in answer.octets
    assert b"customs" not in answer.octets.replace(b"@customs.uz", b"")
    codes = {one.code for one in pair.told["uz"].told.values()}
    pair.run()
    codes = {one.code for one in pair.told["uz"].told.values()}
    assert "message.failed-authentication" in codes


def test_a_replayed_message(pair: Pair) -> None:
    heard: list[tuple[str, str, Content]] = []
    door = pair.exchange.doors["customs.uz"]

    def listening(party: str, content_type: str, body: Content) -> Answer:
        heard.append((party, content_type, body))
        return door(party, content_type, body)

    pair.exchange.doors["customs.uz"] = listening
    pair.submit()
    pair.run()
    first = door(*heard[0])
    again = door(*heard[0])

    assert first == again
    assert len(pair.uz.enquiry.prearrival(POST)["arrivals"]) == 1


def test_a_replayed_message_after_the_window(pair: Pair) -> None:
    packed: list[tuple[str, str, Content]] = []

    def keeping(party: str, content_type: str, body: Content) -> Answer:
        packed.append((party, content_type, body))
        return Answer(status=503, content_type="text/plain", body=b"")

    door = pair.exchange.doors["customs.uz"]
    pair.exchange.doors["customs.uz"] = keeping
    pair.submit()
    pair.kz.sending.run()
    pair.clock.now += timedelta(days=7, hours=3)

    answer = door(*packed[0])

    assert b"EBMS:0003" in answer.octets
    assert pair.uz.enquiry.prearrival(POST)["arrivals"] == []


def test_a_tampered_payload(pair: Pair) -> None:
    pair.exchange.meddler = lambda body: body[:-300] + bytes([body[-300] ^ 1]) + body[-299:]
    submission = pair.submit()
    pair.run()

    assert pair.uz.enquiry.prearrival(POST)["arrivals"] == []
    assert pair.state_of(submission) == "failed"


def test_a_receipt_for_another_message(pair: Pair) -> None:
    first = pair.submit()
    receipts: list[Answer] = []
    door = pair.exchange.doors["customs.uz"]

    def keeping(party: str, content_type: str, body: Content) -> Answer:
        receipts.append(door(party, content_type, body))
        return receipts[0]

    pair.exchange.doors["customs.uz"] = keeping
    pair.run()
    second = pair.submit()
    pair.run()

    assert pair.state_of(first) == "accepted"
    seen = pair.kz.enquiry.submission(NATIONAL, second)
    assert "EBMS:0302" in seen["transmission"]["last_error"]
    assert seen["transmission"]["receipt_verified"] is False
    codes = {one.code for one in pair.told["kz"].told.values()}
    assert "transmission.invalid-receipt" in codes


@pytest.mark.skipif(DSN in os.environ, reason="the quota is SQLite's")
def test_a_full_disk_at_the_sender(pair: Pair) -> None:
    limit(pair.kz, more=100)

    def submit_without_end() -> None:
        while True:
            pair.submit()

    with pytest.raises(StoreFullError):
        submit_without_end()

    limit(pair.kz, pages=100_000)
    pair.run(rounds=400)
    states = [pair.state_of(one) for one in submissions_of(pair)]
    assert states
    assert set(states) == {"accepted"}


@pytest.mark.skipif(DSN in os.environ, reason="the quota is SQLite's")
def test_a_full_disk_at_the_receiver(pair: Pair) -> None:
    submission = pair.submit()
    limit(pair.uz)
    pair.kz.sending.run()
    assert pair.state_of(submission) != "failed"

    limit(pair.uz, pages=100_000)
    pair.clock.forward(minutes=5)
    pair.run()

    assert pair.state_of(submission) == "accepted"


def test_a_wrong_passphrase(tmp_path: Path) -> None:
    with pytest.raises(PassphraseError, match="wrong"):
        nodes.build(made_folder("KZ"), passphrase="guess")


@pytest.mark.skipif(DSN in os.environ, reason="made with SQLite's file")
def test_a_database_from_a_newer_version(tmp_path: Path) -> None:
    shutil.copytree(made_folder("KZ"), tmp_path / "kz")
    with nodes.opened(tmp_path / "kz", passphrase=PASSPHRASE):
        pass
    engine = create_engine(f"sqlite:///{tmp_path}/kz/var/node.db")
    with engine.begin() as conn:
        conn.execute(
            text("UPDATE node_meta SET value = '99' WHERE name IN (:one, :two)"),
            {"one": "schema_version", "two": "lowest_compatible"},
        )
    engine.dispose()

    with pytest.raises(NewerStoreError, match="99"):
        nodes.build(tmp_path / "kz", passphrase=PASSPHRASE)


def limit(node: nodes.Node, pages: int | None = None, *, more: int = 0) -> None:
    """Let the node's SQLite file grow no further, or again."""
    from sqlalchemy import event

    def bound(connection: object, _record: object = None) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        (used,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count={pages or used + more}")
        cursor.close()

    node.engine.dispose()
    event.listen(node.engine, "connect", bound)


def submissions_of(pair: Pair) -> list[str]:
    """Return the ids of everything that was submitted in Kazakhstan."""
    with pair.kz.engine.connect() as conn:
        return list(conn.execute(text("SELECT submission_id FROM submission")).scalars())
