"""Two administrations in a folder, and what runs of them in processes of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.as4.processes import Watched
from exchange_node import node as nodes
from exchange_node.config.settings.passphrase import environment_with
from exchange_node.domain.access import Role
from tests.interop.peer import free_port

PASSPHRASE = "a passphrase for benchmarks"  # noqa: S105 - of keys that live as long as the run
KZ, UZ = "customs.kz", "customs.uz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """How messages are protected, and with keys of which size.

    Attributes:
        own: our name of the suite.
        peers: the name that the Java peer gives it.
        rsa_bits: of the keys, where they are RSA's.
    """

    own: str
    peers: str
    rsa_bits: int = 3072


SUITES: Mapping[str, Suite] = {
    "1.15-rsa2048": Suite(own="edelivery-1.15", peers="1.15", rsa_bits=2048),
    "1.15-rsa3072": Suite(own="edelivery-1.15", peers="1.15", rsa_bits=3072),
    "2.0": Suite(own="edelivery-2.0", peers="2.0"),
}
DEFAULT_SUITE = "1.15-rsa3072"
"""What `exchange-node init` makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One administration's folder.

    Attributes:
        tokens: of the API, by role.
    """

    party: str
    folder: Path
    tokens: Mapping[Role, str] = field(repr=False)

    @property
    def database(self) -> Path:
        """The file of the store."""
        return self.folder / "var" / "node.db"

    @contextmanager
    def running(
        self, name: str, command: Sequence[str], profiles: Path | None
    ) -> Iterator[tuple[Watched, dict[str, int]]]:
        """Run a module of Python with this folder; yield it, and what it says when it is ready."""
        if profiles is not None:
            out = profiles / f"{name}.prof"
            command = ["benchmarks.as4.nodes.profiled", str(out), *command]
        log = self.folder / "node.log"
        with (
            log.open("a", encoding="utf-8") as errors,
            subprocess.Popen(
                [sys.executable, "-m", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment_with(PASSPHRASE),
                text=True,
            ) as process,
        ):
            try:
                assert process.stdout is not None  # noqa: S101 - PIPE was asked for
                line = process.stdout.readline()
                watched = Watched(name, process)
                if not line:
                    process.wait()
                watched.require_alive()
                yield watched, json.loads(line)
            except SystemExit:
                print(_end_of(log), file=sys.stderr)
                raise
            finally:
                assert process.stdin is not None  # noqa: S101 - PIPE was asked for
                process.stdin.close()
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(timeout=30)
                except subprocess.TimeoutExpired:
                    process.kill()


def _end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8")[-3000:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Kazakhstan, which sends, and Uzbekistan."""

    kz: Home
    uz: Home


def commission(parent: Path, suite: Suite, concurrency: int) -> Pair:
    """Make two nodes that trust each other under an agreement that is in force.

    They are as `init` makes them, but for the number of posts at a time.
    """
    folders = {party: parent / party for party in (KZ, UZ)}
    for party, home in folders.items():
        nodes.initialise(
            home,
            country=party[-2:].upper(),
            passphrase=PASSPHRASE,
            as4_port=free_port(),
            api_port=free_port(),
            with_samples=False,
            suites=(suite.own,),
            rsa_bits=suite.rsa_bits,
        )
    made = {}
    for party, other in ((KZ, UZ), (UZ, KZ)):
        with nodes.opened(folders[party], passphrase=PASSPHRASE) as node:
            node.commissioning.add_partner(nodes.card_of(folders[other]))
            node.commissioning.add_agreement(nodes.pair_agreement("KZ", "UZ"), actor="benchmark")
            tokens = {
                role: node.access.new_token(role.value, frozenset({role}), days=1)
                for role in (Role.SUBMITTER,)
            }
        mode = folders[party] / "pmodes" / f"{other}.toml"
        mode.parent.mkdir(exist_ok=True)
        mode.write_text(
            f'partner = "{other}"\n[pace]\nconcurrency = {concurrency}\n', encoding="utf-8"
        )
        made[party] = Home(party=party, folder=folders[party], tokens=tokens)
    return Pair(kz=made[KZ], uz=made[UZ])
