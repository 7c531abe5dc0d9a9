"""What an operator does to an agreement: version · act · record · message to the partner.

A version that was activated by hand has no signatures; what is done to it stays at this node.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration, Agreement
from exchange_node.domain.countersigning.acts import Act, Reason
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import IllegalActError, InvalidAgreementError, RefusedActError
from exchange_node.services.stations.agreeing.doing import SHOWN, OwnActs
from exchange_node.services.stations.agreeing.texts import Texts
from exchange_node.services.stations.agreements import parsed
from exchange_node.store.admission import agreements
from exchange_node.store.admission.agreements import KeptVersion
from exchange_node.store.database import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreeing:
    """Acts of this party, by its operators; each is queued for the partner as it is recorded."""

    own: Administration
    texts: Texts
    own_acts: OwnActs
    engine: Engine
    clock: Callable[[], datetime]

    def offer(self, actor: Actor, text: str, *, name: str = "agreement") -> Agreement:
        """Sign a text and offer it to its other party.

        Raises:
            RoleError: the actor is no operator.
            InvalidAgreementError: the text cannot be used, has ended, is for the other kind of
                data, or its version is held with another text.
            IllegalActError: the version is past being offered.
            MissingSettingError: no card of the other party is held.
        """
        actor.require(Role.OPERATOR)
        now = self.clock()
        with transaction(self.engine) as conn:
            agreement = self.texts.usable(conn, text, name)
            self._require_fit(agreement, name, now)
            agreements.keep(conn, agreement, text, by=actor.name, at=now)
            kept = agreements.get(conn, agreement.agreement_id, agreement.version)
            if kept.digest != agreement.digest:
                raise InvalidAgreementError(
                    which=name,
                    place="version",
                    why=f"version {kept.version} is held with another text; count it up",
                )
            if kept.bond.stage is Stage.OFFERED and str(self.own.party) not in kept.bond.offered:
                raise InvalidAgreementError(
                    which=name,
                    place="version",
                    why=f"{kept.bond.offerer} has offered version {kept.version}: countersign it",
                )
            self.own_acts.do(conn, kept, Act.OFFERED, by=actor.name, at=now)
        return agreement

    def countersign(
        self, actor: Actor, agreement_id: str, version: int, *, digest: str
    ) -> KeptVersion:
        """Sign what the other party offered.

        `digest` is that of the text which was read, or its first 12 characters and as many more as
        one likes: what is signed is that text.

        Raises:
            RoleError: the actor is no operator.
            UnknownRecordError: no such version is held.
            RefusedActError: its digest is another; both are named.
            InvalidAgreementError: its last day has passed.
            IllegalActError: nobody waits for this party's signature.
        """
        actor.require(Role.OPERATOR)
        now = self.clock()
        with transaction(self.engine) as conn:
            kept = agreements.get(conn, agreement_id, version)
            if len(digest) < SHOWN or not kept.digest.startswith(digest):
                raise RefusedActError(
                    which=agreement_id,
                    version=version,
                    digest=digest,
                    reason=Reason.OTHER_TEXT,
                    why=f"version {version} is held here with digest {kept.digest}",
                    held_version=version,
                    held_digest=kept.digest,
                )
            self._require_fit(parsed(kept.text, agreement_id), agreement_id, now)
            return self.own_acts.do(conn, kept, Act.COUNTERSIGNED, by=actor.name, at=now)

    def refuse(
        self, actor: Actor, agreement_id: str, version: int, *, why: str, reason: str = ""
    ) -> KeptVersion:
        """Refuse what was offered, or take an offer of ours back.

        Raises:
            RoleError, UnknownRecordError: as `countersign`.
            IllegalActError: it is past being refused; what both have signed is terminated.
        """
        own = str(self.own.party)

        def said(kept: KeptVersion) -> str:
            if kept.bond.stage in (Stage.AGREED, Stage.SUSPENDED):
                raise IllegalActError(
                    act=Act.REFUSED.value, party=own, stage=kept.bond.stage.value, who="nobody"
                )
            is_ours = own in kept.bond.offered
            return reason or (Reason.WITHDRAWN if is_ours else Reason.DECLINED)

        return self._do(actor, agreement_id, version, Act.REFUSED, why=why, said=said)

    def suspend(
        self,
        actor: Actor,
        agreement_id: str,
        version: int,
        *,
        why: str,
        reason: str = "",
        grants: Sequence[str] = (),
    ) -> KeptVersion:
        """Suspend a version, or some of its grants, from this moment on: what waits is held.

        Raises:
            RoleError, UnknownRecordError: as `countersign`.
            InvalidAgreementError: it has no such grant.
            IllegalActError: it is not in force between the two.
        """
        act = Act.GRANTS_SUSPENDED if grants else Act.SUSPENDED
        return self._do(
            actor, agreement_id, version, act, why=why, said=lambda _: reason, grants=grants
        )

    def resume(
        self,
        actor: Actor,
        agreement_id: str,
        version: int,
        *,
        why: str = "",
        grants: Sequence[str] = (),
    ) -> KeptVersion:
        """Lift this party's own suspension; what was held leaves within minutes.

        Raises:
            RoleError, UnknownRecordError, InvalidAgreementError, IllegalActError: as `suspend`.
        """
        act = Act.GRANTS_RESUMED if grants else Act.RESUMED
        return self._do(actor, agreement_id, version, act, why=why, grants=grants)

    def terminate(
        self, actor: Actor, agreement_id: str, version: int, *, why: str, reason: str = ""
    ) -> KeptVersion:
        """End an agreement for good: what waits under it is taken back.

        Raises:
            RoleError, UnknownRecordError, IllegalActError: as `suspend`.
        """
        return self._do(
            actor, agreement_id, version, Act.TERMINATED, why=why, said=lambda _: reason
        )

    def _do(
        self,
        actor: Actor,
        agreement_id: str,
        version: int,
        act: Act,
        *,
        why: str,
        said: Callable[[KeptVersion], str] = lambda _: "",
        grants: Sequence[str] = (),
    ) -> KeptVersion:
        actor.require(Role.OPERATOR)
        now = self.clock()
        with transaction(self.engine) as conn:
            kept = agreements.get(conn, agreement_id, version)
            _require_grants(kept, grants)
            does = self._does(kept)
            return does(
                conn,
                kept,
                act,
                by=actor.name,
                at=now,
                grants=tuple(dict.fromkeys(grants)),
                reason=said(kept),
                why=why,
            )

    def _does(self, kept: KeptVersion) -> Callable[..., KeptVersion]:
        is_by_hand = kept.bond.stage is not Stage.DRAFT and not kept.bond.signed
        return self.own_acts.do_by_hand if is_by_hand else self.own_acts.do

    def _require_fit(self, agreement: Agreement, name: str, now: datetime) -> None:
        """Return when the text is for this node's kind of data, and has a day left (UTC)."""
        if agreement.test is not self.own.test:
            kind = "test" if self.own.test else "production"
            raise InvalidAgreementError(
                which=name, place="test", why=f"this node is for {kind} data alone"
            )
        if day_of(now) > agreement.expires_on:
            why = f"its last day was {agreement.expires_on}, and it is {day_of(now)} (UTC)"
            raise InvalidAgreementError(which=name, place="validity.expires_on", why=why)


def _require_grants(kept: KeptVersion, grants: Sequence[str]) -> None:
    agreement = parsed(kept.text, kept.agreement_id)
    for one in grants:
        if agreement.grant(one) is None:
            known = ", ".join(grant.grant_id for grant in agreement.grants)
            raise InvalidAgreementError(
                which=kept.agreement_id, place="grants", why=f"{one} is none of them: {known}"
            )
