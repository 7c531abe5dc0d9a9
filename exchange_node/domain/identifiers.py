"""The numbers customs work by, and how each is read from what a person or a message wrote.

Movement reference numbers, container numbers, party ids, vehicle plates. A value of these types
is well formed: only `parse` makes it, and `parse` lets nothing else out than our own error.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from exchange_node.domain.errors import MalformedIdentifierError

# ISO 6346:1995, annex A: letters from 10, leaving out the multiples of 11.
_ISO_6346 = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [*range(10), *(n for n in range(10, 39) if n % 11)],
        strict=True,
    )
)
_MRN = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9]")
_CONTAINER = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")
_PARTY = re.compile(r"customs\.[a-z]{2}|([a-z]{2})[a-z0-9]{6}\.\1")
_SCHEME = re.compile(r"[a-z][a-z0-9-]{1,19}")

# Cyrillic capitals that a plate shares with Latin ones (Vienna Convention on Road Traffic 1968,
# annex 3: international plates use Latin letters): the same plate typed on either keyboard.
_LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI")
_ASCII_SIGNS = dict.fromkeys(code for code in range(128) if not chr(code).isalnum())


def check_digit(stem: str) -> str:
    """Return the check digit of an MRN's first 17, a GRN's 16 or a container's 10 characters.

    Source: ISO 6346:1995 annex A; for MRN and GRN European Commission, DG XXI/0879/99 rev. 1:
    position i (from 0) weighs 2**i, modulo 11; a remainder of 10 is written 0.
    """
    return str(sum(_ISO_6346[char] << i for i, char in enumerate(stem)) % 11 % 10)


@dataclass(frozen=True, slots=True)
class Mrn:
    """Movement Reference Number: year, issuing country, 13 characters, check digit."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Mrn:
        """Read an MRN as a person or a message wrote it; blanks are dropped.

        Raises:
            MalformedIdentifierError: the length, a character or the check digit is wrong.
        """
        value = "".join(text.split()).upper()
        if not _MRN.fullmatch(value):
            raise MalformedIdentifierError(
                kind="MRN", value=text, why="want 2 digits, 2 letters, 13 characters, 1 digit"
            )
        want = check_digit(value[:17])
        if want != value[17]:
            raise MalformedIdentifierError(
                kind="MRN", value=text, why=f"the check digit is {value[17]}, want {want}"
            )
        return cls(value)

    @property
    def country(self) -> str:
        """The issuing country, ISO 3166 alpha-2."""
        return self.value[2:4]


@dataclass(frozen=True, slots=True)
class ContainerNumber:
    """A container's number (ISO 6346): owner, category, six digits, check digit."""

    value: str

    @classmethod
    def parse(cls, text: str) -> ContainerNumber:
        """Read a container number; blanks, hyphens and slashes are dropped.

        Raises:
            MalformedIdentifierError: the shape or the check digit is wrong.
        """
        value = re.sub(r"[\s/\-]", "", text).upper()
        if not _CONTAINER.fullmatch(value):
            raise MalformedIdentifierError(
                kind="container", value=text, why="want 3 letters, U J or Z, 7 digits (ISO 6346)"
            )
        want = check_digit(value[:10])
        if want != value[10]:
            raise MalformedIdentifierError(
                kind="container", value=text, why=f"the check digit is {value[10]}, want {want}"
            )
        return cls(value)


@dataclass(frozen=True, slots=True)
class PartyId:
    """A node: an administration's (`customs.kz`), or that of one of its offices (`kz551002.kz`).

    An office's is its code in small letters, which begins with the country's, and the country.
    """

    value: str

    @classmethod
    def parse(cls, text: str) -> PartyId:
        """Read a party id.

        Raises:
            MalformedIdentifierError: it is neither.
        """
        if not _PARTY.fullmatch(text):
            raise MalformedIdentifierError(
                kind="party",
                value=text,
                why="want customs. and a lower-case country code, or an office's code and it",
            )
        return cls(text)

    @classmethod
    def of_country(cls, country: str) -> PartyId:
        """Return the party id of a country's administration."""
        return cls.parse(f"customs.{country.lower()}")

    @classmethod
    def of_node(cls, country: str, office: str = "") -> PartyId:
        """Return the party id of an administration's node, or of that of one of its offices.

        Raises:
            MalformedIdentifierError: the code is none of an office of that country.
        """
        if not office:
            return cls.of_country(country)
        if office[:2].upper() != country.upper():
            raise MalformedIdentifierError(
                kind="office", value=office, why=f"it is no office of {country.upper()}"
            )
        return cls.parse(f"{office.lower()}.{country.lower()}")

    @property
    def country(self) -> str:
        """ISO 3166 alpha-2 code, upper case; XI and the other codes NCTS uses are accepted."""
        return self.value[-2:].upper()

    @property
    def office(self) -> str:
        """Code of the office whose own node this is; empty for an administration's."""
        return "" if self.value.startswith("customs.") else self.value[:-3].upper()

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementId:
    """What names a movement: country, scheme and value (`KZ/mrn/26KZ…`).

    `mrn` is one scheme; national transit numbers, an..70, are others (`national`).
    """

    country: str
    scheme: str
    value: str

    @classmethod
    def of_number(cls, country: str, number: str) -> MovementId:
        """Name a movement by its official number: scheme `mrn` where it is one, else `national`.

        Raises:
            MalformedIdentifierError: the number is empty or longer than 70 characters.
        """
        value = " ".join(number.split())
        if not 1 <= len(value) <= 70:  # WCO D014 is an..70
            raise MalformedIdentifierError(
                kind="movement", value=number, why="want 1 to 70 characters"
            )
        try:
            mrn = Mrn.parse(value)
        except MalformedIdentifierError:
            return cls(country=country.upper(), scheme="national", value=value)
        return cls(country=mrn.country, scheme="mrn", value=mrn.value)

    @classmethod
    def parse(cls, text: str) -> MovementId:
        """Read what `str()` wrote.

        Raises:
            MalformedIdentifierError: it is not country/scheme/value.
        """
        country, _, rest = text.partition("/")
        scheme, _, value = rest.partition("/")
        if len(country) != 2 or not _SCHEME.fullmatch(scheme) or not value:
            raise MalformedIdentifierError(
                kind="movement", value=text, why="want country/scheme/value"
            )
        return cls(country=country, scheme=scheme, value=value)

    def __str__(self) -> str:
        return f"{self.country}/{self.scheme}/{self.value}"


def folded(text: str) -> str:
    """Return a plate, a container, a seal or a document number as it is compared.

    Compatibility forms are resolved, letters raised, Cyrillic look-alikes made Latin, and all but
    letters and digits dropped: what an officer types and what a message carries then meet.
    """
    if text.isascii():  # nearly all are, and matching folds every one
        plain = text.upper()
        return plain if plain.isalnum() else plain.translate(_ASCII_SIGNS)
    raised = unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKES)
    return "".join(char for char in raised if char.isalnum())
