"""A field of a dataclass, declared once → a key of the text: name, kind, bounds, meaning.

What an agreement can say is a tree of frozen dataclasses; the metadata of each field says what its
type cannot. Reading, writing, the JSON Schema, the page of documentation, rendering and comparing
walk this tree, and nothing else describes a key. A field without `key(…)` is none of the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from enum import Enum, StrEnum, auto
from functools import lru_cache
from types import MappingProxyType, NoneType
from typing import Any, Self, get_args, get_origin, get_type_hints

MAX_CHARACTERS = 1_000
"""Characters of one text (our choice): a clause with its reason."""

MAX_ENTRIES = 100
"""Entries of one list (our choice), where its key says no other number."""

MAX_MONTHS = 1_200
MAX_DAYS = 36_500
MAX_HOURS = 8_760
MAX_MINUTES = 525_600
MAX_SECONDS = 86_400

_KEY = "key"


class Word(StrEnum):
    """A coded value with the words that a person reads for it (a gettext message id)."""

    said: str
    _value_: str

    def __new__(cls, value: str, said: str = "") -> Self:
        """Make a value that carries its words."""
        one = str.__new__(cls, value)
        one._value_ = value
        one.said = said
        return one


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a text must look like: a regular expression for the whole of it, and an example."""

    pattern: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is declared of a key beside its type.

    Attributes:
        meaning: what it says, as a phrase that also stands before its value (a message id).
        name: its name in the text, where a word of Python's is in the way.
        shape, known: what a text, or each of a list, must look like or be one of.
        low, high: bounds of a number, both included.
        least, most: how many entries a list has.
        unit: of a number that is a time: years, months, days, hours, minutes, seconds.
        is_required: whether the text must have it; told by the field's default if not said.
        acts: whether this program does something because of it today.
        limits: whether more would move, or less safely, than was agreed if nobody enforced it.
        limiting: the values that limit, where not every one but the default does.
    """

    meaning: str
    name: str = ""
    shape: Shape | None = None
    known: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    least: int = 0
    most: int = MAX_ENTRIES
    unit: str = ""
    is_required: bool | None = None
    acts: bool = False
    limits: bool = False
    limiting: tuple[str, ...] = ()


def key(meaning: str, **declared: Any) -> Mapping[str, Any]:  # noqa: ANN401 - as Key has them
    """Return the metadata that makes a field a key of the text; `declared` as `Key` has it."""
    return MappingProxyType({_KEY: Key(meaning=meaning, **declared)})


class Kind(Enum):
    """What stands under a key."""

    TEXT = auto()
    CHOICE = auto()
    WHOLE = auto()
    TRUTH = auto()
    DAY = auto()
    TEXTS = auto()
    CHOICES = auto()
    TABLE = auto()
    TABLES = auto()

    @property
    def is_nested(self) -> bool:
        """Whether it is written under a heading of its own."""
        return self in {Kind.TABLE, Kind.TABLES}

    @property
    def is_list(self) -> bool:
        """Whether it has entries."""
        return self in {Kind.TEXTS, Kind.CHOICES, Kind.TABLES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A key of a table: the attribute that holds it, its name in the text, what stands under it.

    Attributes:
        of: the words it is chosen from, or the dataclass of its table.
        default: what holds where the text leaves it out.
    """

    attribute: str
    name: str
    kind: Kind
    key: Key
    is_required: bool
    default: Any
    words: type[Word] | None = None
    table: type | None = None

    def of(self, value: object) -> Any:  # noqa: ANN401 - the value of that attribute
        """Return what an object of its table has under this key."""
        return getattr(value, self.attribute)

    def is_idle_limit(self, found: object) -> bool:
        """Whether a value under this key limits what may move, and no gate sees to it."""
        if self.key.acts:
            return False
        if self.key.limiting:
            said = found if isinstance(found, tuple) else (found,)
            return any(one in self.key.limiting for one in said)
        return self.key.limits and found != self.default


def keys_of(table: type) -> tuple[Declared, ...]:
    """Return the keys of a table in the order in which they are declared."""
    return _keys_of(table)


# A class never changes what it declares.
@lru_cache(maxsize=256)
def _keys_of(table: type) -> tuple[Declared, ...]:
    hints = get_type_hints(table)
    return tuple(_declared(one, hints[one.name]) for one in fields(table) if _KEY in one.metadata)


def walk(table: type, place: str = "") -> Iterator[tuple[str, Declared]]:
    """Yield every key below a table with its place (`grants[].retention.max_days`)."""
    for one in keys_of(table):
        at = f"{place}.{one.name}" if place else one.name
        yield at, one
        if one.table is not None:
            yield from walk(one.table, f"{at}[]" if one.kind is Kind.TABLES else at)


def _declared(one: Field[Any], hint: Any) -> Declared:  # noqa: ANN401 - a type hint is any object
    declared: Key = one.metadata[_KEY]
    kind, inner = _kind_of(hint)
    default = one.default if one.default_factory is MISSING else one.default_factory()
    has_default = default is not MISSING
    return Declared(
        attribute=one.name,
        name=declared.name or one.name,
        kind=kind,
        key=declared,
        is_required=not has_default if declared.is_required is None else declared.is_required,
        default=default if has_default else None,
        words=inner if kind in {Kind.CHOICE, Kind.CHOICES} else None,
        table=inner if kind.is_nested else None,
    )


_PLAIN = MappingProxyType(
    {str: Kind.TEXT, bool: Kind.TRUTH, int: Kind.WHOLE, date: Kind.DAY}
)  # fmt: skip


def _kind_of(hint: Any) -> tuple[Kind, Any]:  # noqa: ANN401 - a type hint is any object
    if get_origin(hint) is tuple:
        kind, inner = _kind_of(get_args(hint)[0])
        lists = {Kind.TEXT: Kind.TEXTS, Kind.CHOICE: Kind.CHOICES, Kind.TABLE: Kind.TABLES}
        return lists[kind], inner
    if inner := [one for one in get_args(hint) if one is not NoneType]:
        return _kind_of(inner[0])
    if is_dataclass(hint):
        return Kind.TABLE, hint
    if issubclass(hint, Word):
        return Kind.CHOICE, hint
    return _PLAIN[hint], None
