"""One manifest in a statement for an office ⇄ what its node keeps, finds it by and shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from cryptography import x509

from exchange_node.domain.agreement import Handling
from exchange_node.domain.errors import (
    InvalidDocumentError,
    InvalidSettingError,
    MalformedIdentifierError,
)
from exchange_node.domain.identifiers import MovementId, folded
from exchange_node.risk.plates import plate_forms
from exchange_node.security.certificates import load_certificates
from exchange_node.store.records.held import Kind
from exchange_node.wco.alert_codec.intergov import NOT_READABLE

_NUMBERS_END = 2**62
"""Numbers of manifests end below this, whatever database gives them (our choice)."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_WHERE = "InterGov/ext:OfficeStatement/ext:StatementText"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the node of an administration says of one manifest.

    Attributes:
        number: the manifest's number there.
        movement: `str` of the MovementId.
        partner: who sent the manifest.
        digest: SHA-256 of its sealed document, lower-case hex.
        passed: whether it was seen at the office already, or has arrived.
        trust: seal certificates of who sent it; one that cannot be read speaks for nobody.
        plain: all that was said, for what only an officer reads.
    """

    number: int
    tag: str
    digest: str
    movement: str
    partner: str
    handling: Handling
    purpose: str
    delete_after: datetime
    received_at: datetime
    expected_arrival: datetime | None
    offices: tuple[str, ...]
    means: tuple[str, ...]
    equipment: tuple[str, ...]
    seals: tuple[str, ...]
    channel: str
    to_confirm: bool
    passed: bool
    trust: tuple[x509.Certificate, ...]
    plain: Mapping[str, Any]

    @property
    def mrn(self) -> str:
        """The official number where it is an MRN, else empty."""
        movement = MovementId.parse(self.movement)
        return movement.value if movement.scheme == "mrn" else ""

    @property
    def due_at(self) -> datetime:
        """When to expect it: one that does not tell is expected from the moment it came."""
        return self.expected_arrival or self.received_at


def read_entry(plain: object) -> Entry:
    """Return what is said of one manifest; what this program does not know stays in `plain`.

    Raises:
        InvalidDocumentError: it does not say what an office needs; the finding names the part.
    """
    said = _Said(plain if isinstance(plain, dict) else {})
    return Entry(
        number=said.number("number"),
        tag=said.text("tag"),
        digest=said.matching("digest", _DIGEST),
        movement=said.movement("movement"),
        partner=said.text("partner"),
        handling=said.handling("handling"),
        purpose=said.text("purpose"),
        delete_after=said.moment("delete_after"),
        received_at=said.moment("received_at"),
        expected_arrival=(
            None if said.plain.get("expected_arrival") is None else said.moment("expected_arrival")
        ),
        offices=said.texts("offices"),
        means=said.texts("means"),
        equipment=said.texts("equipment"),
        seals=said.texts("seals"),
        channel=said.text("channel", may_be_empty=True),
        to_confirm=said.plain.get("to_confirm") is True,
        passed=said.plain.get("passed") is True,
        trust=tuple(said.certificates("trust")),
        plain=said.plain,
    )


def read_gone(plain: object) -> tuple[int, str]:
    """Return number and movement of a manifest that is expected no longer.

    Raises:
        InvalidDocumentError: it does not say them.
    """
    said = _Said(plain if isinstance(plain, dict) else {})
    return said.number("number"), said.movement("movement")


def read_moment(plain: Mapping[str, Any], name: str) -> datetime:
    """Return a moment of a statement.

    Raises:
        InvalidDocumentError: it says none, or one without an offset.
    """
    return _Said(plain).moment(name)


def keys_of(entry: Entry) -> Iterator[tuple[Kind, str]]:
    """Yield what an entry is found by, as the manifest itself is at the administration's node."""
    yield from movement_keys(entry.movement)
    for one in entry.means:
        yield from ((Kind.MEANS, form) for form in plate_forms(one))
    for one in entry.equipment:
        yield Kind.EQUIPMENT, folded(one)
        # A trailer stands among the equipment where it is the sealed unit.
        yield from ((Kind.MEANS, form) for form in plate_forms(one))
    yield from ((Kind.SEAL, folded(one)) for one in entry.seals)
    yield from ((Kind.OFFICE, folded(one)) for one in entry.offices)


def movement_keys(movement: str) -> Iterator[tuple[Kind, str]]:
    """Yield what a movement may be called: its number, bare and after country and scheme."""
    yield Kind.MOVEMENT, folded(movement)
    yield Kind.MOVEMENT, folded(MovementId.parse(movement).value)


@dataclass(frozen=True, slots=True)
class _Said:
    """Parts of an entry, each as it has to be."""

    plain: Mapping[str, Any]

    def text(self, name: str, *, may_be_empty: bool = False) -> str:
        value = self.plain.get(name)
        if not isinstance(value, str) or not (value or may_be_empty):
            self._refuse(name)
        return str(value)

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self.text(name)
        if not pattern.fullmatch(value):
            self._refuse(name)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.plain.get(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self._refuse(name)
        return tuple(self.plain[name])

    def number(self, name: str) -> int:
        value = self.plain.get(name)
        if type(value) is not int or not 0 < value < _NUMBERS_END:
            self._refuse(name)
        return int(self.plain[name])

    def moment(self, name: str) -> datetime:
        try:
            value = datetime.fromisoformat(self.text(name))
        except ValueError:
            self._refuse(name)
        if value.tzinfo is None:
            self._refuse(name)
        return value

    def certificates(self, name: str) -> Iterator[x509.Certificate]:
        pems = self.plain.get(name)
        for pem in pems if isinstance(pems, list) else ():
            with suppress(InvalidSettingError):
                yield from load_certificates(str(pem).encode())

    def movement(self, name: str) -> str:
        try:
            return str(MovementId.parse(self.text(name)))
        except MalformedIdentifierError:
            self._refuse(name)

    def handling(self, name: str) -> Handling:
        try:
            return Handling(self.text(name))
        except ValueError:
            self._refuse(name)

    def _refuse(self, name: str) -> NoReturn:
        value = str(self.plain.get(name, ""))[:40]
        found = NOT_READABLE.found(pointer=_WHERE, what="statement", name=name, value=value)
        raise InvalidDocumentError((found,))
