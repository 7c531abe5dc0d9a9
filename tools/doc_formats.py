"""The table of docs/mapping.md: what each shipped profile covers of examples and of real files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from exchange_node.config.examples import Tried, try_examples
from exchange_node.config.shipped import national_profiles
from exchange_node.mapping.profile.profile import Profile
from tools.corpus_table import Fate, expected
from tools.doc_text import table

HEADINGS = ("profile", "elements filled", "examples", "their values", "covered", "real files",
            "covered, least to most")  # fmt: skip


def coverage() -> str:
    """Return a line for each shipped profile; the real files are those of corpus.tsv."""
    with tempfile.TemporaryDirectory() as nowhere:
        tried = list(try_examples(Path(nowhere), ()))
    fates = [one for one in expected() if one.outcome == "mapped"]
    return "\n" + table(HEADINGS, (_row(one, tried, fates) for one in national_profiles())) + "\n"


def _row(profile: Profile, tried: Iterable[Tried], fates: Iterable[Fate]) -> tuple[str, ...]:
    own = [one.trial for one in tried if one.trial.case.profile == profile.name]
    values = sum(one.leaves for one in own)
    covered = sum(one.leaves * one.found.coverage for one in own)
    real = [one.coverage for one in fates if one.profile == profile.name]
    return (
        f"`{profile.name}`",
        str(len(profile.fills)),
        str(len(own)),
        str(values),
        f"{covered / values:.1%}" if values else "",
        str(len(real)) if real else "none at hand",
        f"{min(real):.1f} % to {max(real):.1f} %" if real else "",
    )
