"""Who asks, and how far the asker's roles reach."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from exchange_node.domain.agreement import Handling
from exchange_node.domain.errors import RoleError


class Role(StrEnum):
    """What somebody is here for."""

    SUBMITTER = "submitter"
    BORDER_POST = "border-post"
    LIAISON = "liaison"
    OPERATOR = "operator"
    RELEASER = "releaser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person or a system that was recognised, by name, with its roles."""

    name: str
    roles: frozenset[Role]

    def require(self, *roles: Role) -> None:
        """Pass an actor that has one of the roles.

        Raises:
            RoleError: it has none of them.
        """
        if self.roles.isdisjoint(roles):
            raise RoleError(needed=" or ".join(roles), held=", ".join(sorted(self.roles)) or "none")


SEES = {
    Role.BORDER_POST: frozenset({Handling.OPEN, Handling.RESTRICTED}),
    Role.LIAISON: frozenset({Handling.OPEN, Handling.RESTRICTED, Handling.CONFIDENTIAL}),
    Role.OPERATOR: frozenset[Handling](),
    Role.SUBMITTER: frozenset[Handling](),
    # What waits for a release is seen in the waiting room, whatever its handling, and only there.
    Role.RELEASER: frozenset[Handling](),
}
"""How closely held a record each role sees; secret ones nobody over the API (our choice)."""
