"""Agreement → parts, lines and values in the reader's language, as its keys are declared.

What is agreed is shown, and so is what holds where the text is silent (`forbidden`, `no`); a part
that the text does not have is not shown. The agreement's own words are nobody's to translate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.keys import Declared, Kind, Word, keys_of
from exchange_node.policy.showing.phrases import Phrase
from exchange_node.policy.text.writing import Say

NOTHING = (None, "", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A key as it is said, and its values."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What stands under one heading."""

    title: str
    lines: tuple[Line, ...] = ()
    parts: tuple[Part, ...] = ()


def outline(agreement: Agreement, say: Say) -> Part:
    """Return an agreement as it is shown."""
    notes = [say(Phrase.SAMPLE)] if agreement.test else []
    whole = _part(agreement, agreement.title, say)
    return Part(
        title=whole.title,
        lines=(
            *(Line(label="", values=(one,)) for one in (*notes, say(Phrase.DENIED))),
            *whole.lines,
            Line(label=say(Phrase.DIGEST), values=(agreement.digest,)),
        ),
        parts=whole.parts,
    )


def shown(value: object, say: Say) -> str:
    """Return one value as a person reads it."""
    match value:
        case Word():
            return say(value.said)
        case bool():
            return say(Phrase.YES if value else Phrase.NO)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def name_of(entry: object, say: Say) -> str:
    """Return what an entry of a list of tables is called: the first that it says."""
    return shown(keys_of(type(entry))[0].of(entry), say)


def _part(value: object, title: str, say: Say, *, skip: int = 0) -> Part:
    keys = [one for one in keys_of(type(value))[skip:] if one.of(value) not in NOTHING]
    return Part(
        title=title,
        lines=tuple(_line(one, one.of(value), say) for one in keys if not one.kind.is_nested),
        parts=tuple(_below(one, one.of(value), say) for one in keys if one.kind.is_nested),
    )


def _line(one: Declared, found: object, say: Say) -> Line:
    entries = found if isinstance(found, tuple) else (found,)
    values = tuple(shown(entry, say) for entry in entries)
    if one.kind is Kind.TEXTS and all("/" in entry for entry in values):
        values = tuple(_by_class(values))
    return Line(label=say(one.key.meaning), values=values)


def _below(one: Declared, found: object, say: Say) -> Part:
    title = say(one.key.meaning)
    if not isinstance(found, tuple):
        return _part(found, title, say)
    return Part(
        title=title,
        parts=tuple(_part(entry, name_of(entry, say), say, skip=1) for entry in found),
    )


def _by_class(paths: Iterable[str]) -> Iterator[str]:
    """Yield the fields of each class in one line: `Declaration/Carrier: ID, Name`."""
    classes: dict[str, list[str]] = {}
    for path in paths:
        above, _, name = path.rpartition("/")
        classes.setdefault(above, []).append(name)
    for above, names in classes.items():
        yield f"{above}: {', '.join(names)}"
