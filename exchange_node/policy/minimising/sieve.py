"""Document + grant + key → the document that may leave · what was withheld, what was masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, NamedTuple

from exchange_node.domain.agreement import Grant, Mask, MaskMethod
from exchange_node.policy.minimising.masking import masked
from exchange_node.policy.minimising.rulings import Rulings, Why, is_companion, rulings_of
from exchange_node.wco.sifting import plain, sifted

if TYPE_CHECKING:
    from exchange_node.wco.document import Document, Leaf

Masking = Callable[[Mask, str], str | None]
"""What a mask makes of a value; None where it has no answer to it."""

_NATIONAL = "ext:NationalField/"
_TELLING = 4
"""Characters from which on a value found inside a longer text is that value (our choice)."""


class Withheld(NamedTuple):
    """A field that did not leave: its path, where it stood, whether it is personal data, and why.

    The value is not kept: this goes into reports and the audit, and the field was withheld.
    """

    path: str
    pointer: str
    personal: bool
    why: Why = Why.NOT_ALLOWED


class Masked(NamedTuple):
    """A field that left saying less: its path, where it stands, how; neither value is kept."""

    path: str
    pointer: str
    personal: bool
    method: MaskMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimised:
    """What a grant lets out of a document; what stayed behind and what says less, path by path."""

    document: Document
    withheld: tuple[Withheld, ...]
    masked: tuple[Masked, ...]


@dataclass(slots=True)
class _Sieve:
    """What becomes of the fields, as they are come by."""

    gone: list[str] = field(default_factory=list)
    changed: dict[str, Sequence[str | None]] = field(default_factory=dict)
    withheld: list[Withheld] = field(default_factory=list)
    masked: list[Masked] = field(default_factory=list)


def minimise(document: Document, grant: Grant, mask_key: bytes | None = None) -> Minimised:
    """Return the document without what the grant does not let out, and masked where it says so.

    No leaf of the result lies outside the grant's allow list, and nothing stands in it but leaves.
    A value that its mask has no answer to is withheld. What the grant requires is not looked
    at here: `permit_content` does, and the walk validates the result once more, since a grant that
    withholds an obligatory element is a fault of the agreement.

    Args:
        mask_key: of the agreement, for hashes; without it a fixed text stands for each hash, as a
            preview shows it.
    """
    return sift(document, grant, lambda mask, value: masked(mask, value, mask_key))


def sift(document: Document, grant: Grant, masking: Masking) -> Minimised:
    """Return what is left of a document under a grant, masked as `masking` does it.

    Args:
        masking: says what stands in place of a value under a mask; None where it stays behind.
    """
    rulings = rulings_of(grant)
    whole = plain(document)
    fields = whole.by_path()
    sieve = _Sieve()
    passing = rulings.passing
    for path in [one for one in fields if one not in passing]:
        leaves = fields[path]
        if is_companion(path):
            _sift_companions(path, leaves, rulings, sieve)
            continue
        ruling = rulings.on(path)
        if ruling.stays is not None:
            sieve.gone.append(path)
            personal, why = ruling.is_personal, ruling.stays
            sieve.withheld += [Withheld(path, one.pointer, personal, why) for one in leaves]
        elif ruling.mask is not None:
            _mask(path, leaves, ruling.mask, ruling.is_personal, masking, sieve)
    if grant.masks:
        _sift_national(fields, rulings, sieve)
    if not sieve.gone and not sieve.changed:
        return Minimised(document=whole, withheld=(), masked=())
    return Minimised(
        document=sifted(whole, sieve.gone, sieve.changed),
        withheld=tuple(sieve.withheld),
        masked=tuple(sieve.masked),
    )


def _elements(leaves: Sequence[Leaf]) -> list[str]:
    """Return of each companion the element that it says more about; empty where it names none."""
    try:  # nearly all name one, and there are as many of them as of the fields themselves
        return list(map(itemgetter("element"), map(attrgetter("attributes"), leaves)))
    except KeyError:
        return [one.attributes.get("element", "") for one in leaves]


def _sift_companions(path: str, leaves: Sequence[Leaf], rulings: Rulings, sieve: _Sieve) -> None:
    """Take out what says more about fields that stay behind or leave masked."""
    named = _elements(leaves)
    each = {one: rulings.on_companion(path, one) for one in set(named)}
    if not any(one.stays for one in each.values()):
        return
    values: list[str | None] = []
    for leaf, name in zip(leaves, named, strict=True):
        ruling = each[name]
        values.append(None if ruling.stays else leaf.value)
        if ruling.stays:
            sieve.withheld.append(Withheld(path, leaf.pointer, ruling.is_personal, ruling.stays))
    sieve.changed[path] = values


def _mask(
    path: str,
    leaves: Sequence[Leaf],
    mask: Mask,
    personal: bool,  # noqa: FBT001 - as the ruling has it
    masking: Masking,
    sieve: _Sieve,
) -> None:
    known: dict[str, str | None] = {}
    values: list[str | None] = []
    for leaf in leaves:
        value = leaf.value
        if value not in known:
            known[value] = masking(mask, value)
        said = known[value]
        values.append(said)
        if said is None:
            sieve.withheld.append(Withheld(path, leaf.pointer, personal, Why.UNMASKABLE))
        elif said != value:
            sieve.masked.append(Masked(path, leaf.pointer, personal, mask.method))
    if any(said != value for value, said in known.items()):
        sieve.changed[path] = values


def _sift_national(fields: Mapping[str, Sequence[Leaf]], rulings: Rulings, sieve: _Sieve) -> None:
    """Take out national fields that repeat what was masked or dropped: they are its source."""
    staying = [path for path in fields if _NATIONAL in path and path not in set(sieve.gone)]
    if not staying:
        return
    secret = set(_secrets(fields, rulings, sieve)) - {""}
    telling = {
        leaf.pointer.rpartition("/")[0]
        for path in staying
        for leaf in fields[path]
        if _repeats(leaf.value.strip().casefold(), secret)
    }
    for path in staying if telling else ():
        values = list(sieve.changed.get(path, [leaf.value for leaf in fields[path]]))
        for place, leaf in enumerate(fields[path]):
            if leaf.pointer.rpartition("/")[0] in telling and values[place] is not None:
                values[place] = None
                personal = rulings.on_leaf(leaf).is_personal
                sieve.withheld.append(Withheld(path, leaf.pointer, personal, Why.GIVES_AWAY))
        sieve.changed[path] = values


def _secrets(
    fields: Mapping[str, Sequence[Leaf]], rulings: Rulings, sieve: _Sieve
) -> Iterable[str]:
    """Yield what masks took away, as far as it says anything."""
    for path in sieve.gone:
        if rulings.on(path).stays is Why.DROPPED:
            yield from (leaf.value.strip().casefold() for leaf in fields[path])
    for path, values in sieve.changed.items():
        for leaf, value in zip(fields[path], values, strict=True):
            if value != leaf.value:
                yield leaf.value.strip().casefold()


def _repeats(text: str, secret: set[str]) -> bool:
    return text in secret or any(one in text for one in secret if len(one) >= _TELLING)
