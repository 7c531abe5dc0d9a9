"""A real node of ours as a process, and phase4 in the place of the neighbour's."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import cast

import httpx
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificates

from exchange_node import node as nodes
from exchange_node.config.settings.passphrase import environment_with
from exchange_node.domain.access import Role
from exchange_node.domain.message import AGREEMENT_TYPE, AttachedFile
from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.pmodes.derivation import outgoing
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.rehearsal.client import ApiClient
from exchange_node.rehearsal.pair import Running
from exchange_node.rehearsal.traffic.numbers import mrn
from exchange_node.security.keys import encrypt_private_key
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.vocabulary import header_of
from exchange_node.services.stations.waiting.prepared import Prepared
from tests.interop.identities import KZ, UZ, Held, Identity, identity
from tests.interop.peer import Json, Peer, free_port, running, wait_for
from tests.interop.suites import SUITES
from tests.world import DECLARATION, FACTS, NATIONAL, PASSPHRASE, permitting_attachments

TO_PEER = "urn:carec:mpc:customs.kz:customs.uz"
"""The channel at our node that phase4 pulls from."""
FROM_PEER = "urn:carec:mpc:customs.uz:customs.kz"
"""The channel at phase4 that our node pulls from."""


@dataclass
class Neighbours:
    """Our node as Kazakhstan, phase4 as Uzbekistan; `bench` makes Uzbekistan's documents."""

    suite: str
    kz: Identity
    uz: Identity
    node: Running
    peer: Peer
    url: str
    bench: nodes.Node = field(repr=False)
    _series: Iterator[int] = field(default_factory=lambda: count(1), repr=False)

    def client(self, role: Role) -> ApiClient:
        return ApiClient(self.node.api_url, self.node.tokens[role])

    def submit(self) -> Json:
        """Submit a declaration to our node; return what it says."""
        with self.client(Role.SUBMITTER) as national:
            return national.post(
                "/submissions",
                {
                    "to": UZ,
                    "declaration_base64": base64.b64encode(DECLARATION.read_bytes()).decode(),
                    "format": "",
                    "facts_text": self._facts(),
                    "purpose": "TRANSIT_CONTROL",
                },
            )

    def submit_with(self, *files: tuple[str, bytes, str]) -> Json:
        """Submit a declaration with files (name, content, media type); return what is said."""
        said = {"to": UZ, "facts_text": self._facts()}
        said["declaration_base64"] = base64.b64encode(DECLARATION.read_bytes()).decode()
        answer = httpx.post(
            f"{self.node.api_url}/api/v1/submissions/with-files",
            headers={"Authorization": f"Bearer {self.node.tokens[Role.SUBMITTER]}"},
            files=[
                ("submission", ("submission.json", json.dumps(said), "application/json")),
                *(("file", file) for file in files),
            ],
            timeout=30.0,
            trust_env=False,
        )
        assert answer.status_code < 300, answer.text
        return cast("Json", answer.json())

    def attachment(self, manifest: int, position: int) -> bytes:
        """Take a file that came with a manifest out at the border post."""
        answer = httpx.get(
            f"{self.node.api_url}/api/v1/manifests/{manifest}/attachments/{position}",
            headers={"Authorization": f"Bearer {self.node.tokens[Role.BORDER_POST]}"},
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        return answer.content

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of our node's, as its operator does beside it."""
        return subprocess.run(
            [sys.executable, "-m", "exchange_node", "--folder", str(self.node.folder), *words],
            env=environment_with(PASSPHRASE),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def submission(self, submission_id: str) -> Json:
        with self.client(Role.SUBMITTER) as national:
            return national.get(f"/submissions/{submission_id}")

    def settled(self, submitted: Json, *states: str) -> Json:
        """Wait until a submission is in one of the states."""

        def look() -> Json | None:
            now = self.submission(str(submitted["submission_id"]))
            return now if now["state"] in states else None

        return cast("Json", wait_for(look, f"a submission that is {' or '.join(states)}"))

    def manifest(self, *files: AttachedFile, **changes: object) -> Json:
        """Return a message of the peer's with a document that our node files, and its files."""
        prepared = self._prepared(files)
        header = header_of(
            prepared.exchange,
            outgoing(prepared.exchange, PartnerMode(party=KZ)),
            message_id=prepared.message_id,
            at=prepared.at,
            conversation_id=prepared.conversation_id,
            document=b"",
        )
        document = self.peer.payload(
            f"{prepared.message_id}.xml", whole(prepared.sealed), charset="UTF-8"
        )
        plain: Json = {
            "service": str(header.service),
            "action": header.action,
            "agreement": header.agreement_ref,
            "agreement_type": AGREEMENT_TYPE,
            "conversation": header.conversation_id,
            "properties": [
                {"name": name, "value": value} for name, value in header.properties.items()
            ],
            "payloads": [
                document,
                *(
                    self.peer.payload(
                        file.name,
                        whole(file.content),
                        mime_type=file.mime_type,
                        content_id=f"attachment-{number}.{prepared.message_id}",
                    )
                    for number, file in enumerate(files, start=1)
                ),
            ],
        }
        return {**plain, **changes}

    @contextmanager
    def restarted(self, mode: str, settings: Mapping[str, str]) -> Iterator[None]:
        """Run our node under another P-Mode of the peer's, and changed settings, for a while."""
        toml = self.node.folder / "node.toml"
        plain = toml.read_text(encoding="utf-8")
        self.node.stop()
        write_mode(self.node.folder, mode)
        changed = plain
        for before, after in settings.items():
            assert before in changed, before
            changed = changed.replace(before, after)
        toml.write_text(changed, encoding="utf-8")
        try:
            self._start()
            yield
        finally:
            self.node.stop()
            toml.write_text(plain, encoding="utf-8")
            write_mode(self.node.folder, mode_of(self.suite))
            self._start()

    def _facts(self) -> str:
        """Return the facts of a journey that was not told of before: one has one manifest."""
        text = FACTS.read_text(encoding="utf-8")
        first = tomllib.loads(text)["Facts"]["MRN"]
        return text.replace(first, mrn(26, "KZ", 5501, next(self._series)))

    def _start(self) -> None:
        self.node.launch()
        self.node.wait()

    def _prepared(self, files: Sequence[AttachedFile]) -> Prepared:
        recorder = _Recorder(self.bench.dispatch.packing)
        dispatch = replace(self.bench.dispatch, packing=cast("Packing", recorder))
        submission = dispatch.submit(
            NATIONAL,
            DECLARATION.read_bytes(),
            facts=self._facts(),
            partner=KZ,
            files=files,
        )
        assert not submission.is_refused, submission.findings
        return recorder.prepared[0]


@dataclass
class _Recorder:
    """Packs, and keeps what was packed: the document, sealed and not yet encrypted."""

    packing: Packing
    prepared: list[Prepared] = field(default_factory=list)

    def prepare(self, *args: object, **named: object) -> Prepared:
        self.prepared.append(self.packing.prepare(*args, **named))  # type: ignore[arg-type]
        return self.prepared[-1]

    def queue(self, *args: object) -> None:
        self.packing.queue(*args)  # type: ignore[arg-type]


@contextmanager
def neighbours(folder: Path, classes: str, suite: str) -> Iterator[Neighbours]:
    """Commission both, start our node and the peer."""
    ports = {KZ: free_port(), UZ: free_port()}
    api_port = free_port()
    homes = {party: folder / party for party in (KZ, UZ)}
    for party, home in homes.items():
        nodes.initialise(
            home,
            country=party[-2:].upper(),
            passphrase=PASSPHRASE,
            as4_port=ports[party],
            api_port=api_port,
            poll_seconds=0.2,
            retry_seconds=1,
            with_samples=False,
            rsa_bits=2048,
        )
        _equip(home, identity(party, suite))
    if suite == "sign-only":  # the others follow from the keys on the cards
        write_mode(homes[KZ], mode_of(suite))
    tokens = {}
    for party, other in ((KZ, UZ), (UZ, KZ)):
        with nodes.opened(homes[party], passphrase=PASSPHRASE) as node:
            node.commissioning.add_partner(nodes.card_of(homes[other]))
            for pair in ((KZ, UZ), (UZ, KZ)):
                text = nodes.pair_agreement(*(one[-2:].upper() for one in pair))
                node.commissioning.add_agreement(permitting_attachments(text), actor="test")
            tokens[party] = {
                role: node.access.new_token(role.value, frozenset({role}), days=1) for role in Role
            }
    running_node = Running(
        party=KZ,
        office="",
        folder=homes[KZ],
        passphrase=PASSPHRASE,
        api_url="",
        tokens=tokens[KZ],
    )
    url = f"https://127.0.0.1:{ports[KZ]}/as4"
    kz, uz = identity_of(homes[KZ], KZ), identity_of(homes[UZ], UZ)
    with (
        running(
            folder / "peer",
            classes,
            own=uz,
            partner=kz,
            suite=suite,
            port=ports[UZ],
            url=url,
            mpcs={"own": FROM_PEER, "partner": TO_PEER},
        ) as peer,
        nodes.opened(homes[UZ], passphrase=PASSPHRASE) as bench,
    ):
        running_node.launch()
        try:
            running_node.wait()
            yield Neighbours(suite, kz, uz, running_node, peer, url, bench)
        finally:
            running_node.stop()


def mode_of(suite: str, delivery: str = "") -> str:
    """Return the text of our node's P-Mode for the peer."""
    return f'partner = "{UZ}"\n[security]\nsuite = "{SUITES[suite].name}"\n{delivery}'


def write_mode(home: Path, text: str) -> None:
    """Put a P-Mode for the peer into a node's folder."""
    path = home / "pmodes" / f"{UZ}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _equip(home: Path, made: Identity) -> None:
    """Give a node's folder the keys of a suite in place of those it was made with."""
    for purpose, held in (("signing", made.signing), ("encryption", made.encryption)):
        key = encrypt_private_key(held.key, PASSPHRASE)
        (home / "keys" / f"{purpose}.key.pem").write_bytes(key)
        (home / "keys" / f"{purpose}.cert.pem").write_text(held.chain_pem, "ascii")


def identity_of(home: Path, party: str) -> Identity:
    """Read the keys of a node's folder."""
    return Identity(
        party=party,
        tls=_held(home, "tls"),
        signing=_held(home, "signing"),
        encryption=_held(home, "encryption"),
    )


def _held(home: Path, purpose: str) -> Held:
    key = load_pem_private_key(
        (home / "keys" / f"{purpose}.key.pem").read_bytes(), PASSPHRASE.encode()
    )
    first, *above = load_pem_x509_certificates((home / "keys" / f"{purpose}.cert.pem").read_bytes())
    return Held(key, first, tuple(above))  # type: ignore[arg-type]
