"""Two alerts → which of their subjects are the same, though two administrations wrote them.

Subjects that name somebody are the same where they name the same: what else narrows them may
differ. Any others are the same where every criterion is. Values are compared as matching compares
them, and never by likeness: what is only near is for an officer to see.
"""

from __future__ import annotations

import unicodedata

from exchange_node.domain.alert.alert import RiskAlert
from exchange_node.domain.alert.subject import NAMING, Subject
from exchange_node.domain.identifiers import folded

_ISSUERS = ("party_issuer", "person_issuer")
"""Whose number it is belongs to the number."""

_WORDS = frozenset({"party_name", "person_name", "description"})
_IN_ORDER = "route"

Signature = frozenset[tuple[str, str]]


def same_subjects(one: RiskAlert, other: RiskAlert) -> tuple[tuple[int, int], ...]:
    """Return the numbers of the subjects that are the same, those of `one` first, from 1."""
    theirs = [(number, signature_of(subject)) for number, subject in other.sought]
    return tuple(
        (number, its)
        for number, subject in one.sought
        for its, signature in theirs
        if signature and signature == signature_of(subject)
    )


def signature_of(subject: Subject) -> Signature:
    """Return what a subject is told by: each criterion that counts, in the form compared."""
    naming = [name for name in subject.criteria if name in NAMING]
    wanted = [*naming, *_ISSUERS] if naming else subject.criteria
    pairs = ((name, _form(name, getattr(subject, name))) for name in wanted)
    return frozenset(pair for pair in pairs if pair[1])


def _form(name: str, value: str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        forms = [folded(one) for one in value]
        return " ".join(forms if name == _IN_ORDER else sorted(set(forms)))
    if name in _WORDS:
        return " ".join(unicodedata.normalize("NFKC", value).casefold().split())
    return folded(value)
