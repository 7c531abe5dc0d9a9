from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange_node.channels.channel import Notice
from exchange_node.channels.mail import MailChannel, MailTls, Relay
from exchange_node.domain.errors import ChannelError
from tests.channels.receivers import Mailbox, relay
from tests.transport.chains import Chain

NOTICE = Notice(
    notice_id="alert.received.customs.uz.UZ-1.1",
    code="alert.received",
    at=datetime(2026, 3, 1, 8, tzinfo=UTC),
    severity=1,
    link="https://customs.example/notices/7",
)
TO = ("duty@customs.example", "night@customs.example")


def to(mailbox: Mailbox, **changes: object) -> MailChannel:
    plain = Relay(
        host="127.0.0.1", port=mailbox.port, sender="node@customs.example", tls=MailTls.NONE
    )
    return MailChannel(replace(plain, **changes), TO)  # type: ignore[arg-type]


def test_a_notice_is_one_mail_with_code_severity_and_link() -> None:
    with relay(Mailbox()) as mailbox:
        to(mailbox).tell(NOTICE)

    (message,) = mailbox.messages
    assert mailbox.readers == list(TO)
    assert "Subject: [exchange-node] alert.received (1)" in message
    assert "severity: 1\nlink: https://customs.example/notices/7" in message


def test_the_same_notice_has_the_same_message_id() -> None:
    with relay(Mailbox()) as mailbox:
        to(mailbox).tell(NOTICE)
        to(mailbox).tell(NOTICE)
        to(mailbox).tell(replace(NOTICE, notice_id="another"))

    ids = [
        line
        for message in mailbox.messages
        for line in message.splitlines()
        if line.startswith("Message-ID")
    ]
    assert ids[0] == ids[1] != ids[2]


def test_what_a_partner_wrote_makes_no_header_and_no_line_of_its_own() -> None:
    forged = replace(NOTICE, code="a\r\nBcc: all@world.example", facts={"why": "x\nseverity: 4"})
    with relay(Mailbox()) as mailbox:
        to(mailbox).tell(forged)

    assert mailbox.readers == list(TO)
    assert not [one for one in mailbox.messages[0].splitlines() if one.startswith("Bcc")]
    assert "severity: 4" not in mailbox.messages[0].splitlines()


@pytest.mark.parametrize(
    ("verb", "reply"),
    [("MAIL", "451 come back later"), ("RCPT", "550 nobody here"), ("DATA", "554 no")],
)
def test_a_relay_that_does_not_take_it_is_told_as_such_without_addresses(
    verb: str, reply: str
) -> None:
    with relay(Mailbox(replies={verb: reply})) as mailbox, pytest.raises(ChannelError) as caught:
        to(mailbox).tell(NOTICE)

    assert caught.value.retryable
    assert reply in str(caught.value)
    assert "@" not in str(caught.value)


def test_a_relay_that_nobody_runs_is_told_as_such() -> None:
    with relay(Mailbox()) as mailbox:
        pass

    with pytest.raises(ChannelError, match=str(mailbox.port)):
        to(mailbox).tell(NOTICE)


def test_a_relay_that_never_answers_is_broken_off() -> None:
    with relay(Mailbox(replies={"EHLO": "250-more"})) as mailbox, pytest.raises(ChannelError):
        to(mailbox, seconds=0.2).tell(NOTICE)


@pytest.fixture(name="guarded")
def _guarded(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    """What a relay shows, and the file of the authority that vouches for it."""
    chain = Chain()
    files = chain.identity(tmp_path).key
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate_file, files.key_file, password=files.passphrase)
    (tmp_path / "ca.pem").write_text(chain.root_pem, encoding="utf-8")
    return context, str(tmp_path / "ca.pem")


def test_password_and_notice_go_over_a_protected_line(
    guarded: tuple[ssl.SSLContext, str],
) -> None:
    context, ca_file = guarded
    with relay(Mailbox(tls=context)) as mailbox:
        channel = to(
            mailbox, tls=MailTls.STARTTLS, user="node", password="secret word", ca_file=ca_file
        )
        channel.tell(NOTICE)

    assert mailbox.protected == [True]
    assert mailbox.verbs.index("STARTTLS") < mailbox.verbs.index("AUTH")
    assert "secret" not in repr(channel)


def test_a_server_that_nobody_vouches_for_gets_neither_password_nor_notice(
    guarded: tuple[ssl.SSLContext, str],
) -> None:
    with relay(Mailbox(tls=guarded[0])) as mailbox, pytest.raises(ChannelError) as caught:
        to(mailbox, tls=MailTls.STARTTLS, user="node", password="secret word").tell(NOTICE)

    assert mailbox.messages == []
    assert "AUTH" not in mailbox.verbs
    assert "secret" not in str(caught.value)


def test_a_line_that_offers_no_protection_gets_neither_password_nor_notice() -> None:
    with relay(Mailbox()) as mailbox, pytest.raises(ChannelError):
        to(mailbox, tls=MailTls.STARTTLS, user="node", password="secret word").tell(NOTICE)

    assert mailbox.messages == []
    assert "AUTH" not in mailbox.verbs


def test_a_relay_that_takes_it_for_some_readers_has_told_it_and_names_nobody() -> None:
    refused = {f"rcpt to:<{TO[1]}>": f"550 <{TO[1]}>: nobody here"}
    with relay(Mailbox(lines=refused)) as mailbox:
        said = to(mailbox).tell(NOTICE)

    assert len(mailbox.messages) == 1
    assert said == "1 of 2 readers refused: 550 <(address)>: nobody here"


def test_an_odd_address_is_a_failed_try() -> None:
    odd = MailChannel(Relay(host="127.0.0.1", port=9, sender="a@b.example"), ("a@[1",))

    with pytest.raises(ChannelError) as caught:
        odd.tell(NOTICE)

    assert "a@[1" not in str(caught.value)


@pytest.mark.parametrize("tls", [MailTls.NONE, MailTls.TLS])
def test_a_server_that_trickles_from_its_first_byte_is_broken_off_in_time(tls: MailTls) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        channel = MailChannel(
            Relay(
                host="127.0.0.1",
                port=server.getsockname()[1],
                sender="a@b.example",
                tls=tls,
                seconds=0.2,
            ),
            TO,
        )
        ended = threading.Event()

        def trickle() -> None:
            line, _ = server.accept()
            with line, suppress(OSError):
                line.settimeout(20)
                while True:
                    line.sendall(b"2" if tls is MailTls.NONE else b"\x16")
                    if not line.recv(4096):  # the other side has ended it
                        break
            ended.set()

        thread = threading.Thread(target=trickle)
        thread.start()
        with pytest.raises(ChannelError, match=r"not taken within 0\.2 s"):
            channel.tell(NOTICE)
        thread.join()
        assert ended.is_set()
