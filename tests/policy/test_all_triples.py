"""Every mode, every purpose, every handling: what the gates say, beside tables made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Grant, Handling, Mode
from exchange_node.domain.assistance.given_on import GivenOn
from exchange_node.domain.message import Exchange
from exchange_node.policy.gates import HeldAgreement, permit_receiving, permit_sending
from exchange_node.policy.verdict import Code
from exchange_node.policy.viewing import Came, Subject, ViewCode, permit_view

ON = date(2026, 6, 15)
AT = datetime(2026, 6, 15, 8, tzinfo=UTC)
PURPOSES = (
    "TRANSIT_CONTROL", "RISK_ANALYSIS", "INVESTIGATION", "RECOVERY", "STATISTICS", "SYSTEM",
)  # fmt: skip
TRIPLES = tuple(product(Mode, PURPOSES, Handling))
GRANTED = ("TRANSIT_CONTROL", "INVESTIGATION")
"""What the grant names; the tables below know it too."""

SENT = {
    "TRANSIT_CONTROL": "ALLOW",
    "RISK_ANALYSIS": "DENY-PURPOSE",
    "INVESTIGATION": "ALLOW",
    "RECOVERY": "DENY-PURPOSE",
    "STATISTICS": "DENY-PURPOSE",
    "SYSTEM": "DENY-PURPOSE",
}
"""The answer of the send gate by purpose, where what is sent was asked for: a handling says how it
is held, and keeps nothing from being sent."""

REQUEST = GivenOn(
    reference="q1",
    message_id="m1@customs.uz",
    requester="customs.uz",
    requested="customs.kz",
    test=True,
)


def sent(mode: Mode, purpose: str, *, is_asked: bool) -> str:
    """Return what the send gate has to say: a grant on request alone also wants the request."""
    if mode is Mode.ON_REQUEST and not is_asked and SENT[purpose] == "ALLOW":
        return "DENY-NO-REQUEST"
    return SENT[purpose]


SEES = """
               open  restricted  confidential  secret
submitter      -     -           -             -
operator       -     -           -             -
releaser       -     -           -             -
border-post    yes   yes         -             -
liaison        yes   yes         yes           -
named post     yes   yes         -             yes
"""

LOOKS_FOR = """
               TRANSIT_CONTROL  RISK_ANALYSIS  INVESTIGATION  RECOVERY  STATISTICS  SYSTEM
submitter      -                -              -              -         -           -
operator       -                -              -              -         -           -
releaser       -                -              -              -         -           -
border-post    yes              yes            -              -         -           -
liaison        yes              yes            yes            yes       -           -
named post     yes              -              -              -         yes         -
"""

ACTORS = {
    **{role.value: Actor(name=f"a {role.value}", roles=frozenset({role})) for role in Role},
    "named post": Actor(
        name="post 7",
        roles=frozenset({Role.BORDER_POST}),
        purposes=frozenset({"TRANSIT_CONTROL", "STATISTICS"}),
    ),
}


def table(text: str) -> dict[tuple[str, str], bool]:
    """Read a table: row and column → whether it says yes."""
    head, *rows = [line for line in text.splitlines() if line.strip()]
    columns = head.split()
    found: dict[tuple[str, str], bool] = {}
    for row in rows:
        cells = row.split()
        said, name = cells[-len(columns) :], " ".join(cells[: -len(columns)])
        found |= {(name, column): one == "yes" for column, one in zip(columns, said, strict=True)}
    return found


SEEN, WORKS_FOR = table(SEES), table(LOOKS_FOR)


def under(held: HeldAgreement, mode: Mode, handling: Handling) -> tuple[HeldAgreement, Grant]:
    """Return the agreement with a grant of manifests of this mode and handling."""
    first, *others = held.agreement.grants
    readers = ("post 7", "a submitter") if handling is Handling.SECRET else ()
    grant = replace(first, mode=mode, handling=handling, purposes=GRANTED, readers=readers)
    agreement = replace(held.agreement, grants=(grant, *others))
    return replace(held, agreement=agreement), grant


@pytest.mark.parametrize("is_asked", [False, True])
@pytest.mark.parametrize(("mode", "purpose", "handling"), TRIPLES)
def test_what_may_be_sent(
    held: HeldAgreement,
    mode: Mode,
    purpose: str,
    handling: Handling,
    is_asked: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    agreed, _ = under(held, mode, handling)

    verdict = permit_sending(
        [agreed],
        sender="customs.kz",
        recipient="customs.uz",
        code="TM-010",
        purpose=purpose,
        test=True,
        on=ON,
        given_on=REQUEST if is_asked else None,
    )

    assert verdict.code.value == sent(mode, purpose, is_asked=is_asked)
    assert verdict.given_on == (REQUEST.message_id if is_asked and mode is Mode.ON_REQUEST else "")


@pytest.mark.parametrize("is_asked", [False, True])
@pytest.mark.parametrize(("mode", "purpose", "handling"), TRIPLES)
def test_what_may_be_taken(
    held: HeldAgreement,
    mode: Mode,
    purpose: str,
    handling: Handling,
    is_asked: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    agreed, grant = under(held, mode, handling)

    said = {
        marked: permit_receiving(
            [agreed],
            Exchange(
                sender="customs.kz",
                recipient="customs.uz",
                code="TM-010",
                agreement_id=agreed.agreement.agreement_id,
                agreement_version=agreed.agreement.version,
                agreement_digest=agreed.agreement.digest,
                grant=grant.grant_id,
                purpose=purpose,
                handling=marked.value,
                test=True,
            ),
            ON,
            given_on=REQUEST if is_asked else None,
        ).code
        for marked in Handling
    }

    # A purpose that is not granted is refused before anybody asks how the message is marked.
    is_granted = SENT[purpose] == "ALLOW"
    wants = mode is Mode.ON_REQUEST and not is_asked
    taken = Code.NO_REQUEST if wants else Code.ALLOW
    assert said == {
        marked: (taken if marked is handling else Code.HANDLING) if is_granted else Code.PURPOSE
        for marked in Handling
    }


def expected(name: str, handling: str, came_for: str, named: str) -> str:
    """Return what the view gate has to say, from the tables alone."""
    if handling == "secret" and name not in ("named post", "submitter"):
        return "DENY-VIEW-SECRET"
    if handling != "secret" and not SEEN[name, handling]:
        return "DENY-VIEW-HANDLING"
    if named and not WORKS_FOR[name, named]:
        return "DENY-VIEW-NOT-YOUR-PURPOSE"
    useful = {*GRANTED, came_for}
    looks_for = {named} if named else {one for one in PURPOSES if WORKS_FOR[name, one]}
    return "ALLOW" if looks_for & useful else "DENY-VIEW-PURPOSE"


@pytest.mark.parametrize(("mode", "purpose", "handling"), TRIPLES)
def test_what_may_be_seen(
    held: HeldAgreement, mode: Mode, purpose: str, handling: Handling
) -> None:
    agreed, grant = under(held, mode, handling)
    subject = Subject(
        kind="manifest",
        key="7",
        handling=handling,
        came=Came(
            agreement_id=agreed.agreement.agreement_id,
            version=agreed.agreement.version,
            grant=grant.grant_id,
            purpose=purpose,
            kept_since=AT - timedelta(days=1),
            delete_after=AT + timedelta(days=1),
        ),
    )

    said = {
        (name, named): permit_view([agreed], actor, subject, purpose=named, at=AT).code.value
        for name, actor in ACTORS.items()
        for named in ("", *PURPOSES)
    }

    assert said == {
        (name, named): expected(name, handling.value, purpose, named)
        for name in ACTORS
        for named in ("", *PURPOSES)
    }


def test_every_answer_of_the_tables_is_given_by_some_triple() -> None:
    said = {
        expected(name, handling.value, purpose, named)
        for _, purpose, handling in TRIPLES
        for name in ACTORS
        for named in ("", *PURPOSES)
    }

    assert len(TRIPLES) == 4 * 6 * 4
    assert said == {
        ViewCode.ALLOW, ViewCode.HANDLING, ViewCode.SECRET, ViewCode.NOT_YOUR_PURPOSE,
        ViewCode.PURPOSE,
    }  # fmt: skip
