"""What a partner did to an agreement: decode · text · digest · signature · stage · record · answer.

Both sides hold the same acts over the same text, or nothing is taken: what does not fit is refused
with its reason, and with both versions named. The same act told twice is one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration, Agreement
from exchange_node.domain.countersigning.acts import (
    BY_PEOPLE,
    MESSAGES,
    OF_GRANTS,
    SIGNED,
    Act,
    AgreementAct,
    Reason,
)
from exchange_node.domain.countersigning.life import Bond, Stage
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import (
    BrokenSealError,
    IllegalActError,
    InvalidAgreementError,
    RefusedActError,
)
from exchange_node.policy.text.reading import canonical_text
from exchange_node.security.detached import Detached, verify_detached
from exchange_node.security.trust import Trust
from exchange_node.services.stations.agreeing.doing import SHOWN, OwnActs, record, tell_operator
from exchange_node.services.stations.agreeing.texts import MOST_OPEN, Texts
from exchange_node.services.stations.agreements import parsed, readable
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.traffic.taking import CLOCK_SKEW
from exchange_node.store import payloads
from exchange_node.store.admission import acts, agreements
from exchange_node.store.admission.acts import KeptAct
from exchange_node.store.admission.agreements import KeptVersion
from exchange_node.store.payloads import Vault
from exchange_node.wco.document import Document
from exchange_node.wco.system_codec.agreement_act import decode_act


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnersActs:
    """Takes what partners did, each act once."""

    own: Administration
    trust: Trust
    texts: Texts
    own_acts: OwnActs
    vault: Vault

    def take(self, conn: Connection, opened: Opened, now: datetime, *, by: str = "filing") -> None:
        """Take the act that an opened document tells of, in the caller's transaction.

        Where this party offered, it confirms the countersignature in the same transaction.

        Raises:
            InvalidDocumentError: the document tells of no act that can be read.
            RefusedActError: the act is not taken; the facts name both versions.
        """
        act = decode_act(opened.document)
        if act.act is Act.REFUSED and not act.reason:
            act = replace(act, reason=Reason.DECLINED.value)
        if acts.is_known(conn, act.party, act.act_id):
            return
        if MESSAGES[act.act] != opened.exchange.code:
            why = f"{opened.exchange.code} does not tell of what is {act.act.value}"
            raise _refused(act, Reason.NOT_IN_ORDER, why)
        if act.at > now + CLOCK_SKEW:
            raise _refused(act, Reason.CLOCK, f"it is dated {act.at.isoformat()}, which is ahead")
        after = self._after(conn, act, now)
        if after is not None:
            self._record(conn, act, opened, now, by=by)
        tell_operator(conn, act, now)
        if after is not None and self._is_to_confirm(act, after.bond):
            self.own_acts.do(conn, after, Act.CONFIRMED, by=by, at=now)

    def refuse(
        self,
        conn: Connection,
        document: Document | None,
        partner: str,
        err: Exception,
        now: datetime,
    ) -> None:
        """Tell the operator of an act that was not taken, and the partner where that is of use.

        A refusal is never answered with one, and neither is what cannot be read.
        """
        leave_notice(
            conn,
            "agreement.refused-act",
            f"{partner}.{now.isoformat()}",
            now,
            partner=partner,
            why=str(err),
        )
        if document is None or not isinstance(err, RefusedActError):
            return
        act = decode_act(document)
        if act.act is not Act.REFUSED:
            self.own_acts.refuse(conn, act, err, at=now)

    def _after(self, conn: Connection, act: AgreementAct, now: datetime) -> KeptVersion | None:
        """Return the version as an act leaves it; None where it is but told and changes nothing.

        What the partner's node refused by itself is told, and so is a refusal of what is not held
        or that comes too late: neither is refused in its turn.
        """
        is_refusal = act.act is Act.REFUSED
        if is_refusal and act.reason not in BY_PEOPLE:
            return None
        try:
            is_offer = act.act is Act.OFFERED
            kept = self._offered(conn, act, now) if is_offer else self._held(conn, act)
            _require_in_time(act, kept, now)
            _require_grants(act, kept)
            if act.act in SIGNED:
                self._require_signature(act, kept, now)
            return replace(kept, bond=_bond_after(act, kept))
        except RefusedActError:
            if is_refusal:
                return None
            raise

    def _offered(self, conn: Connection, act: AgreementAct, now: datetime) -> KeptVersion:
        """Return the version that is offered, kept; with the text that is held, if one is."""
        try:
            agreement = self.texts.usable(conn, act.text, act.agreement_id)
        except InvalidAgreementError as err:
            raise _refused(act, Reason.UNUSABLE_TEXT, str(err)) from None
        if (agreement.agreement_id, agreement.version, agreement.digest) != (
            act.agreement_id,
            act.version,
            act.digest,
        ):
            why = (
                f"the text in the offer is {agreement.agreement_id} version {agreement.version} "
                f"with digest {agreement.digest[:SHOWN]}, and not what the offer names"
            )
            raise _refused(
                act,
                Reason.OTHER_TEXT,
                why,
                held_version=agreement.version,
                held_digest=agreement.digest,
            )
        if not agreement.is_between(act.party, str(self.own.party)):
            raise _refused(act, Reason.WRONG_PARTY, f"{act.party} is no party of it")
        if agreement.test is not self.own.test:
            kinds = ("production", "test")
            why = f"the agreement is for {kinds[agreement.test]} data, this node is for the other"
            raise _refused(act, Reason.TEST_MIX, why)
        if not self.texts.has_room(conn, agreement, act.party):
            why = f"{MOST_OPEN} offers between the two wait for an answer, and no more are taken"
            raise _refused(act, Reason.NOT_IN_ORDER, why)
        agreements.keep(conn, agreement, act.text, by=act.party, at=now)
        return self._held(conn, act)

    def _held(self, conn: Connection, act: AgreementAct) -> KeptVersion:
        """Return the version that an act names, with the very text that it names."""
        own = str(self.own.party)
        between = [
            one
            for one in agreements.known(conn)
            if one.agreement_id == act.agreement_id
            and isinstance(text := readable(one.text, one.agreement_id), Agreement)
            and text.is_between(act.party, own)
        ]
        if not between:  # who is no party of it does not learn that it is held
            raise _refused(act, Reason.UNKNOWN_VERSION, "no version of it is held here")
        kept = next((one for one in between if one.version == act.version), None)
        if kept is None:
            newest = between[-1]
            raise _refused(
                act,
                Reason.UNKNOWN_VERSION,
                f"version {newest.version} (digest {newest.digest[:SHOWN]}) is the newest that is "
                "held here",
                held_version=newest.version,
                held_digest=newest.digest,
            )
        if kept.digest != act.digest:
            raise _refused(
                act,
                Reason.OTHER_TEXT,
                f"version {kept.version} is held here with digest {kept.digest[:SHOWN]}",
                held_version=kept.version,
                held_digest=kept.digest,
            )
        return agreements.get(conn, act.agreement_id, act.version)

    def _require_signature(self, act: AgreementAct, kept: KeptVersion, now: datetime) -> None:
        signature = act.signature
        if signature is None:
            raise _refused(act, Reason.BROKEN_SIGNATURE, "it carries no signature")
        if signature.at > now + CLOCK_SKEW:
            why = f"it was signed at {signature.at.isoformat()}, which is ahead"
            raise _refused(act, Reason.CLOCK, why)
        detached = Detached(
            algorithm=signature.algorithm,
            certificate=signature.certificate,
            value=signature.value,
        )
        octets = canonical_text(kept.text, kept.agreement_id)
        trusted = self.trust.partner(act.party).seal
        try:
            verify_detached(detached, octets, trusted, at=signature.at)
        except BrokenSealError as err:
            raise _refused(act, Reason.BROKEN_SIGNATURE, err.facts["why"]) from None

    def _record(
        self, conn: Connection, act: AgreementAct, opened: Opened, now: datetime, *, by: str
    ) -> None:
        document_id = opened.incoming.payload_id
        if document_id is None:  # a file brought it: nothing else keeps it
            document_id = f"agreement.{act.party}.{act.act_id}"
            payloads.keep_first(conn, document_id, opened.content, self.vault)
        message_id = opened.incoming.message_id
        acts.add(
            conn,
            KeptAct(
                act=act,
                recorded_at=now,
                recorded_by=by,
                message_id=message_id,
                document_id=document_id,
            ),
        )
        record(conn, act, by=by, at=now, partner=act.party, message_id=message_id)

    def _is_to_confirm(self, act: AgreementAct, bond: Bond) -> bool:
        is_signature = act.act in (Act.OFFERED, Act.COUNTERSIGNED)
        is_ours = bond.offerer == str(self.own.party)
        return is_signature and is_ours and bond.stage is Stage.COUNTERSIGNED


def _bond_after(act: AgreementAct, kept: KeptVersion) -> Bond:
    try:
        return kept.bond.after(act)
    except IllegalActError as err:
        raise _refused(
            act,
            Reason.NOT_IN_ORDER,
            str(err),
            held_version=kept.version,
            held_digest=kept.digest,
        ) from None


def _require_in_time(act: AgreementAct, kept: KeptVersion, now: datetime) -> None:
    """Return when a text that is signed has a day left, in UTC."""
    expires_on = parsed(kept.text, kept.agreement_id).expires_on
    if act.act in (Act.OFFERED, Act.COUNTERSIGNED) and day_of(now) > expires_on:
        why = f"its last day was {expires_on}, and it is {day_of(now)} (UTC)"
        raise _refused(act, Reason.EXPIRED, why)


def _require_grants(act: AgreementAct, kept: KeptVersion) -> None:
    agreement = parsed(kept.text, kept.agreement_id)
    unknown = [one for one in act.grants if agreement.grant(one) is None]
    if unknown or bool(act.grants) is not (act.act in OF_GRANTS):
        why = f"it names the grants {', '.join(act.grants) or 'none'}"
        raise _refused(act, Reason.UNKNOWN_GRANT, why)


def _refused(
    act: AgreementAct, reason: Reason, why: str, *, held_version: int = 0, held_digest: str = ""
) -> RefusedActError:
    return RefusedActError(
        which=act.agreement_id,
        version=act.version,
        digest=act.digest,
        reason=reason.value,
        why=why,
        held_version=held_version,
        held_digest=held_digest,
    )
