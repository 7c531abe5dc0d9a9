"""What every InterGov message has, both ways: contact, text, and reading with findings."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from exchange_node.domain.alert import Contact, Marking, PermittedAction, Urgency
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.message import CODES
from exchange_node.wco.building import Placed
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import iso_of, read_moment

TOP = "InterGov"
_TEXT = "InterGov/AdditionalInformation"
_MOST = 512
"""Characters of StatementDescription (WCO 225, an..512)."""
_LONGEST_REFERENCE = 35
"""Characters of FunctionalReferenceID (WCO D026, an..35)."""

NOT_READABLE = Rule(
    code="CAREC-R013",
    severity=Severity.ERROR,
    sentence="the {what} cannot be read: {name} at {pointer} is {value!r}",
    mend="Validate the document; the findings say what is missing or wrong.",
)
WRONG_KIND = Rule(
    code="CAREC-R014",
    severity=Severity.ERROR,
    sentence="this is a {value}, a document of the kind {wanted} was wanted",
    mend="Compare the message code with what the document carries.",
)
RULES = (NOT_READABLE, WRONG_KIND)

Block = Mapping[str, Sequence[str]]
"""The values of one repeated class, by the rest of their path."""

_Known = TypeVar("_Known")
_Enum = TypeVar("_Enum", Marking, PermittedAction, Urgency)
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(r"[0-9]{1,16}(\.[0-9]{1,6})?")


def head_of(code: str, number: str, party: str, at: datetime) -> Iterator[Placed]:
    """Place what every message of a code begins with, by its own number and who gives it."""
    yield Placed(f"{TOP}/FunctionCode", CODES[code].function)
    yield Placed(f"{TOP}/FunctionalReferenceID", number[-_LONGEST_REFERENCE:])
    yield Placed(f"{TOP}/ID", number)
    yield Placed(f"{TOP}/IssueDateTime", iso_of(at))
    yield Placed(f"{TOP}/TypeCode", CODES[code].type_code)
    yield Placed(f"{TOP}/Submitter/ID", party)


def contact_of(contact: Contact) -> Iterator[Placed]:
    """Place the office to turn to and its numbers."""
    yield Placed(f"{TOP}/ContactOffice/ID", contact.office)
    for n, (type_code, number) in enumerate(contact.communications, start=1):
        at = f"{TOP}/ContactOffice/Communication[{n}]"
        yield Placed(f"{at}/ID", number)
        yield Placed(f"{at}/TypeCode", type_code)


def statement_of(text: str) -> Iterator[Placed]:
    """Place a text: cut at a word where it is too long for WCO, and then in full beside it."""
    if len(text) <= _MOST:
        yield Placed(f"{_TEXT}[1]/StatementDescription", text)
        return
    cut = text[: _MOST - 1].rstrip()
    yield Placed(f"{_TEXT}[1]/StatementDescription", (cut.rpartition(" ")[0] or cut) + "…")
    yield Placed(f"{_TEXT}[1]/ext:FullText[1]", text, {"element": "StatementDescription"})


def one_of(block: Block, tail: str) -> str:
    """Return the first value of a block at the rest of a path."""
    return next(iter(block.get(tail, ())), "")


class Reader:
    """Reads one InterGov message and gathers what cannot be read; `finish` raises it."""

    def __init__(self, document: Document, what: str, kind: Kind) -> None:
        if document.kind is not kind:
            found = WRONG_KIND.found(pointer=TOP, value=document.kind, wanted=kind)
            raise InvalidDocumentError((found,))
        self._document = document
        self._what = what
        self._findings: list[Finding] = []

    def text(self, path: str) -> str:
        """Return the value at a path, "" if there is none."""
        return self._document.value(path)

    def texts(self, path: str) -> tuple[str, ...]:
        """Return all values at a path."""
        return tuple(leaf.value for leaf in self._document.at(path))

    def moment(self, path: str) -> datetime:
        """Return a moment that must be there."""
        return self.moment_in(self.text(path), path)

    def moment_or_none(self, path: str) -> datetime | None:
        """Return a moment that may be absent."""
        return self.moment(path) if self.text(path) else None

    def day_or_none(self, path: str) -> date | None:
        """Return a day (`2026-02-28`) that may be absent."""
        text = self.text(path)
        if not _DAY.fullmatch(text):
            if text:
                self._wrong(path)
            return None
        return self.moment(path).date()

    def code(self, path: str, first: _Enum) -> _Enum:
        """Return a code of the enumeration that `first` belongs to."""
        try:
            return type(first)(self.text(path))
        except ValueError:
            self._wrong(path)
            return first

    def named(self, path: str, known: Mapping[str, _Known]) -> _Known:
        """Return what a code stands for."""
        return self.coded(self.text(path), known, path)

    def coded(self, text: str, known: Mapping[str, _Known], path: str) -> _Known:
        """Return what a code of a block stands for."""
        if text not in known:
            self._wrong(path)
        return known.get(text, next(iter(known.values())))

    def counted(self, text: str, path: str) -> int:
        """Return a whole number of a block, of at most nine digits."""
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            self._wrong(path)
            return 0
        return int(text)

    def moment_in(self, text: str, path: str) -> datetime:
        """Return a moment of a block that must be there."""
        moment = read_moment(text)
        if moment is None:
            self._wrong(path)
        return moment or _NEVER

    def amount(self, text: str, path: str) -> Decimal:
        """Return a number with decimals of a block, of at most 16 digits (WCO n..16,6)."""
        if not _AMOUNT.fullmatch(text):
            self._wrong(path)
            return Decimal(0)
        return Decimal(text)

    def octets(self, path: str) -> bytes:
        """Return what stands there in base64."""
        try:
            return base64.b64decode("".join(self.text(path).split()), validate=True)
        except ValueError:
            self._wrong(path)
            return b""

    def whole(self, path: str, default: int | None = None) -> int:
        """Return a whole number of at most nine digits."""
        text = self.text(path)
        if not text and default is not None:
            return default
        return self.counted(text, path)

    def kilograms(self, path: str) -> Decimal | None:
        """Return a mass, which is never negative; None where there is none."""
        for leaf in self._document.at(path):
            try:
                mass = Decimal(leaf.value)
            except InvalidOperation:
                mass = Decimal("NaN")
            if mass.is_finite() and mass >= 0 and leaf.attributes.get("unitCode") == "KGM":
                return mass
            self._wrong(path)
        return None

    def flag(self, path: str) -> bool:
        """Return an indicator: 1 or 0."""
        if self.text(path) not in ("0", "1"):
            self._wrong(path)
        return self.text(path) == "1"

    def number(self, block: Block, path: str, tail: str) -> int | None:
        """Return a whole number of the class at a path that may be absent."""
        text = one_of(block, tail)
        return self.counted(text, f"{path}/{tail}") if text else None

    def blocks(self, path: str) -> tuple[Block, ...]:
        """Return the values of each class at a path."""
        depth = path.count("/") + 1
        found: dict[str, dict[str, list[str]]] = {}
        for leaf in self._document.leaves():
            if leaf.path.startswith(f"{path}/"):
                place = "/".join(leaf.pointer.split("/")[:depth])
                tail = leaf.path[len(path) + 1 :]
                found.setdefault(place, {}).setdefault(tail, []).append(leaf.value)
        return tuple(found.values())

    def contact(self) -> Contact:
        """Return the office to turn to."""
        return Contact(
            office=self.text(f"{TOP}/ContactOffice/ID"),
            communications=tuple(
                (one_of(block, "TypeCode"), one_of(block, "ID"))
                for block in self.blocks(f"{TOP}/ContactOffice/Communication")
            ),
        )

    def statement(self) -> str:
        """Return the text, in full where it had to be cut."""
        return "\n".join(
            one_of(block, "ext:FullText") or one_of(block, "StatementDescription")
            for block in self.blocks(_TEXT)
        )

    def finish(self) -> None:
        """Pass a message that could be read whole.

        Raises:
            InvalidDocumentError: something could not be read.
        """
        if self._findings:
            raise InvalidDocumentError(tuple(self._findings))

    def _wrong(self, path: str) -> None:
        name = path.rpartition("/")[2]
        found = NOT_READABLE.found(pointer=path, value=self.text(path), what=self._what, name=name)
        self._findings.append(found)
