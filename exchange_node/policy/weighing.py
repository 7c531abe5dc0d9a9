"""One thing that is to move + one agreement held here → verdict: the checks, in their order.

Of several versions of an agreement one decides on a given day: the newest that has begun and was
not ended here. A suspended or expired newest version does not bring an older one back.

What flows against a grant: the grant that lets an alert go out lets its acknowledgement (RA-020)
come back, where it names that code; a business answer (SY-002) comes back under the grant of what
it answers, without being named. Everything else flows from the grant's `from` to its `to`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from exchange_node.domain.agreement import ActivationState, Agreement, Grant
from exchange_node.domain.message import ANSWERS, BUSINESS_ANSWER, Exchange
from exchange_node.policy.verdict import Code, Step, Verdict

AGAINST_THE_GRANT = frozenset(ANSWERS) - {BUSINESS_ANSWER}
"""Codes that answer a message of the grant which names them, and so travel from `to` to `from`."""

_DIGEST_SHOWN = 12
_NONE = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAgreement:
    """An agreement as it stands at this node."""

    agreement: Agreement
    state: ActivationState


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is to move; the named parts are empty where the gate itself chooses the grant."""

    sender: str
    recipient: str
    code: str
    purpose: str
    test: bool
    on: date
    agreement_id: str = ""
    version: int = 0
    digest: str = ""
    grant_id: str = ""
    handling: str = ""
    attachments: int = 0

    @classmethod
    def of(cls, exchange: Exchange, on: date, *, attachments: int = 0) -> Ask:
        """Ask for what a message names."""
        return cls(
            sender=exchange.sender,
            recipient=exchange.recipient,
            code=exchange.code,
            purpose=exchange.purpose,
            test=exchange.test,
            on=on,
            agreement_id=exchange.agreement_id,
            version=exchange.agreement_version,
            digest=exchange.agreement_digest,
            grant_id=exchange.grant,
            handling=exchange.handling,
            attachments=attachments,
        )


# ---------------------------------------------------------------- which agreement


def between(held: Iterable[HeldAgreement], ask: Ask) -> tuple[HeldAgreement, ...]:
    """Return those between the two, of the agreement that is named, if one is."""
    return tuple(
        one
        for one in held
        if one.agreement.is_between(ask.sender, ask.recipient)
        and ask.agreement_id in ("", one.agreement.agreement_id)
    )


def deciding(held: Sequence[HeldAgreement], on: date) -> tuple[HeldAgreement, ...]:
    """Return of each agreement the version that decides on a day, in the order held."""

    def weight(one: HeldAgreement) -> tuple[bool, bool, int]:
        ended = one.state is ActivationState.ENDED
        begun = one.agreement.in_force_on <= on
        # Before anything has begun the one that begins first is the one to name.
        ahead = one.agreement.version if begun else -one.agreement.version
        return (not ended, begun, ahead)

    best: dict[str, HeldAgreement] = {}
    for one in held:
        known = best.get(one.agreement.agreement_id)
        if known is None or weight(one) > weight(known):
            best[one.agreement.agreement_id] = one
    return tuple(best.values())


def _named(held: Sequence[HeldAgreement], ask: Ask) -> HeldAgreement | None:
    """Return the version that an answered message named, else the one that decides."""
    if ask.code == BUSINESS_ANSWER:
        for one in held:
            if (one.agreement.version, one.agreement.digest) == (ask.version, ask.digest):
                return one
    return next(iter(deciding(held, ask.on)), None)


# ---------------------------------------------------------------- the checks in their order


def weigh(one: HeldAgreement, grant: Grant | None, ask: Ask) -> Verdict:
    """Weigh what is to be sent against one grant of one agreement."""
    covers = grant is not None and ask.code in grant.message_codes
    passed = [
        (Code.NO_AGREEMENT, True),
        (Code.SUSPENDED, one.state is not ActivationState.SUSPENDED),
        (Code.NOT_IN_FORCE, _is_in_force(one, ask.on)),
        (Code.TEST_MIX, one.agreement.test is ask.test),
        (Code.NO_GRANT, covers),
    ]
    if grant is not None and covers:
        passed += [
            (Code.DIRECTION, _is_right_way(grant, ask)),
            (Code.PURPOSE, ask.purpose in grant.purposes),
            *_attachments(grant, ask),
        ]
    return _verdict(one, grant if covers else None, ask, passed)


def weigh_named(held: Sequence[HeldAgreement], ask: Ask, *, passes_suspension: bool) -> Verdict:
    """Weigh a message against the agreement and the grant that it names."""
    one = _named(held, ask)
    if one is None:
        return no_agreement(ask)
    agreement = one.agreement
    is_answer = ask.code == BUSINESS_ANSWER
    grant = agreement.grant(ask.grant_id)
    same_text = (agreement.version, agreement.digest) == (ask.version, ask.digest)
    is_suspended = one.state is ActivationState.SUSPENDED
    passed = [
        (Code.NO_AGREEMENT, True),
        (Code.DIGEST_DIFFERS, same_text),
        (Code.SUSPENDED, passes_suspension or not is_suspended),
        (Code.NOT_IN_FORCE, is_answer or _is_in_force(one, ask.on)),
        (Code.TEST_MIX, agreement.test is ask.test),
        (Code.NO_GRANT, grant is not None),
    ]
    if grant is not None:
        passed += [
            (Code.MESSAGE_TYPE, is_answer or ask.code in grant.message_codes),
            (Code.DIRECTION, _is_right_way(grant, ask)),
            (Code.PURPOSE, ask.purpose in grant.purposes),
            (Code.HANDLING, ask.handling == grant.handling.value),
            *_attachments(grant, ask),
        ]
    return _verdict(one, grant, ask, passed)


def _attachments(grant: Grant, ask: Ask) -> list[tuple[Code, bool]]:
    """Return the check that is asked only where something is attached."""
    return [(Code.ATTACHMENTS, grant.attachments)] if ask.attachments else []


def _is_in_force(one: HeldAgreement, on: date) -> bool:
    return one.state is not ActivationState.ENDED and one.agreement.is_in_force(on)


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
    facts = _facts_of(ask) | _facts_held(one) | (_facts_granted(grant, ask) if grant else {})
    return Verdict(
        code=code,
        agreement=one.agreement,
        grant=grant,
        facts=MappingProxyType(facts),
        steps=steps[: first_no + 1],
        further=steps[first_no + 1 :],
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
    }


def _facts_held(one: HeldAgreement) -> dict[str, str]:
    agreement = one.agreement
    return {
        "agreement": agreement.agreement_id,
        "version": str(agreement.version),
        "digest": agreement.digest[:_DIGEST_SHOWN],
        "in_force_on": agreement.in_force_on.isoformat(),
        "expires_on": agreement.expires_on.isoformat(),
        "state": one.state.value,
        "agreement_kind": _kind(test=agreement.test),
    }


def _facts_granted(grant: Grant, ask: Ask) -> dict[str, str]:
    granted_from, granted_to = _way(grant, ask.code)
    return {
        "grant": grant.grant_id,
        "granted_codes": ", ".join(grant.message_codes),
        "granted_from": granted_from,
        "granted_to": granted_to,
        "granted_purposes": ", ".join(grant.purposes),
        "granted_handling": grant.handling.value,
    }


def _kind(*, test: bool) -> str:
    return "test" if test else "production"
