"""One thing that is to move + one agreement held here → verdict: the checks, in their order.

What flows against a grant: the grant that lets an alert go out lets its acknowledgement (RA-020)
come back, where it names that code; a business answer (SY-002) comes back under the grant of what
it answers, without being named. A notice of misuse (MA-040) goes to who supplied. Everything else
flows from the grant's `from` to its `to`.

What outlives an agreement (`OUTLIVING`) moves while it is suspended and after it has ended: the
law binds whoever holds the data, whatever has become of the text. See docs/adr/0025.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from exchange_node.domain.agreement import Grant
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.message import ANSWERS, BUSINESS_ANSWER, OUTLIVING
from exchange_node.policy.deciding import (
    BINDING,
    Ask,
    HeldAgreement,
    Succession,
    deciding,
    named_text,
    named_version,
    succession,
)
from exchange_node.policy.minimising.conditions import is_asked, unmet
from exchange_node.policy.minimising.scope import scope_checks
from exchange_node.policy.requests.giving import asked_for, wants_request
from exchange_node.policy.verdict import Code, Step, Verdict

AGAINST_THE_GRANT = (frozenset(ANSWERS) - {BUSINESS_ANSWER}) | {"MA-040"}
"""Codes that answer what came under the grant which names them, and so go from `to` to `from`."""

_DIGEST_SHOWN = 12
_NONE = "-"


# ---------------------------------------------------------------- the checks in their order


def weigh(one: HeldAgreement, grant: Grant | None, ask: Ask) -> Verdict:
    """Weigh what is to be sent against one grant of one agreement."""
    covers = grant is not None and ask.code in grant.message_codes
    scope = () if ask.said is None else tuple(scope_checks(one.agreement, ask.code, ask.said))
    outlives = ask.code in OUTLIVING and one.has_begun(ask.on)
    passed = [
        (Code.NO_AGREEMENT, True),
        (Code.NOT_COUNTERSIGNED, one.stage in BINDING),
        (Code.TERMINATED, outlives or one.stage is not Stage.TERMINATED),
        (Code.SUSPENDED, outlives or one.is_free),
        (Code.NOT_IN_FORCE, outlives or one.agreement.is_in_force(ask.on)),
        (Code.TEST_MIX, one.agreement.test is ask.test),
        (Code.NO_GRANT, covers),
    ]
    if grant is not None and covers:
        passed += [
            (Code.GRANT_SUSPENDED, outlives or grant.grant_id not in one.suspended_grants),
            (Code.DIRECTION, _is_right_way(grant, ask)),
            (Code.PURPOSE, ask.purpose in grant.purposes),
            *asked_for(grant, ask),
            *_attachments(grant, ask),
            *((check, not amiss) for check, amiss in scope),
            *_conditions(grant, ask),
        ]
    verdict = _verdict(one, grant if covers else None, ask, passed)
    amiss = {name: value for _, facts in scope for name, value in facts.items()}
    return (
        replace(verdict, facts=MappingProxyType({**verdict.facts, **amiss})) if amiss else verdict
    )


def weigh_named(held: Sequence[HeldAgreement], ask: Ask, *, is_arriving: bool) -> Verdict:
    """Weigh a message against the agreement and the grant that it names.

    An answer that arrives is taken under suspension too. What was sealed under a version that gave
    way since then is weighed by that one, as long as it counts (`succession`).
    """
    if ask.code != BUSINESS_ANSWER and ask.code not in OUTLIVING:
        overtaken = succession(held, ask)
        if overtaken is not None and (overtaken.is_made_before or not is_arriving):
            return _weigh_overtaken(held, overtaken, ask)
    one = _named(held, ask, is_arriving=is_arriving)
    if one is None:
        return no_agreement(ask)
    agreement = one.agreement
    is_answer = ask.code == BUSINESS_ANSWER
    grant = agreement.grant(ask.grant_id)
    same_text = (agreement.version, agreement.digest) == (ask.version, ask.digest)
    outlives = ask.code in OUTLIVING and one.has_begun(ask.on)
    ends = is_answer or outlives
    passes = (is_arriving and is_answer) or outlives
    is_signed = one.stage in BINDING or (is_arriving and one.stage is Stage.COUNTERSIGNED)
    passed = [
        (Code.NO_AGREEMENT, True),
        (Code.NOT_COUNTERSIGNED, is_signed),
        (Code.DIGEST_DIFFERS, same_text),
        (Code.TERMINATED, ends or one.stage is not Stage.TERMINATED),
        (Code.SUSPENDED, passes or one.is_free),
        (Code.NOT_IN_FORCE, ends or agreement.is_in_force(ask.on)),
        (Code.TEST_MIX, agreement.test is ask.test),
        (Code.NO_GRANT, grant is not None),
    ]
    if grant is not None:
        passed += [
            (Code.GRANT_SUSPENDED, passes or grant.grant_id not in one.suspended_grants),
            (Code.MESSAGE_TYPE, is_answer or ask.code in grant.message_codes),
            (Code.DIRECTION, _is_right_way(grant, ask)),
            (Code.PURPOSE, ask.purpose in grant.purposes),
            (Code.HANDLING, ask.handling == grant.handling.value),
            *asked_for(grant, ask),
            *_attachments(grant, ask),
        ]
    return _verdict(one, grant, ask, passed)


def _named(held: Sequence[HeldAgreement], ask: Ask, *, is_arriving: bool) -> HeldAgreement | None:
    """Return the version that what is named is weighed by.

    Of what is to leave it is the named one too where that was refused after all: it says so.
    """
    own = None if is_arriving or ask.made_at is None else named_text(held, ask)
    if own is not None and own.stage is Stage.REFUSED:
        return own
    return named_version(held, ask, is_arriving=is_arriving)


def _weigh_overtaken(held: Sequence[HeldAgreement], found: Succession, ask: Ask) -> Verdict:
    """Weigh a message by the version it was sealed under, which a newer one has overtaken.

    Both have to let it pass: what stops the newer one stops what was sealed before it, too.
    """
    one, now = found.before, next(iter(deciding(held, ask.on)), found.before)
    grant = one.agreement.grant(ask.grant_id)
    made_on = day_of(ask.made_at) if ask.made_at is not None else ask.on
    counts = found.counts(ask.on)
    own, newer = _stands(one, made_on), _stands(now, ask.on)
    passed = [
        (Code.NO_AGREEMENT, True),
        (Code.NOT_COUNTERSIGNED, True),
        (Code.OVERTAKEN, counts),
        *((check, own[check] and newer[check]) for check in own),
        (Code.TEST_MIX, one.agreement.test is ask.test),
        (Code.NO_GRANT, grant is not None),
    ]
    if grant is not None:
        suspended = one.suspended_grants | now.suspended_grants
        passed += [
            (Code.GRANT_SUSPENDED, grant.grant_id not in suspended),
            (Code.MESSAGE_TYPE, ask.code in grant.message_codes),
            (Code.DIRECTION, _is_right_way(grant, ask)),
            (Code.PURPOSE, ask.purpose in grant.purposes),
            (Code.HANDLING, ask.handling == grant.handling.value),
            *asked_for(grant, ask),
            *_attachments(grant, ask),
        ]
    verdict = _verdict(one, grant, ask, passed)
    told = {"state": one.standing(ask.on, held).value}
    if counts and all(own.values()) and not all(newer.values()):
        told = _facts_held(now, ask.on)  # it is the newer one that stands in the way
    facts = {**verdict.facts, **told, **_facts_of_succession(found)}
    return replace(verdict, facts=MappingProxyType(facts))


def _stands(one: HeldAgreement, on: date) -> dict[Code, bool]:
    """Return whether a version itself is anything to build on, on a day."""
    return {
        Code.TERMINATED: one.stage is not Stage.TERMINATED,
        Code.SUSPENDED: one.is_free,
        Code.NOT_IN_FORCE: one.agreement.is_in_force(on),
    }


def _attachments(grant: Grant, ask: Ask) -> list[tuple[Code, bool]]:
    """Return the check that is asked only where something is attached."""
    return [(Code.ATTACHMENTS, grant.attachments)] if ask.attachments else []


def _conditions(grant: Grant, ask: Ask) -> list[tuple[Code, bool]]:
    """Return the check that is asked only where a grant sets conditions and a document is there."""
    if grant.conditions is None or ask.said is None or not is_asked(ask.code):
        return []
    return [(Code.CONDITION, unmet(grant.conditions, ask.said) is None)]


def _is_right_way(grant: Grant, ask: Ask) -> bool:
    if ask.code == BUSINESS_ANSWER:
        return {grant.sender, grant.recipient} == {ask.sender, ask.recipient}
    return _way(grant, ask.code) == (ask.sender, ask.recipient)


def _way(grant: Grant, code: str) -> tuple[str, str]:
    """Return from whom to whom a grant lets a code go."""
    if code in AGAINST_THE_GRANT:
        return grant.recipient, grant.sender
    return grant.sender, grant.recipient


# ---------------------------------------------------------------- the answer


def no_agreement(ask: Ask) -> Verdict:
    """Return the denial for two who have no agreement."""
    return Verdict(
        code=Code.NO_AGREEMENT,
        facts=MappingProxyType(_facts_of(ask)),
        steps=(Step(check=Code.NO_AGREEMENT, passed=False),),
    )


def _verdict(
    one: HeldAgreement, grant: Grant | None, ask: Ask, passed: Sequence[tuple[Code, bool]]
) -> Verdict:
    """Return the verdict of checks in their order: the first that fails decides."""
    steps = tuple(Step(check=check, passed=is_passed) for check, is_passed in passed)
    first_no = next((at for at, one in enumerate(steps) if not one.passed), len(steps))
    code = steps[first_no].check if first_no < len(steps) else Code.ALLOW
    asked = ask.given_on if grant is not None and wants_request(grant, ask.code) else None
    facts = (
        _facts_of(ask) | _facts_held(one, ask.on) | (_facts_granted(grant, ask) if grant else {})
    )
    return Verdict(
        code=code,
        agreement=one.agreement,
        grant=grant,
        facts=MappingProxyType(facts),
        steps=steps[: first_no + 1],
        further=steps[first_no + 1 :],
        given_on=asked.message_id if asked is not None else "",
    )


def _facts_of(ask: Ask) -> dict[str, str]:
    return {
        "sender": ask.sender,
        "recipient": ask.recipient,
        "code": ask.code,
        "purpose": ask.purpose,
        "handling": ask.handling,
        "attachments": str(ask.attachments),
        "message_kind": _kind(test=ask.test),
        "on": ask.on.isoformat(),
        "agreement": ask.agreement_id or _NONE,
        "named_version": str(ask.version),
        "named_digest": ask.digest[:_DIGEST_SHOWN],
        "named_grant": ask.grant_id or _NONE,
        "request": ask.given_on.reference if ask.given_on else _NONE,
    }


def _facts_held(one: HeldAgreement, on: date) -> dict[str, str]:
    agreement = one.agreement
    return {
        "agreement": agreement.agreement_id,
        "version": str(agreement.version),
        "digest": agreement.digest[:_DIGEST_SHOWN],
        "in_force_on": agreement.in_force_on.isoformat(),
        "expires_on": agreement.expires_on.isoformat(),
        "state": one.standing(on).value,
        "agreement_kind": _kind(test=agreement.test),
    }


def _facts_of_succession(found: Succession) -> dict[str, str]:
    return {
        "newer": str(found.after.agreement.version),
        "newer_from": found.after.begins_at.isoformat(timespec="minutes"),
        "until": found.until.isoformat() if found.until is not None else _NONE,
    }


def _facts_granted(grant: Grant, ask: Ask) -> dict[str, str]:
    granted_from, granted_to = _way(grant, ask.code)
    missed = unmet(grant.conditions, ask.said) if ask.said is not None else None
    return (missed.facts if missed is not None else {}) | {
        "grant": grant.grant_id,
        "granted_codes": ", ".join(grant.message_codes),
        "granted_from": granted_from,
        "granted_to": granted_to,
        "granted_purposes": ", ".join(grant.purposes),
        "granted_handling": grant.handling.value,
    }


def _kind(*, test: bool) -> str:
    return "test" if test else "production"
