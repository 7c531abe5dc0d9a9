"""A happening → the record that it is about, and how much of it an actor may be told.

The id of a notice holds numbers of records and words that a partner chose. Whoever may not know of
the record does not learn of the happening, where the view gate is asked; where nobody can be asked,
code and number are all that is said.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from sqlalchemy import Connection

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.retention import Kept
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.looking.gate import Looked, alert_looked_at, weighed
from exchange_node.services.stations.registers.naming import named_by
from exchange_node.store.channels import notifications
from exchange_node.store.channels.notifications import Notification
from exchange_node.store.records import alerts
from exchange_node.store.records.held import Direction

RECORDS = {
    "alert": Kept.ALERT,
    "channel": Kept.MANIFEST,
    "movement": Kept.MANIFEST,
    "assistance": Kept.ASSISTANCE,
}
"""By the first word of a code, what kind of record such happenings are about."""

_DESKS = frozenset({Role.LIAISON, Role.BORDER_POST, Role.OPERATOR})
_OPERATORS = frozenset({Role.OPERATOR})
_REGISTERS = frozenset({Role.LIAISON, Role.OPERATOR})

READERS: Mapping[str, frozenset[Role]] = {
    "draw": _DESKS,
    "notice": _DESKS,
    "partner": _DESKS,
    "post": _DESKS,
    "breach": _REGISTERS,
    "onward": frozenset({Role.LIAISON}),
    "order": _REGISTERS,
    "release": _REGISTERS,
    "account": _OPERATORS,
    "agreement": _OPERATORS,
    "answer": _OPERATORS,
    "disposal": _OPERATORS,
    "message": _OPERATORS,
    "office": _OPERATORS,
    "pull": _OPERATORS,
    "receipt": _OPERATORS,
    "transmission": _OPERATORS,
    "trust": _OPERATORS,
}
"""By the first word of a code, who reads the id of such happenings: those who read the register
that they are entered in, or run what they are about (our choice)."""


class Told(Enum):
    """How much of a happening somebody is told: nothing, code and number, or its id as well."""

    NOTHING = 0
    BARE = 1
    WHOLE = 2


@dataclass(slots=True)
class Eyes:
    """What one actor may be told of happenings, asked in one transaction."""

    conn: Connection
    actor: Actor
    at: datetime
    _held: Sequence[HeldAgreement] | None = None
    _known: dict[str, Told] = field(default_factory=dict)

    def told(self, one: Notification) -> Told:
        """Return how much of a happening the actor is told."""
        if one.about:
            if one.about not in self._known:
                self._known[one.about] = self._weighed(one.about)
            return self._known[one.about]
        word = first_word(one.code)
        if word in RECORDS or self.actor.roles.isdisjoint(READERS.get(word, frozenset())):
            return Told.BARE
        return Told.WHOLE

    def _weighed(self, about: str) -> Told:
        looked_at = _looked_at(self.conn, about)
        if not looked_at:
            return Told.BARE
        if self._held is None:
            self._held = held_agreements(self.conn)
        if all(
            weighed(self.conn, self._held, self.actor, one, purpose="", at=self.at).may_be_listed
            for one in looked_at
        ):
            return Told.WHOLE
        # Who runs the node is told that something was told, and never what.
        return Told.BARE if Role.OPERATOR in self.actor.roles else Told.NOTHING


def first_word(code: str) -> str:
    """Return what kind of happening a code stands for."""
    return code.partition(".")[0]


def about_of(code: str, facts: Mapping[str, str]) -> str:
    """Return the record that a happening is about, as kind and name; "" for none.

    An alert is named by issuer and id, a request for assistance by opener and reference, each with
    a slash between; before it nothing stands where the happening does not say. A manifest is
    named by its movement.
    """
    kind = RECORDS.get(first_word(code))
    match kind:
        case Kept.ALERT if alert := facts.get("alert", ""):
            return f"{kind}:{facts.get('issuer', '')}/{alert}"
        case Kept.MANIFEST if movement := facts.get("movement", ""):
            return f"{kind}:{movement}"
        case Kept.ASSISTANCE if reference := facts.get("reference", ""):
            return f"{kind}:{facts.get('asked_by', '')}/{reference}"
        case _:
            return ""


def record_of(about: str) -> tuple[Kept, str]:
    """Return kind and name of what `about_of` wrote; without a kind it is an alert's."""
    kind, _, subject = about.partition(":")
    if kind in set(RECORDS.values()):
        return Kept(kind), subject
    return Kept.ALERT, about


def opaque_id(conn: Connection, one: Notification, key: bytes) -> str:
    """Return what names a happening to whoever may not read its id: the same at every desk.

    An HMAC-SHA-256 (RFC 2104): whoever knows numbers of records, and when a desk was told, finds
    out by trying no more than the key lets him. `key`: of the node, for this alone.
    """
    first = next(iter(notifications.of_notice(conn, one.notice)), one)
    said = "\n".join((one.notice, str(first.number), first.opened_at.isoformat()))
    octets = said.encode("utf-8", "surrogatepass")
    return f"{one.code}.{hmac.new(key, octets, hashlib.sha256).hexdigest()[:32]}"


def _looked_at(conn: Connection, about: str) -> list[Looked]:
    kind, subject = record_of(about)
    if kind is Kept.ALERT and subject.startswith("/"):  # one of ours
        try:
            own = alerts.by_id(conn, subject[1:], direction=Direction.SENT)
        except UnknownRecordError:
            return []
        return [alert_looked_at(own)]
    return named_by(conn, kind, subject)
