"""Every version that is held → how it stands today, who has signed it, who is waited for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.countersigning.life import Bond, Stage
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.security.certificates import fingerprint, read_certificate
from exchange_node.services.stations.agreements import held_version
from exchange_node.store.admission import acts, agreements
from exchange_node.store.admission.acts import KeptAct
from exchange_node.store.admission.agreements import KeptVersion
from exchange_node.store.database import reading

UNREADABLE = "unreadable"
"""How a version stands whose text this node cannot read: nothing moves under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """Tells how agreements stand at a moment."""

    engine: Engine
    clock: Callable[[], datetime]

    def all(self) -> list[dict[str, object]]:
        """Return every version that is held, by id and version, without its acts."""
        today = day_of(self.clock())
        with reading(self.engine) as conn:
            known = agreements.known(conn)
            done = {
                (one.agreement_id, one.version): acts.of(conn, one.agreement_id, one.version)
                for one in known
            }
        versions = {(one.agreement_id, one.version): held_version(one) for one in known}
        held = [one for one in versions.values() if one is not None]
        return [
            _plain(
                one,
                None if version is None else version.agreement,
                UNREADABLE if version is None else version.standing(today, held).value,
                done[key],
            )
            for one, (key, version) in zip(known, versions.items(), strict=True)
        ]

    def of(self, agreement_id: str, version: int) -> dict[str, object]:
        """Return one version with its acts and its text.

        Raises:
            UnknownRecordError: it never came here.
        """
        with reading(self.engine) as conn:
            kept = agreements.look(conn, agreement_id, version)
            done = acts.of(conn, agreement_id, version)
        (plain,) = (
            one
            for one in self.all()
            if (one["agreement"], one["version"]) == (agreement_id, version)
        )
        return {**plain, "acts": [_act(one) for one in done], "text": kept.text}


def _plain(
    kept: KeptVersion, agreement: Agreement | None, state: str, done: Sequence[KeptAct]
) -> dict[str, object]:
    bond = kept.bond
    last = done[-1] if done else None
    return {
        "agreement": kept.agreement_id,
        "version": kept.version,
        "state": state,
        "digest": kept.digest,
        "title": agreement.title if agreement else "",
        "parties": [one.node for one in agreement.parties] if agreement else [],
        "in_force_on": agreement.in_force_on.isoformat() if agreement else None,
        "expires_on": agreement.expires_on.isoformat() if agreement else None,
        "test": agreement.test if agreement else None,
        "signed": [_signature(one) for one in done if one.act.signature is not None],
        "waits_for": _waits_for(bond, agreement) if agreement else "",
        "suspended_by": sorted(bond.suspended_by),
        "suspended_grants": sorted(bond.suspended_grants),
        "changed_at": last.recorded_at.isoformat() if last else kept.kept_at.isoformat(),
        "changed_by": last.recorded_by if last else kept.kept_by,
        "why": last.act.why if last else "",
    }


def _waits_for(bond: Bond, agreement: Agreement) -> str:
    """Return whose move it is; empty where it is nobody's."""
    if bond.stage is Stage.OFFERED:
        unsigned = [one.node for one in agreement.parties if one.node not in bond.signed]
        return f"the countersignature of {', '.join(unsigned)}"
    if bond.stage is Stage.COUNTERSIGNED:
        return f"the confirmation of {bond.offerer}"
    return ""


def _signature(kept: KeptAct) -> dict[str, object]:
    signature = kept.act.signature
    assert signature is not None  # noqa: S101 - the caller has asked
    return {
        "party": kept.act.party,
        "role": kept.act.act.value,
        "at": signature.at.isoformat(),
        "algorithm": signature.algorithm,
        "certificate": fingerprint(read_certificate(signature.certificate)),
    }


def _act(kept: KeptAct) -> dict[str, object]:
    act = kept.act
    return {
        "act": act.act.value,
        "party": act.party,
        "at": act.at.isoformat(),
        "grants": list(act.grants),
        "reason": act.reason,
        "why": act.why,
        "recorded_at": kept.recorded_at.isoformat(),
        "recorded_by": kept.recorded_by,
        "message_id": kept.message_id,
    }
