"""A document about a movement → a message for each partner that may know; why others may not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import (
    InvalidDocumentError,
    MissingSettingError,
    NodeError,
    NotPermittedError,
)
from exchange_node.domain.identifiers import MovementId, PartyId
from exchange_node.domain.movement import CODES_OF, Event, Report
from exchange_node.domain.releasing.release import Made
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.gates import permit_sending
from exchange_node.policy.minimising.conditions import said_by
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.movement.faults import said_of
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store.movements.views import KeptMovement
from exchange_node.wco.document import Document

_ELSEWHERE = "XX"
"""The country of a number that does not tell one."""


def recipients(report: Report, kept: KeptMovement | None, number: str) -> tuple[str, ...]:
    """Return to whom a report goes: everybody who takes part, or who alone is asked.

    A manifest is asked of the country of departure; where no movement is held, of the country that
    the MRN names. A national number does not tell it, and then it is nobody.
    """
    if report.to:
        return report.to
    if report.event is not Event.REQUEST:
        return kept.route.parties if kept is not None else ()
    if kept is not None:
        return (kept.route.departure,)
    country = MovementId.of_number(_ELSEWHERE, number).country
    return () if country == _ELSEWHERE else (str(PartyId.of_country(country)),)


def addressed(
    corresponding: Corresponding,
    document: Document,
    report: Report,
    conversation: str,
    partners: Iterable[str],
    agreements: tuple[HeldAgreement, ...],
    now: datetime,
    made_by: tuple[str, ...],
) -> tuple[tuple[Prepared, ...], tuple[Mapping[str, str], ...]]:
    """Return a message for each partner that may know, and why another may not.

    Where the node speaks by itself (`made_by` is empty), what stands against one partner keeps it
    from no other; a person is told at once.

    Raises:
        NotPermittedError, InvalidDocumentError, MissingSettingError: as `Corresponding.prepare`;
            where the node speaks by itself, nobody else can be told either.
    """
    own, said = corresponding.own, said_by(document)
    prepared: list[Prepared] = []
    untold: list[Mapping[str, str]] = []
    failed: NodeError | None = None
    for partner in partners:
        if partner == str(own.party):
            continue
        verdict = permit_sending(
            agreements,
            sender=str(own.party),
            recipient=partner,
            code=CODES_OF[report.event],
            purpose=report.purpose,
            test=own.test,
            on=day_of(now),
            said=said,
        )
        if not verdict.is_permitted:
            untold.append({"partner": partner, "denial": verdict.code.value, "why": verdict.text})
            continue
        try:
            one = corresponding.prepare(
                document,
                verdict,
                recipient=partner,
                code=CODES_OF[report.event],
                purpose=report.purpose,
                conversation_id=conversation,
                at=now,
                made=Made(by=made_by),
            )
        except (NotPermittedError, InvalidDocumentError, MissingSettingError) as err:
            if made_by:
                raise
            failed = failed or err
            untold.append({"partner": partner, "denial": err.code, "why": said_of(err)})
        else:
            prepared.append(one)
    if failed is not None and not prepared:
        raise failed
    return tuple(prepared), tuple(untold)
