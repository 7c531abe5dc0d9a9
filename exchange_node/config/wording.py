"""Sentences for people: a code's English template → the reader's language, facts filled in.

The English templates are the message ids (GNU gettext); catalogues lie in `exchange_node/locale/`.
A sentence that a catalogue lacks is said in English rather than not at all.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from exchange_node.domain.errors import NodeError
from exchange_node.domain.finding import Finding

DOMAIN = "exchange_node"
LOCALE = Path(__file__).resolve().parent.parent / "locale"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing as a reader reads it: what happened and what to do about it."""

    sentence: str
    mend: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences in one language."""

    catalogue: gettext.NullTranslations

    def error(self, err: NodeError) -> Said:
        """Say an error."""
        return Said(self.fill(err.sentence, err.facts), self.fill(err.mend, err.facts))

    def finding(self, finding: Finding) -> Said:
        """Say a finding."""
        facts = {"value": finding.value, "pointer": finding.pointer, **finding.facts}
        return Said(self.fill(finding.sentence, facts), self.fill(finding.mend, facts))

    def say(self, message: str) -> str:
        """Say a phrase, or translate a template that somebody else fills."""
        return self.catalogue.gettext(message) if message else ""

    def fill(self, template: str, facts: Mapping[str, str]) -> str:
        """Translate a template and fill the facts in."""
        return self.catalogue.gettext(template).format_map(facts) if template else ""


def wording(language: str) -> Wording:
    """Return the sentences in a language (`ru`, `zh`, …), or in English where there is none."""
    languages = [language] if language else ["en"]
    return Wording(gettext.translation(DOMAIN, LOCALE, languages, fallback=True))
