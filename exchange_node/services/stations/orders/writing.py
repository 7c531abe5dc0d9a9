"""Copies of a record + what is wrong with it → one order for each partner that has one (MA-041).

A correction tells a partner nothing that its grant withholds: the record is minimised for it as it
was and as it ought to be, and what differs is what is ordered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import NotPermittedError, UnusableQueryError
from exchange_node.domain.orders.order import (
    ORDERED,
    Correction,
    Kind,
    RecordOrder,
    require_order,
)
from exchange_node.domain.releasing.release import Made
from exchange_node.domain.retention import Kept
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.gates import permit_about
from exchange_node.policy.minimising import Minimised
from exchange_node.policy.verdict import require
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.orders.taking import due_days
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store import outbox
from exchange_node.store.orders import orders, standing
from exchange_node.store.orders.copies import Copy
from exchange_node.store.records import alerts, manifests
from exchange_node.wco.document import Document
from exchange_node.wco.orders import corrected, differences, encode_order
from exchange_node.wco.rules.library import WcoLibrary
from exchange_node.wco.sifting import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One order of one partner, finished and not yet queued."""

    order: RecordOrder
    records: tuple[int, ...]
    prepared: Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Writes orders to those who hold copies."""

    own: Administration
    library: WcoLibrary
    packing: Packing
    corresponding: Corresponding
    holding: Holding

    def order(
        self,
        conn: Connection,
        order: RecordOrder,
        mine: Sequence[Copy],
        values: Mapping[str, str],
        held: Sequence[HeldAgreement],
        now: datetime,
        *,
        made: Made,
    ) -> Written | None:
        """Return the order of one partner; None where nothing that it was given is wrong.

        Args:
            order: what goes to everybody, without records.
            mine: the copies of that partner.
            values: by pointer what is right.
            made: by whom; none of them lets the order go where its grant asks for officers.

        Raises:
            NotPermittedError: no grant lets orders go to it.
            InvalidDocumentError: a value cannot be corrected so.
            UnusableQueryError: it is about too much at once.
        """
        partner = mine[0].partner
        about = outbox.get(conn, mine[-1].sent_by).exchange
        verdict, purpose = permit_about(
            held, about, sender=str(self.own.party), recipient=partner, code=ORDERED,
            test=self.own.test, on=day_of(now),
        )  # fmt: skip
        agreement, _ = require(verdict)
        if order.kind is Kind.CORRECTION:
            found = [(one, self._wrong(conn, one, values, held)) for one in mine]
            mine = [one for one, wrong in found if wrong]
            wrong = [wrong for _, wrong in found if wrong]
            if not mine:
                return None
            corrections = tuple(
                replace(value, record=position)
                for position, of_one in enumerate(wrong, start=1)
                for value in of_one
            )
            order = replace(order, corrections=corrections)
        days = due_days(agreement, order.kind)
        order = replace(
            order,
            records=tuple(one.name for one in mine),
            due_at=now + timedelta(days=days) if days is not None else None,
        )
        require_order(order.kind, order.records, order.corrections)
        document = encode_order(
            order, metadata=self.corresponding.metadata, registry=self.library.registry
        )
        prepared = self.corresponding.prepare(
            self.corresponding.checked(document, now),
            verdict,
            recipient=partner,
            code=ORDERED,
            purpose=purpose,
            conversation_id=order.order_id,
            at=now,
            made=made,
        )
        return Written(order=order, records=tuple(one.record for one in mine), prepared=prepared)

    def _wrong(
        self,
        conn: Connection,
        copy: Copy,
        values: Mapping[str, str],
        held: Sequence[HeldAgreement],
    ) -> tuple[Correction, ...]:
        """Return what differs at the partner between what it was given and what is right."""
        kind = copy.name.kind
        record = (
            manifests.get(conn, copy.record)
            if kind is Kept.MANIFEST
            else alerts.by_number(conn, copy.record)
        )
        whole = self.holding.document_of(conn, kind, record)
        at = {one.pointer: one.value for one in whole.leaves()}
        wanted = tuple(
            Correction(record=1, pointer=pointer, old=at.get(pointer, ""), new=value)
            for pointer, value in values.items()
        )
        right = corrected(whole, wanted)
        exchange = outbox.get(conn, copy.sent_by).exchange
        under = next(
            (one.agreement for one in held if one.agreement.digest == exchange.agreement_digest),
            None,
        )
        grant = under.grant(exchange.grant) if under else None
        if under is None or grant is None:
            raise NotPermittedError(
                denial="DENY-NO-AGREEMENT",
                clause="deny by default",
                reason=f"{exchange.agreement_id}, under which {copy.name} went, is not held here",
            )
        minimised = self.packing.minimised(whole, under, grant)
        before = minimised.document
        after = self.packing.minimised(right, under, grant).document
        # What was corrected there before is what is held there now.
        there = before
        for _, item in standing.corrections(conn, kind, copy.record, ordered_of=copy.partner):
            there = corrected(there, orders.corrections_in(conn, item, self.holding.vault))
        there_at = _places(whole, minimised)
        asked = {there_at[one] for one in values if one in there_at}
        meant = {new.pointer for _, new in differences(before, after)} | asked
        return tuple(
            Correction(record=1, pointer=old.pointer, old=old.value, new=new.value)
            for old, new in differences(there, after)
            if new.pointer in meant
        )


def _places(whole: Document, minimised: Minimised) -> dict[str, str]:
    """Return by pointer of our own document where the same value stands in what the partner got.

    What stayed behind may have taken its occurrence with it: those after it are counted otherwise.
    """
    gone = {one.pointer for one in minimised.withheld}
    kept = [one.pointer for one in plain(whole).leaves() if one.pointer not in gone]
    return dict(zip(kept, [one.pointer for one in minimised.document.leaves()], strict=False))


def by_partner(copies: Sequence[Copy]) -> dict[str, list[Copy]]:
    """Return copies by the partner that has them, each in its order."""
    found: dict[str, list[Copy]] = {}
    for one in copies:
        found.setdefault(one.partner, []).append(one)
    return found


def require_values(kind: Kind, values: Mapping[str, str]) -> None:
    """Pass values where values are wanted.

    Raises:
        UnusableQueryError: a correction has none or an empty one, or a deletion has some.
    """
    if kind is Kind.DELETION and values:
        raise UnusableQueryError(what="values", why="what is deleted is not corrected")
    if kind is Kind.CORRECTION and not (values and all(values.values())):
        why = "want POINTER=VALUE, with a value: what is struck out is another document"
        raise UnusableQueryError(what="values", why=why)
