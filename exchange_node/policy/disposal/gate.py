"""A received record + the versions of its agreement + a legal hold → may it be disposed of now?

What was received stays under the version it came under, unless a later version that was in force is
stricter: then that one's retention counts. A legal hold keeps what it names until it is lifted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from exchange_node.domain.agreement import Grant
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.retention import LegalHold, Stamp
from exchange_node.policy.deciding import BINDING, HeldAgreement
from exchange_node.policy.verdict import Code, Step, Verdict


def retention_ends(held: Iterable[HeldAgreement], stamp: Stamp, at: datetime) -> datetime:
    """Return when a record's retention ends: as it was stamped, or earlier as agreed since.

    Args:
        held: every version this node holds, in any state.
        stamp: of the record.
        at: the moment asked about; a version that has not begun by then says nothing.
    """
    everything = tuple(held)
    under = _under(everything, stamp)
    later = _later(everything, under, stamp.grant, at) if under is not None else ()
    ends = [stamp.kept_since + timedelta(days=grant.retention_days) for _, grant in later]
    return min([stamp.delete_after, *ends])


def stricter(
    held: Iterable[HeldAgreement], at: datetime
) -> tuple[tuple[HeldAgreement, Grant, int], ...]:
    """Return the grants whose retention a later version has shortened, with the days that count."""
    everything = tuple(held)
    found = []
    for one in everything:
        for grant in one.agreement.grants:
            days = [
                then.retention_days
                for then in (
                    other.agreement.grant(grant.grant_id)
                    for other in everything
                    if is_later(other, one, at)
                )
                if then is not None and then.retention_days < grant.retention_days
            ]
            if days:
                found.append((one, grant, min(days)))
    return tuple(found)


def permit_disposal(
    held: Iterable[HeldAgreement], stamp: Stamp, hold: LegalHold | None, at: datetime
) -> Verdict:
    """Return whether a record may be disposed of now, under which clause.

    Args:
        held: every version this node holds, in any state.
        stamp: of the record.
        hold: the legal hold that names it; None where none stands.
        at: the moment asked about.
    """
    everything = tuple(held)
    ends = retention_ends(everything, stamp, at)
    # A hold says nothing of what came later under a grant that lets nothing be kept longer.
    keeps = hold is not None and _may_be_held(everything, stamp)
    checks = ((Code.NOT_DUE, ends <= at), (Code.LEGAL_HOLD, not keeps))
    named = {"hold": str(hold.number) if hold else "-", "why": hold.why if hold else "-"}
    return _verdict(everything, stamp, ends, checks, named)


def permit_ordered(
    held: Iterable[HeldAgreement], stamp: Stamp, hold: LegalHold | None, at: datetime
) -> Verdict:
    """Return whether a record may be deleted before its retention ends, as its supplier orders.

    Nothing but a legal hold stands against it, as far as the grant lets one keep it.
    """
    everything = tuple(held)
    keeps = hold is not None and _may_be_held(everything, stamp)
    named = {"hold": str(hold.number) if hold else "-", "why": hold.why if hold else "-"}
    checks = ((Code.LEGAL_HOLD, not keeps),)
    return _verdict(everything, stamp, retention_ends(everything, stamp, at), checks, named)


def permit_hold(held: Iterable[HeldAgreement], stamp: Stamp, at: datetime) -> Verdict:
    """Return whether a record may be kept beyond its retention while proceedings need it.

    The grant that it came under says so, in the version it came under. A record whose agreement is
    not held any more may be: nothing forbids it.
    """
    everything = tuple(held)
    checks = ((Code.KEEP_LONGER, _may_be_held(everything, stamp)),)
    return _verdict(everything, stamp, retention_ends(everything, stamp, at), checks, {})


def _verdict(
    held: tuple[HeldAgreement, ...],
    stamp: Stamp,
    ends: datetime,
    checks: Iterable[tuple[Code, bool]],
    named: Mapping[str, str],
) -> Verdict:
    steps: list[Step[Code]] = []
    code = Code.ALLOW
    for check, is_passed in checks:
        steps.append(Step(check=check, passed=is_passed))
        if not is_passed:
            code = check
            break
    facts = {
        "record": f"{stamp.kind} {stamp.number}",
        "grant": stamp.grant,
        "partner": stamp.partner,
        "ends": day_of(ends).isoformat(),
        **named,
    }
    under = _under(held, stamp)
    return Verdict(
        code=code,
        agreement=under.agreement if under else None,
        grant=under.agreement.grant(stamp.grant) if under else None,
        facts=MappingProxyType(facts),
        steps=tuple(steps),
    )


def _may_be_held(held: Iterable[HeldAgreement], stamp: Stamp) -> bool:
    under = _under(held, stamp)
    grant = under.agreement.grant(stamp.grant) if under else None
    return grant is None or grant.retention.legal_hold


def _under(held: Iterable[HeldAgreement], stamp: Stamp) -> HeldAgreement | None:
    """Return the version that a record came under, if it is held."""
    named = (stamp.agreement_id, stamp.agreement_version)
    return next(
        (one for one in held if (one.agreement.agreement_id, one.agreement.version) == named), None
    )


def counting(
    held: Iterable[HeldAgreement], stamp: Stamp, at: datetime
) -> tuple[tuple[HeldAgreement, Grant], ...]:
    """Return what a record is under: its own version and grant, then later ones that have counted.

    Empty where the version that it came under is not held, or has no such grant.
    """
    everything = tuple(held)
    under = _under(everything, stamp)
    grant = under.agreement.grant(stamp.grant) if under else None
    if under is None or grant is None:
        return ()
    return ((under, grant), *_later(everything, under, stamp.grant, at))


def _later(
    held: Iterable[HeldAgreement], under: HeldAgreement, grant_id: str, at: datetime
) -> Iterable[tuple[HeldAgreement, Grant]]:
    """Yield later versions that have counted, with what they say in the place of a grant."""
    for one in held:
        grant = one.agreement.grant(grant_id)
        if grant is not None and is_later(one, under, at):
            yield one, grant


def is_later(one: HeldAgreement, under: HeldAgreement, at: datetime) -> bool:
    """Whether a version of the same parties came after another and has counted.

    One that was terminated before its first day never did; that it was ended later undoes nothing.
    """
    return (
        one.agreement.agreement_id == under.agreement.agreement_id
        and {party.node for party in one.agreement.parties}
        == {party.node for party in under.agreement.parties}
        and one.stage in BINDING
        and one.agreement.version > under.agreement.version
        and one.has_begun(day_of(at))
    )
