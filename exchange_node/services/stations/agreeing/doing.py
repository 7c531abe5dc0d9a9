"""What this party does to a version of an agreement: sign · seal · pack · record · queue.

An act is recorded in the transaction that queues the message which tells of it: either both are
there or neither. What a person at this node alone does (by hand) is recorded and does not travel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.countersigning.acts import (
    MESSAGES,
    SIGNED,
    Act,
    AgreementAct,
    Signature,
)
from exchange_node.domain.errors import RefusedActError
from exchange_node.domain.standing import FOUNDING
from exchange_node.policy.text.reading import canonical_text
from exchange_node.security.detached import sign_detached
from exchange_node.services.stations.agreements import parsed
from exchange_node.services.stations.departure.standing import StandingMail
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store import audit, payloads
from exchange_node.store.admission import acts
from exchange_node.store.admission.acts import BY_HAND, KeptAct
from exchange_node.store.admission.agreements import KeptVersion
from exchange_node.store.payloads import Vault
from exchange_node.wco.registry import Registry
from exchange_node.wco.system_codec.agreement_act import encode_act

log = structlog.get_logger()

SHOWN = 12
"""Characters of a digest that a person is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnActs:
    """Does what an operator, or an act of the partner, asks of this party."""

    own: Administration
    registry: Registry
    packing: Packing
    vault: Vault
    new_id: Callable[[], str]

    def do(
        self,
        conn: Connection,
        kept: KeptVersion,
        act: Act,
        *,
        by: str,
        at: datetime,
        grants: Sequence[str] = (),
        reason: str = "",
        why: str = "",
    ) -> KeptVersion:
        """Do an act and tell the partner; return the version as it is then.

        Raises:
            IllegalActError: at its stage nobody does that, or not this party.
            MissingSettingError: no card of the partner is held.
            InvalidDocumentError: a text has characters that XML has no room for.
        """
        own = str(self.own.party)
        done = AgreementAct(
            act_id=self.new_id(),
            act=act,
            party=own,
            agreement_id=kept.agreement_id,
            version=kept.version,
            digest=kept.digest,
            ordinal=kept.bond.ordinals.get(own, 0) + 1,
            at=at.replace(microsecond=0),
            grants=tuple(grants),
            reason=reason,
            why=why,
            text=kept.text if act is Act.OFFERED else "",
        )
        bond = kept.bond.after(done)
        if act in SIGNED:
            done = replace(done, signature=self._signature(kept, done.at))
        partner = partner_of(kept, own)
        prepared = self.prepare(done, partner, at)
        document_id = f"agreement.{own}.{done.act_id}"
        payloads.keep(conn, document_id, prepared.sealed, self.vault)
        acts.add(
            conn,
            KeptAct(
                act=done,
                recorded_at=at,
                recorded_by=by,
                message_id=prepared.message_id,
                document_id=document_id,
            ),
        )
        self.packing.queue(conn, prepared)
        record(conn, done, by=by, at=at, partner=partner, message_id=prepared.message_id)
        return replace(kept, bond=bond)

    def do_by_hand(
        self,
        conn: Connection,
        kept: KeptVersion,
        act: Act,
        *,
        by: str,
        at: datetime,
        grants: Sequence[str] = (),
        reason: str = "",
        why: str = "",
    ) -> KeptVersion:
        """Do an act at this node alone; return the version as it is then.

        Raises:
            IllegalActError: at its stage nobody does that.
        """
        done = AgreementAct(
            act_id=self.new_id(),
            act=act,
            party=BY_HAND,
            agreement_id=kept.agreement_id,
            version=kept.version,
            digest=kept.digest,
            ordinal=kept.bond.ordinals.get(BY_HAND, 0) + 1,
            at=at,
            grants=tuple(grants),
            reason=reason,
            why=why,
        )
        bond = kept.bond.after(done)
        acts.add(
            conn,
            KeptAct(act=done, recorded_at=at, recorded_by=by, message_id="", document_id=None),
        )
        partner = partner_of(kept, str(self.own.party))
        record(conn, done, by=by, at=at, partner=partner)
        return replace(kept, bond=bond)

    def refuse(
        self, conn: Connection, refused: AgreementAct, err: RefusedActError, *, at: datetime
    ) -> None:
        """Tell a partner that its act was not taken, and what is held here instead.

        Nothing is recorded: for this party the act was never done.
        """
        told = AgreementAct(
            act_id=self.new_id(),
            act=Act.REFUSED,
            party=str(self.own.party),
            agreement_id=refused.agreement_id,
            version=refused.version,
            digest=refused.digest,
            ordinal=0,
            at=at.replace(microsecond=0),
            reason=err.facts["reason"],
            why=str(err),
            held_version=int(err.facts["held_version"]),
            held_digest=err.facts["held_digest"],
        )
        self.packing.queue(conn, self.prepare(told, refused.party, at))

    def prepare(self, act: AgreementAct, partner: str, at: datetime) -> Prepared:
        """Return the finished message that tells a partner of an act.

        Raises:
            MissingSettingError: no card of the partner is held.
            InvalidDocumentError: a text has characters that XML has no room for, or the partner's
                version of the documents has no place for it.
        """
        mail = StandingMail(own=self.own, packing=self.packing)
        return mail.prepare(
            encode_act(act, metadata=mail.metadata, registry=self.registry),
            FOUNDING,
            code=MESSAGES[act.act],
            partner=partner,
            conversation_id=f"{act.agreement_id}/{act.version}",
            at=at,
        )

    def _signature(self, kept: KeptVersion, at: datetime) -> Signature:
        octets = canonical_text(kept.text, kept.agreement_id)
        signed = sign_detached(octets, self.packing.seal_key(at), at=at)
        return Signature(
            algorithm=signed.algorithm,
            certificate=signed.certificate,
            value=signed.value,
            at=at,
        )


def partner_of(kept: KeptVersion, own: str) -> str:
    """Return the other party of a version."""
    parties = parsed(kept.text, kept.agreement_id).parties
    return next(one.node for one in parties if one.node != own)


def record(
    conn: Connection,
    act: AgreementAct,
    *,
    by: str,
    at: datetime,
    partner: str,
    message_id: str = "",
) -> None:
    """Write an act into the audit and the log."""
    audit.write(
        conn,
        audit.AuditRecord(
            at=at,
            actor=by,
            action=f"agreement.{act.act.value}",
            subject_kind="agreement",
            subject_key=act.subject,
            message_id=message_id,
            partner=partner,
            facts={
                "party": act.party,
                "digest": act.digest,
                "grants": ", ".join(act.grants),
                "reason": act.reason,
                "why": act.why,
            },
        ),
    )
    log.info("agreement", act=act.act.value, agreement=act.subject, partner=partner)


def tell_operator(conn: Connection, act: AgreementAct, now: datetime) -> None:
    """Leave word of a partner's act for the operator."""
    leave_notice(
        conn,
        f"agreement.{act.act.value}",
        f"{act.party}.{act.act_id}",
        now,
        partner=act.party,
        agreement=act.agreement_id,
        version=str(act.version),
        digest=act.digest[:SHOWN],
        held_version=str(act.held_version or ""),
        held_digest=act.held_digest[:SHOWN],
        grants=", ".join(act.grants),
        reason=act.reason,
        why=act.why,
    )
