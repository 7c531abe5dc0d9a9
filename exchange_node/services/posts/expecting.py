"""What an office expects → signed statements that its post keeps for the time without a line.

    index: which manifests there are, and a tag of the state of each
    entries: some of them, with what an officer needs at the gate
    trust: the certificates by which papers are verified

What is in them passed the view gate and is logged like any other look; what is confidential or
secret stays here, and so do the reasons of a channel, which speak of alerts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import OfficeError, OfficeNodeError, UnusableQueryError
from exchange_node.security.carried import write_statement
from exchange_node.security.certificates import write_pem
from exchange_node.security.keys import Signer
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.gate import (
    require_role,
)
from exchange_node.services.stations.posts.due import asked_for, entry_of, expected, tag_of
from exchange_node.store import payloads
from exchange_node.store.database import reading

MOST_ENTRIES = 50
"""Manifests that are handed out at a time (our choice)."""

PAGE_BYTES = 32_000
"""Bytes of the manifests of one answer, before it is packed (our choice): a line of 64 kbit/s
carries them in four seconds as they are, and in fewer as they go. One goes whatever it has."""

MOST_NONCE = 80
"""Characters of the word that an answer repeats (our choice)."""

_ACTION = "look.snapshot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expecting:
    """States what is expected."""

    own: Administration
    holding: Holding
    seal_key: Callable[[datetime], Signer]
    trusted: Callable[[], Mapping[str, Sequence[x509.Certificate]]]
    engine: Engine
    clock: Callable[[], datetime]

    def index(self, actor: Actor, office: str, *, known: str = "", nonce: str = "") -> bytes:
        """Return which manifests an office expects; that nothing changed, where `known` says so.

        Raises:
            RoleError: the actor is at no border post.
            OfficeError: it is not at this one.
            OfficeNodeError: this is the node of an office, where no manifest is held.
            InvalidSettingError: no seal key can be used now.
        """
        now = self._require(actor, office)
        with reading(self.engine) as conn:
            found = expected(conn, self.own, actor, office, now)
        entries = [[one.held.number, tag_of(one)] for one in found]
        state = _digest(entries)
        same = known == state
        count = "unchanged" if same else str(len(entries))
        looked(self.engine, actor, now, _ACTION, "manifest", office=office, count=count)
        content: dict[str, object] = {"known": state, "trust": _digest_of_trust(self._pems())}
        return self._stated(
            "index", content if same else content | {"entries": entries}, now, office, nonce
        )

    def entries(
        self, actor: Actor, office: str, numbers: Sequence[int], *, nonce: str = ""
    ) -> bytes:
        """Return some of what an office expects; what it may not know of is left out.

        What did not fit into the answer is named in `left`, to be asked for next.

        Raises:
            RoleError, OfficeError, OfficeNodeError, InvalidSettingError: as `index`.
            UnusableQueryError: too many are asked for.
        """
        now = self._require(actor, office)
        if not 1 <= len(numbers) <= MOST_ENTRIES:
            raise UnusableQueryError(what="numbers", why=f"want 1 to {MOST_ENTRIES}")
        entries: list[dict[str, object]] = []
        left: list[int] = []
        size = 0
        with reading(self.engine) as conn:
            for due in asked_for(conn, self.own, actor, office, sorted(set(numbers)), now):
                held = due.held
                if size >= PAGE_BYTES:
                    left.append(held.number)
                    continue
                view = self.holding.manifest_of(conn, held)
                digest = payloads.about(conn, held.document_id).digest
                entry = entry_of(due, view, digest)
                size += len(json.dumps(entry, ensure_ascii=False).encode())
                if entries and size > PAGE_BYTES:
                    left.append(held.number)
                else:
                    entries.append(entry)
        for entry in entries:
            looked(
                self.engine, actor, now, _ACTION, "manifest", str(entry["number"]),
                movement=str(entry["movement"]), office=office,
            )  # fmt: skip
        content = {"entries": entries, **({"left": left} if left else {})}
        return self._stated("entries", content, now, office, nonce)

    def trust(self, actor: Actor, *, nonce: str = "") -> bytes:
        """Return the seal certificates of every administration that is known here.

        Raises:
            RoleError, OfficeNodeError, InvalidSettingError: as `index`.
        """
        actor.require(Role.BORDER_POST)
        _require_administration(self.own)
        return self._stated("trust", {"trust": self._pems()}, self.clock(), "", nonce)

    def _require(self, actor: Actor, office: str) -> datetime:
        now = self.clock()
        require_role(self.engine, actor, now, Role.BORDER_POST, action=_ACTION, kind="manifest")
        if office not in actor.offices:
            looked(
                self.engine,
                actor,
                now,
                _ACTION,
                "manifest",
                refused=OfficeError.code,
                office=office,
            )
            raise OfficeError(office=office[:40], held=", ".join(sorted(actor.offices)) or "none")
        _require_administration(self.own)
        return now

    def _pems(self) -> dict[str, list[str]]:
        return {
            party: [write_pem(one).decode() for one in certificates]
            for party, certificates in sorted(self.trusted().items())
        }

    def _stated(
        self, kind: str, content: Mapping[str, object], now: datetime, office: str, nonce: str
    ) -> bytes:
        about = {
            "party": str(self.own.party),
            "test": self.own.test,
            "at": now.isoformat(),
            "nonce": nonce[:MOST_NONCE],
        }
        placed = {"office": office} if office else {}
        return write_statement(kind, {**content, **about, **placed}, self.seal_key(now))


def _require_administration(own: Administration) -> None:
    """Pass the node of an administration; an office's holds no manifest, and an empty list lies."""
    if own.party.office:
        raise OfficeNodeError(office=own.party.office)


def _digest(entries: Sequence[Sequence[Any]]) -> str:
    text = json.dumps(sorted(entries), separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _digest_of_trust(pems: Mapping[str, Sequence[str]]) -> str:
    text = json.dumps(pems, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
