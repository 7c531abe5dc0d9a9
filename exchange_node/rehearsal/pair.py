"""Two nodes on this machine: folders, keys, cards, agreement, tokens, processes."""

from __future__ import annotations

import json
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from exchange_node import node as nodes
from exchange_node.config.settings.passphrase import environment_with
from exchange_node.domain.access import Role
from exchange_node.domain.errors import RehearsalError

START_SECONDS = 60
"""How long a node may take to start (our choice: a slow machine making keys)."""

LIKED_PORTS = {"as4": (8443, 8444), "api": (8480, 8481)}
"""What the two nodes would like; what is taken is replaced by what is free."""


@dataclass
class Running:
    """One node as a process."""

    party: str
    office: str
    folder: Path
    passphrase: str
    api_url: str
    tokens: dict[Role, str]
    process: subprocess.Popen[str] | None = None

    def launch(self) -> None:
        """Start the process; `wait` until it listens."""
        environment = environment_with(self.passphrase)
        log = (self.folder / "node.log").open("a", encoding="utf-8")
        with log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "exchange_node", "--folder", str(self.folder), "serve"],
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                text=True,
            )

    def wait(self) -> None:
        """Wait until the process says that it listens.

        Raises:
            RehearsalError: it ended, or said nothing in time.
        """
        deadline = time.monotonic() + START_SECONDS
        assert self.process is not None  # noqa: S101 - it was launched
        assert self.process.stdout is not None  # noqa: S101 - PIPE was asked for
        while time.monotonic() < deadline:
            ready, _, _ = select.select([self.process.stdout], [], [], 0.2)
            if ready:
                line = self.process.stdout.readline()
                if line.startswith("{"):
                    self.api_url = f"http://127.0.0.1:{json.loads(line)['api']}"
                    return
            if self.process.poll() is not None:
                break
        raise RehearsalError(
            step=f"start {self.party}",
            why=(self.folder / "node.log").read_text(encoding="utf-8")[-2000:] or "it said nothing",
        )

    def stop(self) -> int:
        """Ask the process to stop and return its exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return code

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None


@dataclass
class Pair:
    """The sending and the receiving administration."""

    sender: Running
    recipient: Running
    agreement_id: str


def commission(
    folder: Path,
    *,
    sender: str,
    recipient: str,
    retry_seconds: int = 5,
    liked_ports: Mapping[str, tuple[int, int]] = LIKED_PORTS,
) -> Pair:
    """Make two nodes in a folder: keys, certificates, cards, an agreement dated today, tokens.

    `sender` and `recipient` are countries (ISO 3166 alpha-2). The agreement is flagged test. Each
    passphrase lies in a file beside its node, so that a pair that is kept can be looked into. The
    port 0 is liked by who takes any that is free.
    """
    ports = _free_ports(liked_ports)
    made = []
    for country, as4_port, api_port in (
        (sender, ports["as4"][0], ports["api"][0]),
        (recipient, ports["as4"][1], ports["api"][1]),
    ):
        passphrase = nodes.new_passphrase()
        home = folder / f"customs.{country.lower()}"
        secret = home.with_suffix(home.suffix + ".passphrase")
        secret.touch(0o600)
        secret.write_text(passphrase, encoding="ascii")
        nodes.initialise(
            home,
            country=country,
            passphrase=passphrase,
            passphrase_file=secret,
            test=True,
            host="127.0.0.1",
            as4_port=as4_port,
            api_port=api_port,
            poll_seconds=0.5,
            retry_seconds=retry_seconds,
            with_samples=False,
            rsa_bits=2048,  # enough for a day, and made in a second
        )
        made.append((home, passphrase, api_port))
    text = nodes.pair_agreement(sender, recipient)
    running = []
    agreement_id = ""
    for (home, passphrase, api_port), (other, _, _) in zip(made, reversed(made), strict=True):
        with nodes.opened(home, passphrase=passphrase) as node:
            node.commissioning.add_partner(nodes.card_of(other))
            agreement_id = node.commissioning.add_agreement(text, actor="rehearsal").agreement_id
            tokens = {
                role: node.access.new_token(f"rehearsal {role.value}", frozenset({role}), days=1)
                for role in Role
            }
            own = node.settings.administration
        running.append(
            Running(
                party=str(own.party),
                office=nodes.workbench(home).office_of(own.country),
                folder=home,
                passphrase=passphrase,
                api_url=f"http://127.0.0.1:{api_port}",
                tokens=tokens,
            )
        )
    return Pair(sender=running[0], recipient=running[1], agreement_id=agreement_id)


@contextmanager
def started(pair: Pair) -> Iterator[Pair]:
    """Run both nodes for a while."""
    with ExitStack() as stack:
        for one in (pair.sender, pair.recipient):
            stack.callback(one.stop)
            one.launch()
        pair.sender.wait()
        pair.recipient.wait()
        yield pair


def _free_ports(liked_ports: Mapping[str, tuple[int, int]]) -> dict[str, list[int]]:
    """Return the liked ports, each replaced by a free one where it is taken."""
    held = []
    ports: dict[str, list[int]] = {}
    try:
        for name, liked in liked_ports.items():
            ports[name] = []
            for port in liked:
                held.append(_bound(port))
                ports[name].append(held[-1].getsockname()[1])
    finally:
        for one in held:
            one.close()
    return ports


def _bound(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError:
        return socket.create_server(("127.0.0.1", 0))
