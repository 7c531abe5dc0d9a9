"""Agreements held here + who looks, for what + a record → may it be seen?

What was received stays under the version it came under, unless a later version that was in force is
stricter: then the closer handling counts, the fewer purposes, the shorter retention, and every list
of readers. What this administration made itself is no partner's: its handling alone is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from types import MappingProxyType

from exchange_node.domain.access import SEES, Actor, Role
from exchange_node.domain.agreement import Grant, Handling
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.verdict import Step
from exchange_node.policy.viewing.checks import Sight, ViewCode
from exchange_node.policy.viewing.subject import Came, Subject, ends, terms_of

_CLOSENESS = tuple(Handling)
"""Handlings, the closest last."""

_NONE = "-"


def permit_view(
    held: Iterable[HeldAgreement],
    actor: Actor,
    subject: Subject,
    *,
    purpose: str = "",
    at: datetime,
) -> Sight:
    """Return whether somebody may see a record now.

    Args:
        held: every version this node holds, in any state.
        actor: who looks.
        subject: the record.
        purpose: what it is looked at for; left out, any purpose of the actor's counts.
        at: the moment asked about.
    """
    came = subject.came
    terms = terms_of(held, came, at) if came is not None else ()
    handling = max([subject.handling, *(one.handling for one in terms)], key=_CLOSENESS.index)
    granted = _granted(terms, came)
    looked_for = _looked_for(actor, granted, came, purpose)
    steps: list[Step[ViewCode]] = []
    code = ViewCode.ALLOW
    for check, is_passed in _checks(actor, subject, terms, handling, granted, purpose, at):
        steps.append(Step(check=check, passed=is_passed))
        if not is_passed:
            code = check
            break
    return Sight(
        code=code,
        grant=terms[-1] if terms else None,
        purpose=looked_for,
        facts=MappingProxyType(
            _facts_of(actor, subject, handling, purpose) | _facts_granted(terms, came, granted)
        ),
        steps=tuple(steps),
    )


def _checks(
    actor: Actor,
    subject: Subject,
    terms: Sequence[Grant],
    handling: Handling,
    granted: frozenset[str],
    purpose: str,
    at: datetime,
) -> Iterator[tuple[ViewCode, bool]]:
    came = subject.came
    if came is not None:
        yield ViewCode.AGREEMENT, bool(terms)
    lists = [frozenset(one.readers) for one in terms if one.readers]
    if handling is Handling.SECRET:
        # A role is no name: it says how many may see a record, and of what is secret it is few.
        called = actor.own_names
        yield ViewCode.SECRET, bool(lists) and not any(one.isdisjoint(called) for one in lists)
    else:
        yield ViewCode.HANDLING, any(handling in SEES[role] for role in actor.roles)
        if lists:
            yield ViewCode.READERS, not any(one.isdisjoint(actor.names) for one in lists)
    is_over = came is not None and bool(terms) and ends(terms, came) <= at
    if is_over and subject.is_on_hold and subject.disposed_at is None:
        yield ViewCode.PROCEEDINGS, Role.LIAISON in actor.roles
    if purpose:
        yield ViewCode.NOT_YOUR_PURPOSE, purpose in actor.works_for
    if came is not None:
        looked_for = {purpose} if purpose else actor.works_for
        yield ViewCode.PURPOSE, not granted.isdisjoint(looked_for)
        yield ViewCode.DISPOSED, subject.disposed_at is None
        yield ViewCode.ENDED, not is_over or subject.is_on_hold


def _granted(terms: Sequence[Grant], came: Came | None) -> frozenset[str]:
    """Return what a record may be used for: what every version names, and what it came for."""
    if came is None:
        return frozenset()
    lists = [frozenset(one.purposes) for one in terms]
    agreed = lists[0].intersection(*lists[1:]) if lists else frozenset[str]()
    return agreed | {came.purpose}


def _looked_for(actor: Actor, granted: frozenset[str], came: Came | None, purpose: str) -> str:
    """Return the purpose that a look is written down with."""
    if purpose or came is None:
        return purpose
    fitting = granted & actor.works_for
    return came.purpose if came.purpose in fitting else min(fitting, default="")


def _facts_of(actor: Actor, subject: Subject, handling: Handling, purpose: str) -> dict[str, str]:
    gone = subject.disposed_at
    return {
        "actor": actor.name,
        "roles": _listed(actor.roles),
        "works_for": _listed(actor.works_for),
        "record": f"{subject.kind} {subject.key}",
        "handling": handling.value,
        "purpose": purpose or _listed(actor.works_for),
        "disposed": day_of(gone).isoformat() if gone else _NONE,
    }


def _facts_granted(
    terms: Sequence[Grant], came: Came | None, granted: frozenset[str]
) -> dict[str, str]:
    if came is None:
        return {"grant": _NONE, "agreement": _NONE, "version": _NONE, "readers": _NONE,
                "granted_purposes": _NONE, "ends": _NONE, "partner": _NONE}  # fmt: skip
    return {
        "grant": came.grant,
        "agreement": came.agreement_id,
        "version": str(came.version),
        "readers": _listed(name for one in terms for name in one.readers),
        "granted_purposes": _listed(granted),
        "ends": day_of(ends(terms, came) if terms else came.delete_after).isoformat(),
        "partner": terms[0].sender if terms else _NONE,
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names))) or "none"
