"""What many alerts are found by, in memory: the keys of a manifest → the subjects that may fit.

What is found is a candidate, as `keys` has it; who finds it looks again whether the alert is in
force, and `matching` decides. So a list may hold more than there is, never less.

A name shares a key with hundreds of those that are watched for, and fits hardly any. So the names
that share one are compared here, once for each name that a manifest brings, and remembered.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping

from exchange_node.domain.alert import MAX_SUBJECTS
from exchange_node.risk.keys import KeyKind
from exchange_node.risk.names.keys import fits, name_keys
from exchange_node.risk.names.reading import MOST_LETTERS
from exchange_node.risk.names.sifting import Form, Sieve, form_of

ANY = "*"
"""The kind and value of the key of what must be tried against everything."""

MEMORY = 32_768
"""Names of manifests of which it is remembered which watched names fit them."""

Candidates = Mapping[int, set[int]]
"""The numbers of alerts, and of each the subjects, counted from 1."""

_STEP = 1 << MAX_SUBJECTS.bit_length()


class Watching:
    """Alerts by key. Adding and dropping is for one thread at a time; looking up for any."""

    def __init__(self) -> None:
        self._by_kind: dict[str, dict[str, list[int]]] = {}
        self._own: dict[int, list[tuple[str, str]]] = {}
        self._names: list[str] = []
        self._forms: list[Form] = []
        self._known: dict[str, int] = {}
        self._by_sound: dict[str, list[int]] = {}
        self._fitting: OrderedDict[str, tuple[int, tuple[str, ...]]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many alerts are watched for."""
        return len(self._own)

    def __contains__(self, number: int) -> bool:
        """Whether an alert is watched for."""
        return number in self._own

    def add(self, number: int, keys: Iterable[tuple[str, str, int]]) -> None:
        """Watch for an alert by its keys: kind, value and subject."""
        own = self._own.setdefault(number, [])
        listed = list(keys)
        named = {subject: value for kind, value, subject in listed if kind == KeyKind.NAME}
        for kind, value, subject in listed:
            name = named.get(subject, "")
            if kind == KeyKind.SOUND and 0 < len(name) <= MOST_LETTERS:
                self._sounds_of(name, value)
                continue
            self._by_kind.setdefault(kind, {}).setdefault(value, []).append(
                number * _STEP + subject
            )
            own.append((kind, value))

    def drop(self, number: int) -> None:
        """Watch for an alert no more."""
        for kind, value in self._own.pop(number, ()):
            held = self._by_kind[kind]
            left = [one for one in held.get(value, ()) if one // _STEP != number]
            if left:
                held[value] = left
            else:
                held.pop(value, None)

    def candidates(self, keys: Iterable[tuple[str, str]]) -> Candidates:
        """Return the subjects that have any of the keys, and those that have none at all."""
        found: dict[int, set[int]] = {}
        by_kind = self._by_kind
        names = by_kind.get(KeyKind.NAME, {})
        entries = list(by_kind.get(ANY, {}).get(ANY, ()))
        for kind, value in keys:
            values = by_kind.get(kind)
            if values is not None and value in values:
                entries += values[value]
            if kind == KeyKind.NAME and self._by_sound:
                for name in self._near(value):
                    entries += names.get(name, ())
        for entry in entries:
            number, subject = divmod(entry, _STEP)
            found.setdefault(number, set()).add(subject)
        return found

    def _sounds_of(self, name: str, sound: str) -> None:
        """Have a name found by a sound; the name itself is a key of its own."""
        at = self._known.get(name)
        if at is None:
            at = self._known[name] = len(self._names)
            self._names.append(name)
            self._forms.append(form_of(name))
        heard = self._by_sound.setdefault(sound, [])
        if at not in heard[-1:]:
            heard.append(at)

    def _near(self, name: str) -> tuple[str, ...]:
        """Return the watched names that fit a name; those that were added since are compared."""
        count = len(self._names)
        if len(name) > MOST_LETTERS:  # what is cut off is another part of it before it is folded
            return tuple(self._names)
        seen, fitting = self._fitting.get(name, (0, ()))
        if seen < count:
            sharing = {
                at
                for sound in name_keys(name)
                for at in self._by_sound.get(sound, ())
                if at >= seen
            }
            sieve = Sieve(name)
            more = (at for at in sorted(sharing) if sieve.passes(self._forms[at]))
            near = (self._names[at] for at in more)
            fitting += tuple(one for one in near if fits(name, one))
            self._fitting[name] = (count, fitting)
            if len(self._fitting) > MEMORY:
                self._fitting.popitem(last=False)
        return fitting
