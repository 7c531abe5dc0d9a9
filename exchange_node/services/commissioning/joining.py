"""Partners and agreements of a running node: take a card, activate, suspend, list."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from exchange_node.domain.agreement import Administration, Agreement
from exchange_node.domain.errors import InvalidAgreementError, InvalidSettingError
from exchange_node.domain.finding import has_errors
from exchange_node.ebms.pmodes.derivation import Derivation
from exchange_node.policy.linting.lint import lint_text
from exchange_node.policy.text.reading import read_agreement
from exchange_node.security.certificates import Purpose, fingerprint
from exchange_node.security.trust import Partner
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.store import audit
from exchange_node.store.admission import agreements
from exchange_node.store.database import reading, transaction
from exchange_node.wco.registry import Registry


class Card(Protocol):
    """What commissioning needs of a partner's card."""

    @property
    def url(self) -> str:
        """Where the partner listens."""
        ...

    @property
    def partner(self) -> Partner:
        """Its certificates."""
        ...

    @property
    def administration(self) -> str:
        """Its name."""
        ...

    @property
    def text(self) -> str:
        """The card as it was given."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Commissioning:
    """What an operator does so that messages can flow."""

    own: Administration
    registry: Registry
    partners_folder: Path
    cards: tuple[Card, ...]
    read_card: Callable[[str, str], Card]
    agreed: Derivation
    engine: Engine
    clock: Callable[[], datetime]

    def add_partner(self, text: str, *, actor: str = "commissioning") -> dict[str, object]:
        """Take a partner's card into the node's folder; it counts from the node's next start.

        A card that is there is replaced: what the new one does not hold counts no more, and the
        audit names it. An old certificate stays valid for as long as the partner's card has it.

        Raises:
            InvalidSettingError: the card cannot be used, or is our own, or cannot be written.
        """
        card = self.read_card(text, "card")
        party = card.partner.party
        if party == str(self.own.party):
            raise InvalidSettingError(where="card", why="it is this node's own")
        path = self.partners_folder / f"{party}.toml"
        former = next((one for one in self.cards if one.partner.party == party), None)
        try:
            self.partners_folder.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".part")
            unfinished.write_text(text, encoding="utf-8")
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as err:
            raise InvalidSettingError(where=path.name, why=err.strerror or str(err)) from None
        with transaction(self.engine) as conn:
            audit.write(
                conn,
                audit.AuditRecord(
                    at=self.clock(),
                    actor=actor,
                    action="partner.renewed" if former else "partner.added",
                    subject_kind="partner",
                    subject_key=party,
                    partner=party,
                    facts=_fingerprints(card.partner) | _dropped(former, card),
                ),
            )
        return _plain(card)

    def partners(self) -> list[dict[str, object]]:
        """Return every partner with its address and the fingerprints of its certificates."""
        return [_plain(card) for card in self.cards]

    def add_agreement(self, text: str, *, actor: str, name: str = "agreement") -> Agreement:
        """Activate an agreement this node is a party of; activating it again changes nothing.

        Raises:
            InvalidAgreementError: the text cannot be used, is wrong by itself, is not ours, or
                the version was activated with another text.
            InvalidSettingError: with it two exchanges with a partner would look alike.
        """
        agreement = read_agreement(text, name)
        if str(self.own.party) not in {party.node for party in agreement.parties}:
            raise InvalidAgreementError(
                which=name, place="parties", why=f"{self.own.party} is no party of it"
            )
        findings = lint_text(agreement, self.registry)
        if has_errors(findings):
            first = next(one for one in findings if one.is_error)
            raise InvalidAgreementError(which=name, place=first.pointer, why=first.text)
        with reading(self.engine) as conn:
            self.agreed.of([*(one.agreement for one in held_agreements(conn)), agreement])
        now = self.clock()
        with transaction(self.engine) as conn:
            if agreements.activate(conn, agreement, text, by=actor, at=now):
                audit.write(conn, self._record(agreement, actor, now, "agreement.activated", ""))
        return agreement

    def suspend_agreement(self, agreement_id: str, version: int, *, actor: str, why: str) -> None:
        """Suspend an agreement: what waits is held, nothing new is taken.

        Raises:
            UnknownRecordError: this version was never activated here.
        """
        now = self.clock()
        with transaction(self.engine) as conn:
            held = agreements.get(conn, agreement_id, version)
            if agreements.suspend(conn, agreement_id, version, by=actor, at=now, why=why):
                agreement = read_agreement(held.text, agreement_id)
                audit.write(conn, self._record(agreement, actor, now, "agreement.suspended", why))

    def agreements(self) -> list[dict[str, object]]:
        """Return every agreement this node was given, with state and digest."""
        with reading(self.engine) as conn:
            return [
                {
                    "agreement": one.agreement_id,
                    "version": one.version,
                    "state": one.state.value,
                    "digest": one.digest,
                    "changed_at": one.changed_at.isoformat(),
                    "changed_by": one.changed_by,
                    "why": one.why,
                }
                for one in agreements.known(conn)
            ]

    def _record(
        self, agreement: Agreement, actor: str, at: datetime, action: str, why: str
    ) -> audit.AuditRecord:
        other = next((one.node for one in agreement.parties if one.node != str(self.own.party)), "")
        return audit.AuditRecord(
            at=at,
            actor=actor,
            action=action,
            subject_kind="agreement",
            subject_key=f"{agreement.agreement_id} version {agreement.version}",
            partner=other,
            facts={"digest": agreement.digest, "why": why},
        )


def _plain(card: Card) -> dict[str, object]:
    return {
        "party": card.partner.party,
        "administration": card.administration,
        "url": card.url,
        "certificates": _fingerprints(card.partner),
    }


def _fingerprints(partner: Partner) -> dict[str, str]:
    return {
        purpose.value: ", ".join(fingerprint(one) for one in partner.of(purpose))
        for purpose in Purpose
    }


def _dropped(former: Card | None, card: Card) -> dict[str, str]:
    """Return the certificates that counted under the former card and count no more."""
    if former is None:
        return {}
    kept = {one for purpose in Purpose for one in map(fingerprint, card.partner.of(purpose))}
    held = (one for purpose in Purpose for one in map(fingerprint, former.partner.of(purpose)))
    return {"dropped": ", ".join(one for one in held if one not in kept)}
