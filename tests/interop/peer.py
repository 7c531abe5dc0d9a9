"""The Java peer as a process: settings in, commands as JSON lines, received messages as files."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from exchange_node.domain.message import AGREEMENT_TYPE, CODES, PARTY_TYPE, ROLE
from exchange_node.ebms.pmodes.names import TEST_ACTION, TEST_SERVICE
from tests.interop.identities import Held, Identity, pem_of

AGREEMENTS = ("urn:carec:maa:KZ-UZ:rehearsal", "urn:carec:maa:UZ-KZ:rehearsal")
"""What lets messages go from the one to the other, and what lets them go back."""

ANSWERS = frozenset({"SY-002", "RA-020"})
"""The messages that refer to another."""

PATIENCE_SECONDS = 30.0

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Delivered:
    """A message as phase4 handed it over."""

    header: Json
    payloads: tuple[bytes, ...]

    @property
    def message_id(self) -> str:
        return str(self.header["message_id"])


@dataclass
class Peer:
    """A running peer."""

    folder: Path
    port: int
    process: subprocess.Popen[str] = field(repr=False)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/as4"

    def ask(self, do: str, **values: object) -> Json:
        """Give a command and return its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **values}) + "\n")
        self.process.stdin.flush()
        return self._line()

    def send(self, url: str, message: Json) -> Json:
        return self.ask("send", url=url, message=message)

    def payload(self, name: str, content: bytes, **values: object) -> Json:
        """Leave a payload where the peer finds it; return how a message names it."""
        path = self.folder / name
        path.write_bytes(content)
        return {"file": str(path), **values}

    def queue(self, name: str, message: Json) -> None:
        """Leave a message to be pulled."""
        folder = self.folder / "queue"
        folder.mkdir(exist_ok=True)
        draft = folder / f"{name}.draft"
        draft.write_text(json.dumps(message), encoding="utf-8")
        draft.rename(folder / f"{name}.json")

    def inbox(self) -> list[Delivered]:
        """Return what was delivered, in the order of arrival."""
        found = []
        for one in sorted((self.folder / "inbox").glob("*/message.json")):
            header = json.loads(one.read_text(encoding="utf-8"))
            contents = ((one.parent / part["file"]).read_bytes() for part in header["payloads"])
            found.append(Delivered(header, tuple(contents)))
        return found

    def delivered(self, message_id: str) -> list[Delivered]:
        return [one for one in self.inbox() if one.message_id == message_id]

    def signals(self) -> list[Json]:
        """Return the receipts and errors that came by themselves."""
        path = self.folder / "signals.jsonl"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def log(self) -> str:
        return (self.folder / "peer.log").read_text(encoding="utf-8", errors="replace")[-6000:]

    def _line(self) -> Json:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the peer said nothing:\n{self.log()}")
        answer: Json = json.loads(line)
        return answer


_PORTS = range(15_000, 32_000)
"""Below the ports that Linux (from 32768) and others (from 49152) hand out."""


def free_port() -> int:
    """Return a port that is free now, and that no system hands out by itself.

    What the system hands out, any connection of any process may have before it is bound again.
    """
    while True:
        port = secrets.choice(_PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def legs(actions: Sequence[tuple[str, str]], mpcs: dict[str, str]) -> list[Json]:
    """Return the P-Modes both ways: pushed, and pulled from the channel named for a side."""
    return [
        {
            "service": service,
            "action": action,
            "agreement": agreement,
            "from": side,
            "answer": action in ANSWERS,
            "mpc": mpc,
        }
        for side in ("own", "partner")
        for agreement in AGREEMENTS
        for service, action in actions
        for mpc in dict.fromkeys(("", mpcs.get(side, "")))
    ]


BUSINESS = tuple((str(code.service), code.code) for code in CODES.values())
PING = (TEST_SERVICE, TEST_ACTION)


@contextmanager
def running(
    folder: Path,
    classes: str,
    *,
    own: Identity,
    partner: Identity,
    suite: str,
    port: int = 0,
    url: str = "",
    mpcs: dict[str, str] | None = None,
    bench: bool = False,
    **settings: object,
) -> Iterator[Peer]:
    """Run a peer for a while; `settings` go to it as they are.

    `bench`: it keeps nothing of what it receives, and is compiled as far as Java compiles.
    """
    folder.mkdir(parents=True, exist_ok=True)
    described = {
        "folder": str(folder),
        "port": port,
        "own": {"id": own.party, "type": PARTY_TYPE, "role": ROLE},
        "partner": {"id": partner.party, "type": PARTY_TYPE, "role": ROLE},
        "agreement": AGREEMENTS[0],
        "agreement_type": AGREEMENT_TYPE,
        "url": url,
        "suite": suite,
        "tls": _keys(own.tls, partner.tls),
        "signing": _keys(own.signing, partner.signing),
        "encryption": None if suite == "sign-only" else _keys(own.encryption, partner.encryption),
        "bench": bench,
        "legs": legs((*BUSINESS, PING), mpcs or {}),
        **settings,
    }
    path = folder / "settings.json"
    path.touch(0o600)
    path.write_text(
        json.dumps({name: one for name, one in described.items() if one is not None}), "utf-8"
    )
    with (folder / "peer.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            _command(folder, classes, path, bench=bench),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    with process:
        try:
            peer = Peer(folder, 0, process)
            peer.port = int(peer._line()["port"])
            yield peer
        finally:
            _end(process)


def _keys(own: Held, partner: Held) -> Json:
    trusted = [pem_of(one) for one in (partner.certificate, *partner.above)]
    return {"key": own.key_pem, "certificate": own.chain_pem, "trusted": trusted}


def _command(folder: Path, classes: str, settings: Path, *, bench: bool) -> list[str]:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return [
        "java",
        *(() if bench else ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m")),
        f"-Djava.io.tmpdir={scratch}",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-cp",
        classes,
        "carec.peer.Peer",
        str(settings),
    ]


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()  # the peer ends with its input
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for(look: Callable[[], T], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """Return what is looked for as soon as it is there and true."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:g} s")
        time.sleep(0.05)
    return found
