"""Token → actor: who may use the API, and as what."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement.shapes import OFFICE, PURPOSE
from exchange_node.domain.errors import (
    InvalidSettingError,
    UnauthenticatedError,
    UnknownRecordError,
)
from exchange_node.security.tokens import digest_of, new_token
from exchange_node.store import audit
from exchange_node.store.admission import tokens
from exchange_node.store.database import reading, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Makes, recognises and withdraws API tokens; the store holds only their digests."""

    engine: Engine
    clock: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]

    def actor_of(self, authorization: str) -> Actor:
        """Return whom an Authorization header names.

        Raises:
            UnauthenticatedError: there is no bearer token, or it is unknown, withdrawn or over.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise UnauthenticatedError
        with reading(self.engine) as conn:
            held = tokens.by_digest(conn, digest_of(token.strip()))
        if held is None or not held.is_valid(self.clock()):
            raise UnauthenticatedError
        return Actor(
            name=held.name,
            roles=frozenset(Role(role) for role in held.roles),
            purposes=frozenset(held.purposes) or None,
            offices=frozenset(held.offices),
        )

    def new_token(
        self,
        name: str,
        roles: frozenset[Role],
        *,
        days: int,
        purposes: Sequence[str] = (),
        offices: Sequence[str] = (),
        actor: str = "commissioning",
    ) -> str:
        """Return a new token; it is not to be had a second time.

        Args:
            name: whose it is; the audit names it, and a grant may name it as a reader.
            roles: what it may do.
            days: how long it is valid.
            purposes: what its bearer works for; left out, what the roles do.
            offices: codes of the customs offices its bearer sits at.
            actor: who makes it.

        Raises:
            InvalidSettingError: the name was used before, or a purpose or an office is none.
        """
        _require_codes(name, purposes, offices)
        now = self.clock()
        text, digest = new_token(self.random_bytes)
        with transaction(self.engine) as conn:
            is_new = tokens.add(
                conn,
                tokens.Token(
                    digest=digest,
                    name=name,
                    roles=tuple(sorted(roles)),
                    purposes=tuple(sorted(set(purposes))),
                    offices=tuple(sorted(set(offices))),
                    created_at=now,
                    created_by=actor,
                    expires_at=now + timedelta(days=days),
                ),
            )
            if not is_new:
                raise InvalidSettingError(
                    where=f"token {name}", why="the name was used before; the audit knows it"
                )
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now,
                    actor=actor,
                    action="token.made",
                    subject_kind="token",
                    subject_key=name,
                    facts={
                        "roles": ", ".join(sorted(roles)),
                        "days": str(days),
                        "purposes": ", ".join(sorted(set(purposes))),
                        "offices": ", ".join(sorted(set(offices))),
                    },
                ),
            )
        return text

    def tokens(self) -> list[dict[str, object]]:
        """Return every token's name, roles, purposes, offices and end; never its text."""
        with reading(self.engine) as conn:
            return [
                {
                    "name": one.name,
                    "roles": list(one.roles),
                    "purposes": list(one.purposes),
                    "offices": list(one.offices),
                    "expires_at": one.expires_at.isoformat(),
                    "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
                }
                for one in tokens.known(conn)
            ]

    def revoke(self, name: str, *, actor: str) -> None:
        """Withdraw a token at once.

        Raises:
            UnknownRecordError: there is none of that name, or it was withdrawn before.
        """
        now = self.clock()
        with transaction(self.engine) as conn:
            if not tokens.revoke(conn, name, now):
                raise UnknownRecordError(kind="valid token", key=name)
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now,
                    actor=actor,
                    action="token.revoked",
                    subject_kind="token",
                    subject_key=name,
                ),
            )


def _require_codes(name: str, purposes: Sequence[str], offices: Sequence[str]) -> None:
    """Pass codes that a grant can name.

    Raises:
        InvalidSettingError: a purpose or an office is none.
    """
    for shape, given in ((PURPOSE, purposes), (OFFICE, offices)):
        for one in given:
            if not re.fullmatch(shape.pattern, one):
                why = f"{one!r} is none; want one as {shape.example}"
                raise InvalidSettingError(where=f"token {name}", why=why)
