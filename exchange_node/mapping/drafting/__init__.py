"""Sample files of an unknown format → a profile to begin with.

open · tell the layout · read as that layout says · observe every path · match with what profiles
and registry know · build groups and lines · write them with confidence and reason. Nothing is
mapped in silence and nothing is left out: a path has a line, a commented proposal, or stands under
"not placed".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchange_node.domain.errors import ExcessiveDeclarationError, UnfitSamplesError
from exchange_node.mapping.drafting.building import build
from exchange_node.mapping.drafting.dictionary import dictionary
from exchange_node.mapping.drafting.evidence import code_sets
from exchange_node.mapping.drafting.matching import PLACED, match
from exchange_node.mapping.drafting.samples.layout import layout_of
from exchange_node.mapping.drafting.samples.observing import observe
from exchange_node.mapping.drafting.samples.shapes import codes_of
from exchange_node.mapping.drafting.samples.words import Words, read_words
from exchange_node.mapping.drafting.writing import Draft, written
from exchange_node.mapping.profile.profile import Profiles
from exchange_node.mapping.profile.reading import read_profiles
from exchange_node.mapping.sources import opened
from exchange_node.wco.notation import Kind
from exchange_node.wco.rules.library import WcoLibrary

MOST_SAMPLES = 50
"""Samples of one draft."""
MOST_BYTES = 20_000_000
"""Bytes of all samples of one draft together."""

__all__ = [
    "MOST_BYTES",
    "MOST_SAMPLES",
    "PLACED",
    "Draft",
    "Sources",
    "Words",
    "draft",
    "read_words",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a draft is made with.

    Attributes:
        without: names of profiles that are not asked, though their layouts of segments are.
    """

    profiles: Profiles
    library: WcoLibrary
    words: Words
    without: frozenset[str] = frozenset()


def draft(name: str, samples: Sequence[bytes], made_with: Sources) -> Draft:
    """Draft a profile of sample files of one format; `name` is the profile's.

    Raises:
        InputError: a sample cannot be read, there are too many or too large ones, or they are not
            of one format.
    """
    if not samples:
        raise UnfitSamplesError(why="there is none")
    if len(samples) > MOST_SAMPLES:
        why = f"{len(samples)} samples, at most {MOST_SAMPLES} are taken"
        raise ExcessiveDeclarationError(notation="samples", why=why)
    if sum(map(len, samples)) > MOST_BYTES:
        why = f"more than {MOST_BYTES} bytes together"
        raise ExcessiveDeclarationError(notation="samples", why=why)
    lists, registry = made_with.library.code_lists, made_with.library.registry
    declarations = [opened(one) for one in samples]
    layout = layout_of(declarations, made_with.profiles, made_with.words.of)
    detection = read_profiles({name: layout.toml}).by_name[name].detection
    for number, one in enumerate(declarations, start=1):
        if one.fit(detection) is None:
            why = f"sample {number} is not like the first: {one.seen}"
            raise UnfitSamplesError(why=why)
    observed = observe((one.read(detection) for one in declarations), codes_of(lists))
    if not observed.leaves:
        raise UnfitSamplesError(why="there is no value in them")
    known = dictionary(
        made_with.profiles, registry, made_with.words, kind=Kind.TRANSIT_MANIFEST.value,
        without=made_with.without,
    )  # fmt: skip
    codes = code_sets(lists, frozenset(one.code_list for one in known.elements.values()))
    matched = match(observed, known, codes)
    top = build(matched, observed, known)
    return written(f"Draft of {name}", layout, top, matched, observed, known)
