"""Agreements held here → verdict: the send gate, the leaving gate, the header gate, and answers.

Each gate is one function over values. It never raises: `verdict.require` does, for the walks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from exchange_node.domain.assistance.given_on import GivenOn
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.message import BUSINESS_ANSWER, Exchange
from exchange_node.policy.deciding import Ask, HeldAgreement, between, deciding
from exchange_node.policy.minimising.conditions import Said
from exchange_node.policy.verdict import Verdict
from exchange_node.policy.weighing import no_agreement, weigh, weigh_named

__all__ = [
    "HeldAgreement",
    "permit_about",
    "permit_answer",
    "permit_leaving",
    "permit_receiving",
    "permit_sending",
    "weigh_sending",
]


def permit_sending(  # noqa: PLR0913 - so much is asked of every message
    held: Iterable[HeldAgreement],
    *,
    sender: str,
    recipient: str,
    code: str,
    purpose: str,
    test: bool,
    on: date,
    attachments: int = 0,
    said: Said | None = None,
    given_on: GivenOn | None = None,
) -> Verdict:
    """Return whether a message may be made, and under which grant.

    A denial is that of the nearest miss: the grant that passed the most checks.

    Args:
        held: every agreement this node holds, in any state.
        sender, recipient: party ids.
        on: the day (UTC).
        attachments: how many files are to go with the document.
        said: what the document says, for the conditions of grants (`conditions.said_by`); without
            it they are left to the content gate.
        given_on: the request that it is given on; a grant `on_request` asks for one that is open.
    """
    return weigh_sending(
        held,
        sender=sender,
        recipient=recipient,
        code=code,
        purpose=purpose,
        test=test,
        on=on,
        attachments=attachments,
        said=said,
        given_on=given_on,
    )[0]


def weigh_sending(  # noqa: PLR0913 - so much is asked of every message
    held: Iterable[HeldAgreement],
    *,
    sender: str,
    recipient: str,
    code: str,
    purpose: str,
    test: bool,
    on: date,
    attachments: int = 0,
    said: Said | None = None,
    given_on: GivenOn | None = None,
) -> tuple[Verdict, ...]:
    """Return the verdict over every grant that could matter, the nearest first; never empty."""
    ask = Ask(
        sender=sender,
        recipient=recipient,
        code=code,
        purpose=purpose,
        test=test,
        on=on,
        attachments=attachments,
        said=said,
        given_on=given_on,
    )
    verdicts = [
        weigh(one, grant, ask)
        for one in deciding(between(held, ask), on)
        for grant in (one.agreement.grants or (None,))
    ]
    if not verdicts:
        return (no_agreement(ask),)
    # Python sorts stably: of equally near ones the first that is held stands first.
    verdicts.sort(key=lambda one: (one.is_permitted, len(one.steps)), reverse=True)
    return tuple(verdicts)


def permit_answer(
    held: Iterable[HeldAgreement], answered: Exchange, *, code: str, on: date
) -> Verdict:
    """Return whether a message may be answered: SY-002 for any, RA-020 for an alert.

    A business answer needs the agreement that the answered message names, in whatever version it
    came under: what has begun under a version ends under it. An acknowledgement is a message of a
    person's own: it takes the answered alert's grant where that still decides, else another grant
    in force that lets acknowledgements go this way.
    """
    back = replace(answered, sender=answered.recipient, recipient=answered.sender, code=code)
    everything = tuple(held)
    verdict = permit_leaving(everything, back, on)
    if verdict.is_permitted or code == BUSINESS_ANSWER:
        return verdict
    other = permit_sending(
        everything,
        sender=back.sender,
        recipient=back.recipient,
        code=code,
        purpose=back.purpose,
        test=back.test,
        on=on,
    )
    return other if other.is_permitted else verdict


def permit_about(
    held: Iterable[HeldAgreement],
    about: Exchange | None,
    *,
    sender: str,
    recipient: str,
    code: str,
    test: bool,
    on: date,
) -> tuple[Verdict, str]:
    """Return whether a message about what was handed over may be made, and its purpose.

    Any grant will do that names the code, and its first purpose: of the version that the record
    came under, else of one that decides now. Neither has to be in force still (`OUTLIVING`).

    Args:
        about: what the record came under; None where the message names no record.
    """
    ask = Ask(sender=sender, recipient=recipient, code=code, purpose="", test=test, on=on)
    between_us = between(held, ask)
    came_under = [
        one
        for one in between_us
        if about is not None and one.agreement.digest == about.agreement_digest
    ]
    verdicts = [
        (weigh(one, grant, replace(ask, purpose=purpose)), purpose)
        for one in (*came_under, *deciding(between_us, on))
        for grant in (one.agreement.grants or (None,))
        for purpose in (grant.purposes[0] if grant else "",)
    ]
    if not verdicts:
        return no_agreement(ask), ""
    return max(verdicts, key=lambda one: (one[0].is_permitted, len(one[0].steps)))


def permit_leaving(
    held: Iterable[HeldAgreement],
    exchange: Exchange,
    on: date,
    *,
    made_at: datetime | None = None,
    patience: timedelta | None = None,
    given_on: GivenOn | None = None,
    is_request_known: bool = True,
) -> Verdict:
    """Return whether a finished message may leave now, under the very text it was sealed under.

    Args:
        made_at: when it was sealed; a version that decided then counts for a while (`succession`).
        patience: how long, where the newer version does not say.
        given_on: the request that it names, where the register here has it.
        is_request_known: False where nobody can look it up, as in a document without its header.
    """
    ask = Ask.of(
        exchange,
        on,
        made_at=made_at,
        patience=patience,
        given_on=given_on,
        is_request_known=is_request_known,
    )
    return weigh_named(between(held, ask), ask, is_arriving=False)


def permit_receiving(
    held: Iterable[HeldAgreement],
    exchange: Exchange,
    on: date,
    *,
    attachments: int = 0,
    made_at: datetime | None = None,
    patience: timedelta | None = None,
    given_on: GivenOn | None = None,
    is_request_known: bool = True,
) -> Verdict:
    """Return whether a message may be taken in: the header gate.

    The caller has bound the sender's identity and checked that it is the recipient; it takes
    nothing that was made longer ago, or later, than clocks and tries may differ. A version that
    begins by the sender's clock, which is ahead, has begun for what the sender makes.
    A business answer is taken under suspension too: it says nothing but what became of our message.
    """
    day = on if made_at is None else max(on, day_of(made_at))
    ask = Ask.of(
        exchange,
        day,
        attachments=attachments,
        made_at=made_at,
        patience=patience,
        given_on=given_on,
        is_request_known=is_request_known,
    )
    return weigh_named(between(held, ask), ask, is_arriving=True)
