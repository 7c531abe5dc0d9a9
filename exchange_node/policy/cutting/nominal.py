"""An alert, and what a grant lets out of it → what may leave, said to be a summary where it is one.

Field by field is not enough for an alert. A subject is an AND of its criteria: without a name it
means more people than its issuer did, and without any criterion everybody. And words say again what
a field was kept back for. So whoever may not have all of the nominal data gets

- no nominal criterion that is masked: half a name fits others;
- no text and no number of a document or an indicator that holds what was kept back;
- no subject with nothing left to say;
- where nothing nominal is left, a document that says so of itself, without any text but its summary
  and the words of its subjects' goods, and without supporting documents: a name has more spellings
  than a comparison knows. It may have no selective criterion, and is matched by those that it has.

Everything else is the grant's, as for any document (`minimising`).
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import Grant
from exchange_node.domain.alert import SELECTIVE
from exchange_node.policy.minimising.rulings import Why, rulings_of
from exchange_node.policy.minimising.sieve import Minimised, Withheld
from exchange_node.wco.alert_codec import marked, subjects_of
from exchange_node.wco.alert_codec.criteria import (
    CRITERION_OF,
    NAMING_PATHS,
    NOMINAL_PATHS,
    REPEATING,
    SEQUENCE,
    STANDING,
    SUMMARY_ONLY,
    TELLING_PATHS,
)
from exchange_node.wco.notation import Kind
from exchange_node.wco.rules.alerts import Words
from exchange_node.wco.sifting import sifted

if TYPE_CHECKING:
    from exchange_node.wco.document import Document, Leaf

_SHARED = frozenset(path for shared in REPEATING.values() for path in shared)


def is_summary(document: Document) -> bool:
    """Whether a document is an alert that says of itself that it is a summary only."""
    return document.kind is Kind.RISK_ALERT and document.value(SUMMARY_ONLY) == "1"


def cut(whole: Document, left: Minimised, grant: Grant) -> Minimised:
    """Return what may leave of an alert, given what minimising has left of it under a grant.

    Any other document, and an alert of which no criterion was kept back, is returned as it is.
    """
    if whole.kind is not Kind.RISK_ALERT:
        return left
    rulings = rulings_of(grant)
    masked = {path for path in NOMINAL_PATHS if left.document.at(path) and rulings.on(path).mask}
    lost = {one.path for one in left.withheld if one.path in CRITERION_OF} | masked
    if not lost:
        return left
    secrets = [leaf.value for path in TELLING_PATHS & lost for leaf in whole.at(path)]
    names = [one for path in NAMING_PATHS - masked for one in left.document.at(path)]
    is_summary = not names and (bool(secrets) or _lacks_selective(left.document))
    going = {one.pointer: Why.UNMASKABLE for path in masked for one in left.document.at(path)}
    known = STANDING if is_summary else STANDING | NOMINAL_PATHS | REPEATING.keys() | _SHARED
    going = _rest(left.document, known) | going
    going |= _telling(left.document, secrets)
    going |= _hollow(left.document, going, is_summary=is_summary)
    document = _without(left.document, going)
    withheld = (
        Withheld(one.path, one.pointer, rulings.on_leaf(one).is_personal, going[one.pointer])
        for one in left.document.leaves()
        if one.pointer in going and one.path != SEQUENCE
    )
    return replace(
        left,
        document=marked(document) if is_summary else document,
        withheld=(*left.withheld, *withheld),
        masked=tuple(one for one in left.masked if one.path not in masked),
    )


def _rest(document: Document, known: Container[str]) -> dict[str, Why]:
    """Return where something stands of which nothing says that it names nobody.

    In a summary that are roles, supporting documents and free text too.
    """
    return {
        one.pointer: Why.GIVES_AWAY
        for one in document.leaves()
        if one.path.startswith("InterGov/") and one.path not in known
    }


def _telling(document: Document, secrets: Sequence[str]) -> dict[str, Why]:
    """Return where words stand that give away what was kept back.

    A text stands in two elements where it is too long for one, and one shares the other's fate. Of
    a supporting document or an indicator nothing is left without its number or code.
    """
    read = [(one, Words.of(one.value)) for path in REPEATING for one in document.at(path)]
    telling = [one for one, words in read if any(words.give_away(each) for each in secrets)]
    shared = {(_block(one), path) for one in telling for path in REPEATING[one.path]}
    pointers = {one.pointer for one in telling}
    return {
        one.pointer: Why.GIVES_AWAY
        for one in document.leaves()
        if one.pointer in pointers or (_block(one), one.path) in shared
    }


def _block(leaf: Leaf) -> str:
    return leaf.pointer.rpartition("/")[0]


def _hollow(document: Document, going: Mapping[str, Why], *, is_summary: bool) -> dict[str, Why]:
    """Return where a subject stands of which too little is left: nothing, or nothing selective."""
    found: dict[str, Why] = {}
    for leaves in subjects_of(document.leaves()).values():
        staying = [one for one in leaves if one.path in CRITERION_OF and one.pointer not in going]
        is_told = bool(staying) if is_summary else _is_selective(staying)
        if not is_told:
            found |= {one.pointer: Why.GIVES_AWAY for one in leaves}
    return found


def _lacks_selective(document: Document) -> bool:
    subjects = subjects_of(document.leaves()).values()
    criteria = [[one for one in leaves if one.path in CRITERION_OF] for leaves in subjects]
    return not criteria or not all(_is_selective(one) for one in criteria)


def _is_selective(leaves: Sequence[Leaf]) -> bool:
    return any(CRITERION_OF[one.path] in SELECTIVE for one in leaves)


def _without(document: Document, going: Mapping[str, Why]) -> Document:
    """Return a document without some leaves; the subjects that stay are numbered anew."""
    changed: dict[str, Sequence[str | None]] = {}
    for path, leaves in document.by_path().items():
        if path == SEQUENCE:
            stay = iter(range(1, len(leaves) + 1))
            changed[path] = [None if one.pointer in going else str(next(stay)) for one in leaves]
        elif any(one.pointer in going for one in leaves):
            changed[path] = [None if one.pointer in going else one.value for one in leaves]
    return sifted(document, (), changed)
