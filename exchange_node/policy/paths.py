"""WCO paths as a grant writes them → which leaves they cover.

A path is slash-joined names from the body's root (`Declaration/Consignment/Carrier/Name`), with
`ext:` before the names of our extension. A trailing `/**` covers a whole subtree; there is no other
wildcard, so that what a grant lets out can be read off its text by anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SUBTREE = "/**"

FOREIGN = "other:"
"""Prefix by which a document shows names of a foreign namespace; no path of a grant can have it."""

NEVER_SENT = frozenset({"Declaration/ObligationGuarantee/AccessCode"})
"""Leaves that no grant can let out: the access code opens the holder's guarantee to whoever has it,
and administrations ask one another for the guarantee, never for its code."""

ALWAYS_SENT = frozenset({"InterGov/ext:RiskAlert/ext:SummaryOnlyIndicator"})
"""Leaves that leave whatever a grant lists: they say of a document that something was kept back."""

_NAME = r"(?:ext:)?[A-Za-z][A-Za-z0-9]{0,59}"
_PATH = re.compile(rf"{_NAME}(?:/{_NAME}){{0,15}}(?:/\*\*)?")


def is_well_formed(path: str) -> bool:
    """Whether this is a path as a grant may write it, with or without the trailing `/**`."""
    return _PATH.fullmatch(path) is not None


def root_of(path: str) -> str:
    """Return the first name of a path: the root of the document it is about."""
    return path.partition("/")[0]


def ancestry(path: str) -> Iterable[str]:
    """Yield the path itself, then every path above it."""
    yield path
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


@dataclass(frozen=True, slots=True)
class Coverage:
    """A list of paths, made ready for asking.

    Attributes:
        leaves: paths that cover themselves alone.
        subtrees: the paths before a `/**`.
    """

    leaves: frozenset[str]
    subtrees: frozenset[str]

    @classmethod
    def of(cls, paths: Iterable[str]) -> Coverage:
        """Read the paths of a grant."""
        listed = tuple(paths)
        return cls(
            leaves=frozenset(one for one in listed if not one.endswith(SUBTREE)),
            subtrees=frozenset(
                one.removesuffix(SUBTREE) for one in listed if one.endswith(SUBTREE)
            ),
        )

    def covers(self, path: str) -> bool:
        """Whether one of the paths names this leaf or a subtree that holds it.

        What stands in a namespace that is neither WCO's nor ours is covered by nothing.
        """
        if FOREIGN in path:
            return False
        if path in self.leaves:
            return True
        return bool(self.subtrees) and any(one in self.subtrees for one in ancestry(path))
