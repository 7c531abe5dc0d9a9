"""A member's code list: checked → compared with what counts → written beside it → audited.

What is taken counts from the node's next start, or from its day if that is later: both editions
stand side by side, and the day that is asked about chooses.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.domain.finding import Finding, has_errors
from exchange_node.store import audit
from exchange_node.store.database import transaction
from exchange_node.wco.codelists import (
    COUNTRIES,
    OFFICES,
    Change,
    Code,
    CodeLists,
    Difference,
    Edition,
    Place,
    compare,
    decode,
    place_of,
    read_list,
    write_list,
)

__all__ = ["Change", "CodeListing", "Intake", "check_list", "compare_lists", "named_by"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A list that was handed in, before it is taken.

    Attributes:
        place: what it is of, and from which day on.
        findings: what is wrong with it; with an error it cannot be taken.
        changes: how it differs from the edition that would count on that day.
        text: the list as it will be written; empty where it cannot be read.
        former: digest of that edition; empty where there is none.
        is_same: whether it is that edition, letter for letter.
    """

    place: Place
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    text: str
    former: str
    is_same: bool

    @property
    def digest(self) -> str:
        """SHA-256 of the list as it will be written: its version."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeListing:
    """The code lists of a node: those that are shipped, and its own in `folder`."""

    folder: Path
    held: CodeLists
    clock: Callable[[], datetime]

    def rows(self) -> list[dict[str, str]]:
        """Return every edition: list, country, from when, whether it counts, lines, version."""
        today = self.clock().date()
        return [
            {
                "list": one.place.name,
                "country": one.place.country,
                "since": one.place.since.isoformat() if one.place.since else "",
                "state": self._state(one, today),
                "codes": str(len(one.codes)),
                "version": one.digest[:12],
                "kept": "node" if (self.folder / f"{one.place}.tsv").is_file() else "program",
            }
            for one in self.held.editions
        ]

    def _state(self, edition: Edition, today: date) -> str:
        place = edition.place
        if place.since is not None and place.since > today:
            return "next"
        return "counts" if self._counting(place, today) is edition else "past"

    def _counting(self, place: Place, on: date) -> Edition | None:
        return self.held.edition(place.name, on, place.country)

    def lines(self, name: str, *, country: str = "", on: date | None = None) -> tuple[Code, ...]:
        """Return the lines of a list that hold on a day, today unless it is named.

        With a country: those of its part; of the offices also those that stand in the list itself.

        Raises:
            InvalidSettingError: there is no such list.
        """
        self._known(name)
        day = on or self.clock().date()
        lines = self._lines(Place(name=name, country=country), day)
        return tuple(one for one in lines if one.is_valid(day))

    def _lines(self, place: Place, day: date) -> tuple[Code, ...]:
        """Return what a list, or a country's part of it, holds on a day."""
        part = self._counting(place, day)
        if part is not None and (part.codes or not place.country):
            parts = [part]
            if not place.country:
                parts += self._parts(place.name, day)
            return tuple(one for each in parts for one in each.lines)
        base = self.held.edition(place.name, day)
        if base is None or not place.country:
            return tuple(one for each in self._parts(place.name, day) for one in each.lines)
        of_country = place.name == OFFICES
        return tuple(one for one in base.lines if of_country and one.code.startswith(place.country))

    def _parts(self, name: str, day: date) -> list[Edition]:
        countries = {one.place.country for one in self.held.editions if one.place.name == name}
        found = (self.held.edition(name, day, one) for one in sorted(countries - {""}))
        return [one for one in found if one is not None]

    def intake(
        self, data: bytes, *, name: str, country: str = "", since: date | None = None
    ) -> Intake:
        """Check a list and compare it with the edition that would count; nothing is written.

        It counts from `since` on, from today unless a day is named.

        Raises:
            InvalidSettingError: there is no list of that name, or no such country.
        """
        self._known(name)
        today = self.clock().date()
        if country and not self.held.knows(COUNTRIES, country, today):
            raise InvalidSettingError(where=f"country {country}", why="ISO 3166 has no such code")
        place = Place(name=name, country=country, since=since or today)
        day = place.since or today
        codes, findings = _read(data, name, country)
        if has_errors(findings):
            return Intake(
                place=place, findings=findings, changes=(), text="", former="", is_same=False
            )
        former = self._counting(place, day)
        text = write_list(codes)
        return Intake(
            place=place,
            findings=findings,
            changes=compare(self._compared(place, day), codes),
            text=text,
            former=former.digest if former else "",
            is_same=former is not None and write_list(former.lines) == text,
        )

    def _compared(self, place: Place, day: date) -> tuple[Code, ...]:
        if place.country:
            return self._lines(place, day)
        former = self._counting(place, day)
        return former.lines if former else ()

    def take(self, intake: Intake, engine: Engine, *, actor: str) -> Path:
        """Write a list into the node's folder, whole or not at all; the audit names both versions.

        An edition of the same day is replaced.

        Raises:
            InvalidSettingError: it has errors, or cannot be written.
        """
        path = self.folder / f"{intake.place}.tsv"
        if has_errors(intake.findings):
            raise InvalidSettingError(where=path.name, why="the list has errors")
        counts = {
            kind.value: str(sum(one.kind is kind for one in intake.changes)) for kind in Difference
        }
        unfinished = path.with_name(f"{path.name}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(intake.text.encode())
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            # The line is written first and taken back if the file cannot take its place.
            with transaction(engine) as conn:
                audit.write(
                    conn,
                    audit.AuditRecord(
                        at=self.clock(),
                        actor=actor,
                        action="codelist.imported",
                        subject_kind="codelist",
                        subject_key=str(intake.place),
                        facts={"digest": intake.digest, "former": intake.former} | counts,
                    ),
                )
                unfinished.replace(path)
        except OSError as err:
            raise InvalidSettingError(where=path.name, why=err.strerror or str(err)) from None
        return path

    def _known(self, name: str) -> None:
        if name not in self.held.names:
            names = ", ".join(self.held.names)
            raise InvalidSettingError(where=f"code list {name}", why=f"the lists are {names}")


def check_list(data: bytes, *, name: str = "", country: str = "") -> tuple[Finding, ...]:
    """Return everything that is wrong with a list, by line; errors keep it from being taken."""
    return _read(data, name, country)[1]


def compare_lists(
    old: bytes, new: bytes
) -> tuple[tuple[Change, ...], dict[str, tuple[Finding, ...]]]:
    """Return how two lists differ, and what is wrong with `old` and `new`."""
    (before, of_old), (after, of_new) = _read(old), _read(new)
    return compare(before, after), {"old": of_old, "new": of_new}


def _read(
    data: bytes, name: str = "", country: str = ""
) -> tuple[tuple[Code, ...], tuple[Finding, ...]]:
    text, wrong = decode(data)
    if wrong:
        return (), wrong
    return read_list(text, name=name, country=country)


def named_by(stem: str) -> tuple[str, str]:
    """Return the list and the country that a file's name says, less its ending; "" for none."""
    try:
        place = place_of(stem)
    except InvalidSettingError:
        return "", ""
    return place.name, place.country
