"""What a post recorded while its line was down, as its node takes it in and keeps it meanwhile."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from exchange_node.store.payloads import Vault

SUBJECT = "post-record"
"""What lines of the audit call such a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """One record of a post; times are by its clock."""

    record_id: str
    sequence: int
    kind: str
    movement: str
    operator: str
    reason: str
    occurred_at: datetime
    direction: str = ""
    means: str = ""
    equipment: str = ""
    seals: tuple[tuple[str, str], ...] = ()
    packages: int | None = None
    remark: str = ""
    asked: str = ""

    @property
    def office(self) -> str:
        """The office at which it was recorded, as its id says."""
        return self.record_id.rpartition("-")[0]


def locked(one: Offline, happened: datetime, vault: Vault) -> bytes:
    """Return a record encrypted, with the moment at which it happened by the clock of the node."""
    plain: dict[str, Any] = asdict(one) | {
        "occurred_at": one.occurred_at.isoformat(),
        "happened": happened.isoformat(),
    }
    return vault.lock(json.dumps(plain).encode(), _context(one.record_id))


def unlocked(octets: bytes, record_id: str, vault: Vault) -> tuple[Offline, datetime]:
    """Return what `locked` was given.

    Raises:
        AlteredRecordError: the key does not fit, or it was altered.
    """
    plain: dict[str, Any] = json.loads(vault.unlock(octets, _context(record_id)))
    happened = datetime.fromisoformat(plain.pop("happened"))
    plain["occurred_at"] = datetime.fromisoformat(plain["occurred_at"])
    plain["seals"] = tuple((number, condition) for number, condition in plain["seals"])
    return Offline(**plain), happened


def _context(record_id: str) -> str:
    return f"post record {record_id}"
