"""Partners of a running node and agreements between two that try it out: take a card, activate."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from exchange_node.domain.agreement import Administration, Agreement
from exchange_node.domain.countersigning.acts import Act
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.errors import InvalidAgreementError, InvalidSettingError
from exchange_node.ebms.pmodes.partner_mode import is_of_office, serves_office
from exchange_node.security.certificates import Purpose, fingerprint
from exchange_node.security.trust import Partner
from exchange_node.services.stations.agreeing.doing import OwnActs
from exchange_node.services.stations.agreeing.texts import Texts
from exchange_node.store import audit
from exchange_node.store.admission import agreements
from exchange_node.store.admission.agreements import KeptVersion
from exchange_node.store.database import transaction


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
    texts: Texts
    own_acts: OwnActs
    partners_folder: Path
    cards: tuple[Card, ...]
    read_card: Callable[[str, str], Card]
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
        own = str(self.own.party)
        fits = serves_office(own, party) or serves_office(party, own)
        if is_of_office(own, party) and not fits:
            why = "an office has one partner, the node of its administration"
            raise InvalidSettingError(where="card", why=why)
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
        """Activate a test agreement by hand, or again where it was suspended by hand.

        It is for two nodes that somebody tries out: nobody signs, and nothing travels. What binds
        is offered and countersigned.

        Raises:
            InvalidAgreementError: the text cannot be used, is for production data, the version is
                held with another text, is being signed, or was terminated.
        """
        now = self.clock()
        with transaction(self.engine) as conn:
            agreement = self.texts.usable(conn, text, name)
            if not agreement.test:
                raise InvalidAgreementError(
                    which=name,
                    place="test",
                    why="what is for production data is offered and countersigned, not activated",
                )
            agreements.keep(conn, agreement, text, by=actor, at=now)
            kept = agreements.get(conn, agreement.agreement_id, agreement.version)
            act = _next_by_hand(kept, agreement, name)
            if act is not None:
                self.own_acts.do_by_hand(conn, kept, act, by=actor, at=now)
        return agreement


def _next_by_hand(kept: KeptVersion, agreement: Agreement, name: str) -> Act | None:
    """Return what makes a version count that is not signed; None where it counts already."""
    bond = kept.bond
    if kept.digest != agreement.digest:
        why = f"version {kept.version} was activated with another text; count it up"
    elif bond.signed:
        why = f"version {kept.version} is {bond.stage.value}: it is signed, not activated"
    elif bond.stage is Stage.TERMINATED:
        why = f"version {kept.version} has ended at this node; count it up"
    else:
        acts = {Stage.DRAFT: Act.ACTIVATED, Stage.SUSPENDED: Act.RESUMED}
        return acts.get(bond.stage)
    raise InvalidAgreementError(which=name, place="version", why=why)


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
