"""Who may hold a copy of an alert of ours → the message that changes it, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.assistance.given_on import GivenOn
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import NodeError, StoreBusyError, StoreFullError
from exchange_node.domain.releasing.release import Made
from exchange_node.policy.gates import permit_sending
from exchange_node.policy.minimising.conditions import said_by
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store.records import recipients
from exchange_node.store.records.held import HeldAlert
from exchange_node.store.records.recipients import Recipient, RecipientState
from exchange_node.store.releasing import letters
from exchange_node.wco.document import Document

_HAS_NONE = frozenset(
    {
        RecipientState.REJECTED,
        RecipientState.CANCELLED,
        RecipientState.REFUSED,
        RecipientState.LAPSED,
    }
)
"""Recipients who hold no copy and get none; whose receipt is missing may hold one."""


def holders(conn: Connection, versions: Iterable[HeldAlert]) -> list[Recipient]:
    """Return by whom, and by which message, versions of an alert may be held.

    In the order of the versions; a partner stands once for each that it may hold.
    """
    return [
        to
        for one in versions
        for to in recipients.of_alert(conn, one.number)
        if to.state not in _HAS_NONE
    ]


def left_with(holding: Sequence[Recipient], stopped: Iterable[str]) -> frozenset[str]:
    """Return the partners that may hold a copy, once some messages have been kept back."""
    kept_back = frozenset(stopped)
    return frozenset(one.partner for one in holding if one.message_id not in kept_back)


@dataclass(frozen=True, slots=True)
class Copies:
    """Writes to those who may hold a copy of an alert of ours."""

    own: Administration
    corresponding: Corresponding

    def prepared_for(
        self,
        conn: Connection,
        document: Document,
        holding: Sequence[Recipient],
        *,
        code: str,
        made: Made,
        at: datetime,
        given_on: Callable[[str], GivenOn | None] = lambda _: None,
    ) -> tuple[list[Prepared], dict[str, str]]:
        """Return a message for each partner that may be told, and why each other may not.

        A partner is told once, for the purpose that the first alert listed went there for.

        Args:
            given_on: by partner, the request of it that the alert is given on.
        """
        told: list[Prepared] = []
        untold: dict[str, str] = {}
        first: dict[str, Recipient] = {}
        for one in holding:
            first.setdefault(one.partner, one)
        for one in first.values():
            try:
                told.append(
                    self._prepared(conn, document, one, code, made, at, given_on(one.partner))
                )
            except (StoreBusyError, StoreFullError):
                raise
            except NodeError as err:  # whatever it is, it is between us and this partner
                untold[one.partner] = f"{err} ({err.code})"
        return told, untold

    def _prepared(
        self,
        conn: Connection,
        document: Document,
        to: Recipient,
        code: str,
        made: Made,
        at: datetime,
        given_on: GivenOn | None,
    ) -> Prepared:
        letter = letters.get(conn, to.message_id)
        purpose = letter.exchange.purpose
        return self.corresponding.prepare(
            document,
            permit_sending(
                held_agreements(conn),
                sender=str(self.own.party),
                recipient=to.partner,
                code=code,
                purpose=purpose,
                test=self.own.test,
                on=day_of(at),
                said=said_by(document),
                given_on=given_on,
            ),
            recipient=to.partner,
            code=code,
            purpose=purpose,
            conversation_id=letter.conversation_id,
            at=at,
            made=made,
        )


def leave_word(conn: Connection, version: HeldAlert, partner: str, why: str, at: datetime) -> None:
    """Tell the desk of a partner that may hold a copy, and is not told by this node."""
    leave_notice(
        conn,
        "alert.untold",
        f"{version.issuer}.{version.alert_id}.{version.version}.{partner}",
        at,
        alert=version.alert_id,
        partner=partner,
        why=why,
    )
