"""Profiles looked at before they are used: drafted from samples · held against each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping.comparing import Contrast, Outcome, compare_outcomes, compare_profiles
from exchange_node.mapping.declaration import map_declaration, opened
from exchange_node.mapping.drafting import Draft, Sources, draft
from exchange_node.mapping.facts import Facts
from exchange_node.mapping.profile.profile import Profile
from exchange_node.mapping.report import Report

UNKNOWN = "XX"
"""Stands for the sending country: what comes with a submission is not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """Needs profiles, lists and words; neither keys nor a database.

    Attributes:
        profile_at: returns the profile of a name, or in a file.
    """

    made_with: Sources
    profile_at: Callable[[str], Profile]
    clock: Callable[[], datetime]

    def draft(self, name: str, samples: Sequence[bytes]) -> Draft:
        """Propose a profile for sample files of one format.

        Raises:
            InputError: nothing can be drafted of them.
        """
        return draft(name, samples, self.made_with)

    def compare(self, one: str, other: str) -> tuple[Contrast, ...]:
        """Say what two profiles map differently; each is a name, or a file.

        Raises:
            UnknownFormatError, InvalidProfileError, InputError: one of them cannot be used.
        """
        return compare_profiles(self.profile_at(one), self.profile_at(other))

    def compare_on(self, one: str, other: str, declaration: bytes) -> tuple[Outcome, ...]:
        """Say which values of a declaration two profiles bring out differently.

        Raises:
            InputError: the declaration cannot be read, or one of them is not for it.
        """
        first, second = self.profile_at(one), self.profile_at(other)
        return compare_outcomes(self._mapped(declaration, first), self._mapped(declaration, second))

    def _mapped(self, declaration: bytes, profile: Profile) -> Report:
        return map_declaration(
            opened(declaration), profile, Facts(), self.made_with.library,
            sender=PartyId.of_country(UNKNOWN), agency="Customs", at=self.clock(),
            reference="comparison",
        ).report  # fmt: skip
