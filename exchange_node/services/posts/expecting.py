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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration, Handling
from exchange_node.domain.errors import OfficeError, UnknownRecordError, UnusableQueryError
from exchange_node.domain.identifiers import folded
from exchange_node.domain.manifest import TransitManifest
from exchange_node.risk.keys import KeyKind, keys_of_manifest
from exchange_node.security.carried import write_statement
from exchange_node.security.certificates import write_pem
from exchange_node.security.keys import Signer
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.gate import (
    manifest_looked_at,
    require_role,
    sifted,
    weighed,
)
from exchange_node.store import payloads
from exchange_node.store.database import reading
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction, HeldManifest, Kind

MOST_EXPECTED = 2_000
"""Manifests that one office is told of, the newest (our choice)."""

MOST_ENTRIES = 50
"""Manifests that are handed out at a time (our choice)."""

PAGE_BYTES = 32_000
"""Bytes of the manifests of one answer, before it is packed (our choice): a line of 64 kbit/s
carries them in four seconds as they are, and in fewer as they go. One goes whatever it has."""

MOST_NONCE = 80
"""Characters of the word that an answer repeats (our choice)."""

LATE = timedelta(days=14)
"""How long after it was expected a manifest is still told of (our choice)."""

AHEAD = timedelta(days=60)
"""How long before it is expected a manifest is told of (our choice)."""

CARRIED = frozenset({Handling.OPEN, Handling.RESTRICTED})
"""What may leave the node for a post's own store."""

_SOUGHT = frozenset({KeyKind.MOVEMENT, KeyKind.MEANS, KeyKind.EQUIPMENT, KeyKind.SEAL})
_ACTION = "look.snapshot"
_PAGE = 200


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
            InvalidSettingError: no seal key can be used now.
        """
        now = self._require(actor, office)
        with reading(self.engine) as conn:
            found = self._expected(conn, actor, office, now)
        entries = [[one.number, _tag(one)] for one in found]
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
            RoleError, OfficeError, InvalidSettingError: as `index`.
            UnusableQueryError: too many are asked for.
        """
        now = self._require(actor, office)
        if not 1 <= len(numbers) <= MOST_ENTRIES:
            raise UnusableQueryError(what="numbers", why=f"want 1 to {MOST_ENTRIES}")
        entries: list[dict[str, object]] = []
        left: list[int] = []
        size = 0
        with reading(self.engine) as conn:
            for held in self._asked_for(conn, actor, office, sorted(set(numbers)), now):
                if size >= PAGE_BYTES:
                    left.append(held.number)
                    continue
                view = self.holding.manifest_of(conn, held)
                digest = payloads.about(conn, held.document_id).digest
                entry = _entry(held, view, digest)
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
            RoleError, InvalidSettingError: as `index`.
        """
        actor.require(Role.BORDER_POST)
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
        return now

    def _expected(
        self, conn: Connection, actor: Actor, office: str, now: datetime
    ) -> list[HeldManifest]:
        found: list[HeldManifest] = []

        def page(last: HeldManifest | None) -> Sequence[HeldManifest]:
            return manifests.find(
                conn,
                keys={Kind.OFFICE: folded(office)},
                window=(now - LATE, now + AHEAD),
                handling=CARRIED,
                after=last.number if last else after,
                limit=_PAGE,
            )

        after = 0
        while len(found) < MOST_EXPECTED:
            some = sifted(conn, actor, now, page, manifest_looked_at, limit=_PAGE)
            found += [one for one in some.shown if one.exchange.test == self.own.test]
            if some.last is None:
                break
            after = some.last.number
        return [one for one in found[:MOST_EXPECTED] if _is_due(one, now)]

    def _asked_for(
        self, conn: Connection, actor: Actor, office: str, numbers: Sequence[int], now: datetime
    ) -> Iterator[HeldManifest]:
        agreements = held_agreements(conn)
        for number in numbers:
            try:
                held = manifests.get(conn, number)
            except UnknownRecordError:
                continue
            is_expected = (
                held.direction is Direction.RECEIVED
                and held.superseded_by is None
                and held.disposed_at is None
                and held.exchange.test == self.own.test
                and held.exchange.handling in CARRIED
                and folded(office) in {folded(one) for one in held.offices}
            )
            one = manifest_looked_at(held)
            if (
                is_expected
                and weighed(conn, agreements, actor, one, purpose="", at=now).may_be_listed
            ):
                yield held

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


def _is_due(held: HeldManifest, now: datetime) -> bool:
    """Whether a manifest that names no time of arrival came not too long ago."""
    return held.expected_arrival is not None or held.stored_at > now - AHEAD


def _tag(held: HeldManifest) -> str:
    """Return what tells one state of an entry from another, as far as the row knows."""
    channel = held.decision.channel if held.decision else ""
    values = (
        held.number, channel, str(held.decided_at), held.means, held.equipment, held.seals,
        held.offices, str(held.expected_arrival), str(held.delete_after),
    )  # fmt: skip
    return hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _entry(held: HeldManifest, view: TransitManifest, digest: str) -> dict[str, object]:
    arrival = held.expected_arrival
    keys = {key.value for key in keys_of_manifest(view) if key.kind in _SOUGHT}
    return {
        "number": held.number,
        "tag": _tag(held),
        "digest": digest,
        "movement": held.movement,
        "partner": held.partner,
        "handling": held.exchange.handling,
        "purpose": held.exchange.purpose,
        "delete_after": held.delete_after.isoformat(),
        "received_at": held.stored_at.isoformat(),
        "expected_arrival": arrival.isoformat() if arrival else None,
        "limit_date": view.limit_date.isoformat() if view.limit_date else None,
        "channel": held.decision.channel if held.decision else "",
        "to_confirm": held.decision.to_confirm if held.decision else False,
        "offices": list(held.offices),
        "means": list(held.means),
        "equipment": list(held.equipment),
        "seals": list(held.seals),
        "keys": sorted(keys),
        "gross_mass_kg": str(view.gross_mass_kg),
        "packages": view.package_count,
        "consignments": [
            {
                "parties": [[one.role, one.name, one.country] for one in consignment.parties],
                "equipment": [[one.id, list(one.customs_seals)] for one in consignment.equipment],
                "items": [
                    [one.commodity_code, one.description, str(one.gross_mass_kg), one.package_count]
                    for one in consignment.items
                ],
            }
            for consignment in view.consignments
        ],
    }


def _digest(entries: Sequence[Sequence[Any]]) -> str:
    text = json.dumps(sorted(entries), separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _digest_of_trust(pems: Mapping[str, Sequence[str]]) -> str:
    text = json.dumps(pems, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
