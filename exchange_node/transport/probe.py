"""One call to a partner, watched step by step: name → connection → TLS → request → answer.

It goes where the line goes, with the same key and the same pinned certificates, on a connection of
its own. A step that fails ends the call and says which failure it is, as far as a caller can tell.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol, cast
from urllib.parse import urlsplit

from exchange_node.domain.errors import NodeError
from exchange_node.transport.line import Answer, Line
from exchange_node.transport.pace import Allowance
from exchange_node.transport.streams import Paced, Vouch, left_of
from exchange_node.transport.tls import shown_on

MAX_PROBE_BYTES = 4_000_000
"""A receipt or an error is a few kilobytes; more is no answer (our choice)."""

# https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
_EXPIRED, _NOT_YET, _HOST, _ADDRESS = 10, 9, 62, 64


class Failure(StrEnum):
    """Why a call came to nothing."""

    NO_ADDRESS = "no-address"
    NAME = "name"
    REFUSED = "refused"
    NO_ROUTE = "no-route"
    NO_TLS = "no-tls"
    THEIRS_ENDED = "their-certificate-ended"
    THEIRS_UNKNOWN = "their-certificate-unknown"
    THEIRS_OTHER_HOST = "their-certificate-other-host"
    OURS_UNKNOWN = "our-certificate-unknown"
    OURS_ENDED = "our-certificate-ended"
    OURS_REFUSED = "our-certificate-refused"
    TLS = "tls"
    CUT = "cut"
    SILENT = "silent"
    NO_HTTP = "no-http"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What one call showed, up to where it came.

    Attributes:
        address: of the machine that was called, with its port.
        tls_version, cipher: of the connection; empty without one.
        certificate: what the partner showed (DER), even where it was not accepted.
        date: the answer's HTTP `Date` header, as it was written.
        milliseconds: how long each step took; `total` is from the name to the answer's last byte,
            `exchange` from the request's first byte to the answer's first.
        failure, why: what ended the call, and what the system said of it; None when an answer came.
    """

    url: str
    address: str = ""
    tls_version: str = ""
    cipher: str = ""
    certificate: bytes = b""
    answer: Answer | None = None
    date: str = ""
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    failure: Failure | None = None
    why: str = ""


class Prober(Protocol):
    """A way to try a partner on."""

    def probe(self, partner: str, content_type: str, body: bytes) -> Probed:
        """Carry the bytes to the partner's AS4 endpoint once; return what was seen on the way.

        What goes wrong stands in what is returned.

        Raises:
            ConfigurationError: our own key, or the partner's certificates, cannot be used.
        """
        ...


class Way(Line, Prober, Protocol):
    """All that is done on the way to the partners."""

    def hasten(self, seconds: float) -> None:
        """Let every post end within that time, those under way too: the node is stopping."""
        ...


class _EndedError(Exception):
    """A step failed; it never leaves this module."""

    def __init__(self, failure: Failure, err: object) -> None:
        super().__init__(str(err))
        self.failure = failure


class _Watch:
    """A stop watch with a name for each lap."""

    def __init__(self) -> None:
        self._begin = self._last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round((now - self._last) * 1000, 1)
        self._last = now
        self.laps["total"] = round((now - self._begin) * 1000, 1)


def probe(
    context: ssl.SSLContext,
    url: str,
    content_type: str,
    body: bytes,
    *,
    allowance: Allowance,
    vouch: Vouch = lambda _: None,
) -> Probed:
    """Post the bytes once and return what was seen; it is bounded as a post is.

    `vouch` is asked about the partner's certificates before it is sent anything.

    Nothing that goes wrong on the way is raised: it stands in what is returned.
    """
    watch = _Watch()
    seen = Probed(url=url)
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        with _failing():
            plain, address = _connected(host, port, allowance, watch)
        seen = replace(seen, address=f"{address}:{port}")
        try:
            with _failing():
                plain.settimeout(left_of(allowance))
                line = context.wrap_socket(plain, server_hostname=host)
        except _EndedError as err:
            plain.close()
            if err.failure in _THEIRS:
                shown = _shown(address, port, host, allowance)
                seen = replace(seen, certificate=shown)
            raise
        watch.lap("tls")
        with closing(line):
            cipher = line.cipher()
            seen = replace(
                seen,
                tls_version=line.version() or "",
                cipher=cipher[0] if cipher else "",
                certificate=line.getpeercert(binary_form=True) or b"",
            )
            with _failing():
                with allowance.spared():
                    vouch(shown_on(line))
                path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
                paced = Paced(line, allowance)
                answer, date = _exchanged(paced, parts.netloc, path, content_type, body, watch)
    except _EndedError as err:
        return replace(seen, milliseconds=watch.laps, failure=err.failure, why=str(err))
    return replace(seen, milliseconds=watch.laps, answer=answer, date=date)


_THEIRS = frozenset({Failure.THEIRS_ENDED, Failure.THEIRS_UNKNOWN, Failure.THEIRS_OTHER_HOST})


def _connected(
    host: str, port: int, allowance: Allowance, watch: _Watch
) -> tuple[socket.socket, str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    watch.lap("name")
    last: OSError | None = None
    for _, _, _, _, (address, *_) in found:
        try:
            line = socket.create_connection((str(address), port), left_of(allowance))
        except OSError as err:
            last = err
        else:
            watch.lap("connect")
            return line, str(address)
    raise last or OSError("no address")


def _exchanged(
    line: Paced, host: str, path: str, content_type: str, body: bytes, watch: _Watch
) -> tuple[Answer, str]:
    caller = http.client.HTTPConnection(host)
    caller.sock = cast("socket.socket", line)  # what the client uses of one, it has
    headers = {
        "Host": host,
        "Content-Type": content_type,
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    caller.request("POST", path, body=body, headers=headers)
    with closing(caller.getresponse()) as response:
        watch.lap("exchange")
        said = response.read(MAX_PROBE_BYTES)
        watch.lap("body")
        answer = Answer(
            status=response.status,
            content_type=response.getheader("Content-Type", ""),
            body=said,
        )
        return answer, response.getheader("Date", "")


def _shown(address: str, port: int, host: str, allowance: Allowance) -> bytes:
    """Return the certificate (DER) that a partner shows which is not accepted; empty for none.

    It is looked at and not believed: nothing is said on that connection.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((address, port), timeout=left_of(allowance)) as plain,
            context.wrap_socket(plain, server_hostname=host) as line,
        ):
            return line.getpeercert(binary_form=True) or b""
    except OSError:
        return b""


@contextmanager
def _failing() -> Iterator[None]:
    """Tell which failure an error of the system is."""
    try:
        yield
    except ssl.SSLCertVerificationError as err:
        raise _EndedError(_of_theirs(err.verify_code), err.verify_message) from None
    except NodeError as err:
        raise _EndedError(Failure.THEIRS_UNKNOWN, err) from None
    except (OSError, http.client.HTTPException) as err:
        failure = next((one for kind, one in _KINDS if isinstance(err, kind)), Failure.NO_ROUTE)
        why = getattr(err, "reason", None) or getattr(err, "strerror", None) or err
        if isinstance(err, ssl.SSLError) and failure is Failure.TLS:
            failure = _of_tls(err.reason or "")
        raise _EndedError(failure, str(why) or type(err).__name__) from None


_KINDS: tuple[tuple[type[Exception], Failure], ...] = (
    (socket.gaierror, Failure.NAME),
    (ssl.SSLEOFError, Failure.CUT),
    (ssl.SSLZeroReturnError, Failure.CUT),
    (ssl.SSLError, Failure.TLS),
    (ConnectionRefusedError, Failure.REFUSED),
    (http.client.RemoteDisconnected, Failure.CUT),
    (http.client.HTTPException, Failure.NO_HTTP),
    (TimeoutError, Failure.SILENT),
    (ConnectionResetError, Failure.CUT),
    (BrokenPipeError, Failure.CUT),
)
"""What an error of the system means, the first that fits; what is left is the network's."""


def _of_theirs(code: int) -> Failure:
    if code in (_EXPIRED, _NOT_YET):
        return Failure.THEIRS_ENDED
    return Failure.THEIRS_OTHER_HOST if code in (_HOST, _ADDRESS) else Failure.THEIRS_UNKNOWN


def _of_tls(reason: str) -> Failure:
    """Tell what an alert of the partner's says (RFC 8446, section 6.2), by OpenSSL's name."""
    told = reason.upper()
    if "ALERT" not in told:
        return Failure.NO_TLS if told in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST"} else Failure.TLS
    for sign, failure in (
        ("UNKNOWN_CA", Failure.OURS_UNKNOWN),
        ("CERTIFICATE_UNKNOWN", Failure.OURS_UNKNOWN),
        ("CERTIFICATE_EXPIRED", Failure.OURS_ENDED),
        ("CERTIFICATE", Failure.OURS_REFUSED),
        ("ACCESS_DENIED", Failure.OURS_REFUSED),
    ):
        if sign in told:
            return failure
    return Failure.TLS
