"""TOML text → a table read key by key, strictly, as the declaration of its keys says.

The text may come from a partner, so size, depth and numbers are bounded before anything is
believed, and whatever is wrong leaves as InvalidAgreementError with the place.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from types import MappingProxyType
from typing import NoReturn, TypeVar

from exchange_node.domain.agreement.keys import MAX_CHARACTERS, Declared, Key, Kind, keys_of
from exchange_node.domain.errors import InvalidAgreementError

MAX_TEXT = 256 * 1024
"""Characters of an agreement text: some thousand paths with their comments (our choice)."""

MAX_LINE = 1_000
"""Characters of one line (our choice): the parser's time grows with the square of a dotted key."""

MAX_DEPTH = 8
"""Tables and lists within one another; an agreement has five (our choice)."""

LOST = "\N{REPLACEMENT CHARACTER}"
"""What a reader leaves where it could not decode: two texts could read alike because of it."""

_BARE = re.compile(r"[A-Za-z0-9_-]{1,60}")
_TOO_DEEP = "its tables are nested too deep"
_SHOWN = 60
_PLACE = re.compile(r"\[\d+\]")

_T = TypeVar("_T")


def parse(toml_text: str, which: str) -> dict[str, object]:
    """Return the plain values of a TOML text.

    Raises:
        InvalidAgreementError: the text is too long, too deep, or no TOML; or its characters are
            not what somebody has typed, or not composed.
    """
    if len(toml_text) > MAX_TEXT:
        raise InvalidAgreementError(
            which=which, place="text", why=f"it is longer than {MAX_TEXT} characters"
        )
    if LOST in toml_text:
        why = "it has the sign U+FFFD, which stands for a character that was lost: save it as UTF-8"
        raise InvalidAgreementError(which=which, place="text", why=why)
    if not unicodedata.is_normalized("NFC", toml_text):
        # The same words would have two digests, by the machine that they were typed on.
        why = "its characters are not composed (Unicode NFC): save it in that form"
        raise InvalidAgreementError(which=which, place="text", why=why)
    for number, line in enumerate(toml_text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise InvalidAgreementError(
                which=which, place=f"line {number}", why=f"it is longer than {MAX_LINE} characters"
            )
    try:
        values = tomllib.loads(toml_text)
    except RecursionError:
        raise InvalidAgreementError(which=which, place="text", why=_TOO_DEEP) from None
    except ValueError as err:
        # TOMLDecodeError says line and column; a plain ValueError is a number beyond all bounds.
        raise InvalidAgreementError(which=which, place="text", why=str(err)) from None
    if _depth_exceeds(values, MAX_DEPTH):
        raise InvalidAgreementError(which=which, place="text", why=_TOO_DEEP)
    return values


def _depth_exceeds(values: object, limit: int) -> bool:
    """Whether tables and lists stand deeper in one another than the limit; without recursion."""
    level: list[object] = [values]
    for _ in range(limit):
        level = [
            child
            for one in level
            for child in (
                one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
            )
        ]
    return any(isinstance(one, (dict, list)) for one in level)


def read_table(
    declared: type[_T], values: object, *, which: str, place: str = "", **others: object
) -> _T:
    """Return a table of the text as the dataclass that declares its keys.

    Args:
        place: where it stands (`grants[2]`), counted from 1; empty for the whole text.
        others: what the dataclass has beside its keys.

    Raises:
        InvalidAgreementError: a key is missing or not known, or its value cannot be.
    """
    if not isinstance(values, dict):
        refuse(which, place, "want a table")
    known = keys_of(declared)
    names = [one.name for one in known]
    for name in values:
        if name not in names:
            refuse(which, _at(place, quoted(name)), _unknown(name, names))
    read: dict[str, object] = dict(others)
    for one in known:
        at = _at(place, one.name)
        if one.name in values:
            read[one.attribute] = _READERS[one.kind](one, values[one.name], which, at)
        elif one.is_required:
            refuse(which, at, "it is missing")
    return declared(**read)


def refuse(which: str, place: str, why: str) -> NoReturn:
    """Refuse a text because of what stands at a place.

    Raises:
        InvalidAgreementError: always.
    """
    raise InvalidAgreementError(which=which, place=place, why=why)


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def quoted(name: str) -> str:
    """Return a name that nobody has declared as it may stand on a terminal."""
    return name if _BARE.fullmatch(name) else repr(name[:_SHOWN])


def _unknown(name: str, names: list[str]) -> str:
    near = get_close_matches(name[:_SHOWN], names, n=1)
    return "no such key is known" + (f"; the nearest is {near[0]}" if near else "")


# ---------------------------------------------------------------- what stands under a key


def _text(one: Declared, value: object, which: str, at: str) -> str:
    if not isinstance(value, str):
        refuse(which, at, "want a text")
    if not value or value != value.strip():
        refuse(which, at, "want a text that neither is empty nor begins or ends with a blank")
    if len(value) > MAX_CHARACTERS or not value.isprintable():
        refuse(which, at, f"want at most {MAX_CHARACTERS} printable characters")
    if LOST in value or not unicodedata.is_normalized("NFC", value):
        # By an escape: what is written out again would be a text that is refused.
        refuse(which, at, "want composed characters (Unicode NFC), and none that was lost (U+FFFD)")
    key = one.key
    if key.known and value not in key.known:
        refuse(which, at, f"want {'one of ' if key.known[1:] else ''}{', '.join(key.known)}")
    if key.shape is not None and not re.fullmatch(key.shape.pattern, value):
        refuse(
            which, at,
            f"{value[:_SHOWN]!r} is not of the form {key.shape.pattern}, as is {key.shape.example}",
        )  # fmt: skip
    return value


def _choice(one: Declared, value: object, which: str, at: str) -> str:
    words = one.words or ()
    if not isinstance(value, str) or value not in tuple(words):
        refuse(which, at, f"want one of {', '.join(words)}")
    return next(word for word in words if word == value)


def _whole(one: Declared, value: object, which: str, at: str) -> int:
    # TOML's true is Python's 1: a truth value is no number here.
    if not isinstance(value, int) or isinstance(value, bool):
        refuse(which, at, "want a whole number")
    if not one.key.low <= value <= one.key.high:
        refuse(which, at, f"want {one.key.low} to {one.key.high}")
    return value


def _truth(_one: Declared, value: object, which: str, at: str) -> bool:
    if not isinstance(value, bool):
        refuse(which, at, "want true or false")
    return value


def _day(_one: Declared, value: object, which: str, at: str) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        refuse(which, at, "want a date, as in 2026-01-31")
    return value


def _list_of(
    single: Callable[[Declared, object, str, str], str],
) -> Callable[[Declared, object, str, str], tuple[str, ...]]:
    def listed(one: Declared, value: object, which: str, at: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            refuse(which, at, "want a list of texts")
        _count(one.key, len(value), which, at)
        read: dict[str, None] = {}
        for number, entry in enumerate(value, start=1):
            said = single(one, entry, which, f"{at}[{number}]")
            if said in read:
                refuse(which, f"{at}[{number}]", f"{said} stands there twice")
            read[said] = None
        return tuple(read)

    return listed


def _table(one: Declared, value: object, which: str, at: str) -> object:
    return read_table(one.table or object, value, which=which, place=at)


def _tables(one: Declared, value: object, which: str, at: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        refuse(which, at, f"want tables, each under [[{_PLACE.sub('', at)}]]")
    _count(one.key, len(value), which, at)
    return tuple(
        _table(one, entry, which, f"{at}[{number}]") for number, entry in enumerate(value, start=1)
    )


def _count(key: Key, count: int, which: str, at: str) -> None:
    if key.least == key.most != count:
        refuse(which, at, f"want {key.least}")
    if count < key.least:
        refuse(which, at, f"want at least {key.least}")
    if count > key.most:
        refuse(which, at, f"want at most {key.most}")


_READERS: Mapping[Kind, Callable[[Declared, object, str, str], object]] = MappingProxyType(
    {
        Kind.TEXT: _text,
        Kind.CHOICE: _choice,
        Kind.WHOLE: _whole,
        Kind.TRUTH: _truth,
        Kind.DAY: _day,
        Kind.TEXTS: _list_of(_text),
        Kind.CHOICES: _list_of(_choice),
        Kind.TABLE: _table,
        Kind.TABLES: _tables,
    }
)
