"""Notices by mail: one message each, to a relay that answers for it (RFC 5321, 6.1)."""

from __future__ import annotations

import hashlib
import queue
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
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

    def tell(self, notice: Notice) -> str | None:
        """Send the notice; see `Channel.tell`. It is told once the relay took it for a reader."""
        answers: queue.SimpleQueue[ChannelError | str | None] = queue.SimpleQueue()
        end = _End()

        def work() -> None:
            try:
                answers.put(self._send(notice, end))
            except ChannelError as err:
                answers.put(err)
            except Exception as err:  # noqa: BLE001 - whoever waits must hear of it: nobody sees this thread
                answers.put(self._failed(f"{type(err).__name__}: {err}"))
            finally:
                end.close()

        # A resolver may sleep, and a server may say its first line, or shake hands, a letter at a
        # time: whoever waits here goes on when the time is over, and the line is ended.
        threading.Thread(target=work, name="mail", daemon=True).start()
        try:
            said = answers.get(timeout=self.relay.seconds)
        except queue.Empty:
            end.come()
            raise self._failed(f"not taken within {self.relay.seconds:g} s") from None
        if isinstance(said, ChannelError):
            raise said
        return said

    def _send(self, notice: Notice, end: _End) -> str | None:
        try:
            message = self._message(notice)
            with self._line(end) as line:
                refused = line.send_message(message, self.relay.sender, list(self.to))
        except smtplib.SMTPRecipientsRefused as err:
            raise self._failed(_first(err.recipients)) from None
        except smtplib.SMTPResponseException as err:
            raise self._failed(_said(err.smtp_code, err.smtp_error)) from None
        except (smtplib.SMTPException, OSError, ValueError) as err:
            # ssl.SSLError is an OSError; ValueError is what the library has for strange hosts.
            raise self._failed(str(err) or type(err).__name__) from None
        if not refused:
            return None
        return f"{len(refused)} of {len(self.to)} readers refused: {_plain(_first(refused))}"

    @contextmanager
    def _line(self, end: _End) -> Iterator[smtplib.SMTP]:
        relay = self.relay
        context = ssl.create_default_context(cafile=relay.ca_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        line = _Line(relay, context, end)
        try:
            if relay.tls is MailTls.STARTTLS:
                line.starttls(context=context)
            if relay.user:
                line.login(relay.user, relay.password)
            yield line
        finally:
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
        return ChannelError(where=f"{self.relay.host}:{self.relay.port}", why=_plain(why))


class _End:
    """The end of the time for one mail: when it has come, the line ends in whatever step it is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._has_come = False

    def of(self, line: socket.socket) -> None:
        """Take hold of a line; none is begun after the end."""
        with self._lock:
            if self._has_come:
                raise TimeoutError("its time was over before the line was there")
            # A second handle: the first is given away when TLS begins.
            self._line = line.dup()

    def come(self) -> None:
        """End the line under whoever waits at it."""
        with self._lock:
            self._has_come = True
            if self._line is not None:
                with suppress(OSError):  # it has ended by itself
                    self._line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the line."""
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None


class _Line(smtplib.SMTP):
    """A dialogue with a relay that can be ended from its first step on."""

    def __init__(self, relay: Relay, context: ssl.SSLContext, end: _End) -> None:
        self._end, self._context = end, context if relay.tls is MailTls.TLS else None
        super().__init__(relay.host, relay.port, timeout=relay.seconds)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Connect: the place where the library's own line over TLS differs from a plain one."""
        line = socket.create_connection((host, port), timeout)
        try:
            self._end.of(line)
            if self._context is None:
                return line
            return self._context.wrap_socket(line, server_hostname=host)
        except BaseException:
            line.close()
            raise


def _first(refused: Mapping[str, tuple[int, bytes]]) -> str:
    """Return what a relay said of the first reader that it refused."""
    return next((_said(code, words) for code, words in refused.values()), "every reader refused")


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text}"


def _flat(text: str) -> str:
    """Return a text as one line: what a partner wrote must not make lines or headers of its own."""
    return "".join(one if one.isprintable() else " " for one in text)


def _plain(text: str) -> str:
    """Return what a relay said as it may stand in logs: a line, not long, and nobody's address."""
    return re.sub(r"[^\s<>]*@[^\s<>]*", "(address)", _flat(text))[:300]
