"""Two agreements → what differs between them, by meaning: part by part, field by field.

Entries of a list of tables are matched by the first that they say: a grant by its id, a party by
its country. A path that a subtree of the other text covers is no difference of what may leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.keys import Declared, Kind, keys_of
from exchange_node.policy.paths import SUBTREE, Coverage
from exchange_node.policy.showing.outline import NOTHING, name_of, shown
from exchange_node.policy.showing.phrases import Phrase
from exchange_node.policy.text.writing import Say

_ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is said otherwise.

    Attributes:
        place: from the outside in, in the reader's language.
        phrase: what has happened there.
        facts: what the phrase is filled with, beside its place.
    """

    place: tuple[str, ...]
    phrase: Phrase
    facts: Mapping[str, str]

    def said(self, say: Say) -> str:
        """Return it as a sentence in the reader's language."""
        return say(self.phrase).format_map({"place": " · ".join(self.place), **self.facts})


def differences(before: Agreement, after: Agreement, say: Say) -> tuple[Difference, ...]:
    """Return what a text says otherwise than another one did, in the order of its keys."""
    return tuple(_Comparison(say).table(before, after, ()))


@dataclass(frozen=True, slots=True)
class _Comparison:
    say: Say

    def table(self, before: object, after: object, place: tuple[str, ...]) -> Iterator[Difference]:
        for one in keys_of(type(after)):
            old, new = one.of(before), one.of(after)
            if old != new:
                yield from self._key(one, old, new, (*place, self.say(one.key.meaning)))

    def _key(
        self, one: Declared, old: object, new: object, place: tuple[str, ...]
    ) -> Iterator[Difference]:
        match one.kind:
            case Kind.TABLE:
                yield from self._optional(old, new, place)
            case Kind.TABLES:
                yield from self._entries(_tuple(old), _tuple(new), place)
            case Kind.TEXTS | Kind.CHOICES:
                yield from self._list(one, _tuple(old), _tuple(new), place)
            case _:
                yield self._value(old, new, place, is_time=bool(one.key.unit))

    def _optional(self, old: object, new: object, place: tuple[str, ...]) -> Iterator[Difference]:
        if old is None:
            yield _difference(place, Phrase.NEW)
            yield from self._all(new, place, is_new=True)
        elif new is None:
            yield _difference(place, Phrase.GONE)
            yield from self._all(old, place, is_new=False)
        else:
            yield from self.table(old, new, place)

    def _all(self, value: object, place: tuple[str, ...], *, is_new: bool) -> Iterator[Difference]:
        """Yield everything that a part says that came or went as a whole."""
        for one in keys_of(type(value)):
            found = one.of(value)
            if found in NOTHING:
                continue
            nothing: object = () if one.kind.is_list else None
            old, new = (nothing, found) if is_new else (found, nothing)
            at = (*place, self.say(one.key.meaning))
            if one.kind is Kind.TABLE:
                yield from self._all(found, at, is_new=is_new)
            else:
                yield from self._key(one, old, new, at)

    def _entries(
        self, old: Sequence[object], new: Sequence[object], place: tuple[str, ...]
    ) -> Iterator[Difference]:
        before, after = self._named(old), self._named(new)
        is_changed = False
        for name, entry in after.items():
            at = (*place, _counted(name))
            if name not in before:
                is_changed = True
                yield _difference(at, Phrase.NEW)
                yield from self._all(entry, at, is_new=True)
            elif before[name] != entry:
                is_changed = True
                yield from self.table(before[name], entry, at)
        for name, entry in before.items():
            if name not in after:
                is_changed = True
                yield _difference((*place, _counted(name)), Phrase.GONE)
                yield from self._all(entry, (*place, _counted(name)), is_new=False)
        if not is_changed:
            yield _difference(place, Phrase.ORDER)

    def _named(self, entries: Sequence[object]) -> dict[tuple[str, int], object]:
        """Return entries by their names, each with how often that name has come by then."""
        found: dict[tuple[str, int], object] = {}
        seen: Counter[str] = Counter()
        for entry in entries:
            name = name_of(entry, self.say)
            seen[name] += 1
            found[name, seen[name]] = entry
        return found

    def _list(
        self, one: Declared, old: Sequence[object], new: Sequence[object], place: tuple[str, ...]
    ) -> Iterator[Difference]:
        is_allow = one.name == _ALLOW
        came, went = _beyond(new, old, is_allow=is_allow), _beyond(old, new, is_allow=is_allow)
        for value in came:
            phrase = Phrase.NOW_ALLOWED if is_allow else Phrase.NOW
            yield _difference(place, phrase, value=shown(value, self.say))
        for value in went:
            phrase = Phrase.NO_LONGER_ALLOWED if is_allow else Phrase.NO_LONGER
            yield _difference(place, phrase, value=shown(value, self.say))
        if not came and not went:
            yield _difference(place, Phrase.ORDER)

    def _value(
        self, old: object, new: object, place: tuple[str, ...], *, is_time: bool
    ) -> Difference:
        before, after = shown(old, self.say), shown(new, self.say)
        if old in NOTHING:
            return _difference(place, Phrase.SET, after=after)
        if new in NOTHING:
            return _difference(place, Phrase.UNSET, before=before)
        return _difference(place, _way(old, new, is_time=is_time), before=before, after=after)


def _counted(named: tuple[str, int]) -> str:
    name, count = named
    return f"{name} ({count})" if count > 1 else name


def _way(old: object, new: object, *, is_time: bool) -> Phrase:
    match old, new:
        case date(), date():
            return Phrase.LATER if new > old else Phrase.EARLIER
        case bool(), _:
            return Phrase.CHANGED
        case int(), int():
            if is_time:
                return Phrase.LONGER if new > old else Phrase.SHORTER
            return Phrase.HIGHER if new > old else Phrase.LOWER
        case _:
            return Phrase.CHANGED


def _beyond(those: Sequence[object], these: Sequence[object], *, is_allow: bool) -> list[object]:
    """Return of some entries those that others do not have, or as paths do not cover."""
    known = set(these)
    found = [one for one in those if one not in known]
    if not is_allow:
        return found
    covered = Coverage.of([str(one) for one in these])
    return [one for one in found if not _is_covered(str(one), covered)]


def _is_covered(path: str, covered: Coverage) -> bool:
    """Whether a path, or all below it, may leave under other paths."""
    if not path.endswith(SUBTREE):
        return covered.covers(path)
    # A field of that name does not cover what lies below a class of that name.
    return replace(covered, leaves=frozenset()).covers(path.removesuffix(SUBTREE))


def _difference(place: tuple[str, ...], phrase: Phrase, **facts: str) -> Difference:
    return Difference(place=place, phrase=phrase, facts=MappingProxyType(facts))


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
