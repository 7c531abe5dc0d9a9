"""Notices by mail: one message each, to a relay that answers for it (RFC 5321, 6.1)."""

from __future__ import annotations

import hashlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as LINES
from enum import StrEnum

from exchange_node.channels.channel import Notice
from exchange_node.domain.errors import ChannelError


class MailTls(StrEnum):
    """How the line to a relay is protected: from its first byte, by STARTTLS (RFC 3207), not."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A server that takes mail.

    Attributes:
        ca_file: a PEM file of authorities to believe instead of the machine's own.
        seconds: that one message may take altogether.
    """

    host: str
    port: int
    sender: str
    tls: MailTls = MailTls.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class MailChannel:
    """Sends each notice to the readers of a desk.

    The same notice to the same readers has the same Message-ID: where an answer was lost on the way
    and it is sent once more, their mailboxes can tell.
    """

    relay: Relay
    to: tuple[str, ...]

    def tell(self, notice: Notice) -> None:
        """Send the notice; see `Channel.tell`. It is told once the relay took it for a reader."""
        message = self._message(notice)
        try:
            with self._line() as line:
                refused = line.send_message(message, self.relay.sender, list(self.to))
        except smtplib.SMTPRecipientsRefused as err:
            raise self._failed(_first(err.recipients)) from None
        except smtplib.SMTPResponseException as err:
            raise self._failed(_said(err.smtp_code, err.smtp_error)) from None
        except (smtplib.SMTPException, OSError, ValueError) as err:
            # ssl.SSLError is an OSError; ValueError is what the library has for strange hosts.
            raise self._failed(str(err) or type(err).__name__) from None
        if refused and len(refused) == len(self.to):
            raise self._failed(_first(refused))

    @contextmanager
    def _line(self) -> Iterator[smtplib.SMTP]:
        relay = self.relay
        context = ssl.create_default_context(cafile=relay.ca_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if relay.tls is MailTls.TLS:
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                relay.host, relay.port, timeout=relay.seconds, context=context
            )
        else:
            line = smtplib.SMTP(relay.host, relay.port, timeout=relay.seconds)
        # A server that sends a letter at a time never runs into the timeout of a single read.
        watch = threading.Timer(relay.seconds, _break_off, args=(line,))
        watch.daemon = True
        watch.start()
        try:
            if relay.tls is MailTls.STARTTLS:
                line.starttls(context=context)
            if relay.user:
                line.login(relay.user, relay.password)
            yield line
        finally:
            watch.cancel()
            line.close()

    def _message(self, notice: Notice) -> EmailMessage:
        message = EmailMessage(policy=LINES)
        grave = f" ({notice.severity})" if notice.severity else ""
        message["Subject"] = f"[exchange-node] {_flat(notice.code)}{grave}"
        message["From"] = self.relay.sender
        message["To"] = ", ".join(self.to)
        message["Date"] = notice.at
        message["Message-ID"] = self._message_id(notice)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: nobody's absence answers it
        plain = notice.as_plain()
        facts: Mapping[str, str] = notice.facts
        lines = [f"{name}: {_flat(str(said))}" for name, said in plain.items() if name != "facts"]
        lines += [f"{name}: {_flat(said)}" for name, said in sorted(facts.items())]
        message.set_content("\n".join(lines) + "\n")
        return message

    def _message_id(self, notice: Notice) -> str:
        about = "\n".join((notice.notice_id, *self.to)).encode()
        _, _, host = self.relay.sender.rpartition("@")
        return f"<{hashlib.sha256(about).hexdigest()[:32]}@{host}>"

    def _failed(self, why: str) -> ChannelError:
        return ChannelError(where=f"{self.relay.host}:{self.relay.port}", why=_flat(why)[:300])


def _break_off(line: smtplib.SMTP) -> None:
    """End a line under whoever waits at it."""
    if line.sock is not None:
        try:
            line.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself


def _first(refused: Mapping[str, tuple[int, bytes]]) -> str:
    """Return what a relay said of the first reader that it refused; no address is told."""
    return next((_said(code, words) for code, words in refused.values()), "every reader refused")


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text}"


def _flat(text: str) -> str:
    """Return a text as one line: what a partner wrote must not make lines or headers of its own."""
    return "".join(one if one.isprintable() else " " for one in text)
