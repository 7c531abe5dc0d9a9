"""What was expected × what came of it → each difference at its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exchange_node.mapping.golden.case import Expectation
from exchange_node.wco.document import Document

NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference; `place` is a pointer into the document, or what of the expectation."""

    place: str
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}: wanted {self.wanted}, found {self.found}"


def of_documents(wanted: Document | None, found: Document | None) -> Iterator[Difference]:
    """Yield the values that differ, in the order of the document that was wanted."""
    before, after = _values(wanted), _values(found)
    for place in dict.fromkeys([*before, *after]):
        one, other = before.get(place, NOTHING), after.get(place, NOTHING)
        if one != other:
            yield Difference(place=place, wanted=one, found=other)


def _values(document: Document | None) -> dict[str, str]:
    if document is None:
        return {}
    values = {f"MetaData/{name}": repr(text) for name, text in document.header.items()}
    for leaf in document.leaves():
        said = "".join(f" {name}={text}" for name, text in sorted(leaf.attributes.items()))
        values[leaf.pointer] = repr(leaf.value) + said
    return values


def of_expectations(wanted: Expectation, found: Expectation) -> Iterator[Difference]:
    """Yield what else differs; who submitted it and when is the same on both sides."""
    for name, one, other in (
        ("detected", wanted.detected, found.detected),
        ("error", wanted.error, found.error),
    ):
        if one != other:
            yield Difference(place=name, wanted=one or "none", found=other or "none")
    if wanted.coverage != found.coverage:
        yield Difference(
            place="coverage", wanted=f"{wanted.coverage:.2%}", found=f"{found.coverage:.2%}"
        )
    yield from _lists("finding", wanted.findings, found.findings)
    yield from _lists("lost", wanted.lost, found.lost)


def _lists(what: str, wanted: Sequence[str], found: Sequence[str]) -> Iterator[Difference]:
    before, after = Counter(wanted), Counter(found)
    for one in dict.fromkeys([*wanted, *found]):
        if before[one] > after[one]:
            yield Difference(place=what, wanted=one, found=NOTHING)
        elif after[one] > before[one]:
            yield Difference(place=what, wanted=NOTHING, found=one)
    if before == after and tuple(wanted) != tuple(found):
        yield Difference(place=what, wanted="their order", found="another order")
