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
    """A person or a system that was recognised, by name, with its roles.

    Attributes:
        purposes: what it works for, as codes of the list `purposes`; None is what its roles do.
        offices: codes of the customs offices that it sits at.
    """

    name: str
    roles: frozenset[Role]
    purposes: frozenset[str] | None = None
    offices: frozenset[str] = frozenset()

    @property
    def works_for(self) -> frozenset[str]:
        """The purposes that it looks for."""
        if self.purposes is not None:
            return self.purposes
        return frozenset(one for role in self.roles for one in WORKS_FOR[role])

    @property
    def names(self) -> frozenset[str]:
        """What a grant may call it by where it names its readers: name, offices, roles."""
        return self.own_names | {role.value for role in self.roles}

    @property
    def own_names(self) -> frozenset[str]:
        """Its name and its offices; what is called like a role bears no name of its own."""
        return (self.offices | {self.name}) - {role.value for role in Role}

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
"""How closely held a record each role sees; a secret one whoever its grant names (our choice)."""

WORKS_FOR = {
    Role.BORDER_POST: frozenset({"TRANSIT_CONTROL", "RISK_ANALYSIS"}),
    Role.LIAISON: frozenset({"TRANSIT_CONTROL", "RISK_ANALYSIS", "INVESTIGATION", "RECOVERY"}),
    Role.OPERATOR: frozenset[str](),
    Role.SUBMITTER: frozenset[str](),
    Role.RELEASER: frozenset[str](),
}
"""What each role looks for where its token does not say (our choice)."""
