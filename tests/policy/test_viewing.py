from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Handling
from exchange_node.domain.countersigning.life import Stage
from exchange_node.policy.gates import HeldAgreement
from exchange_node.policy.viewing import (
    EXPLAINED,
    SEEN,
    VIEW_CHECKS,
    Came,
    Sight,
    Subject,
    ViewCode,
    permit_view,
)

AT = datetime(2026, 6, 15, 8, tzinfo=UTC)
GRANT = "manifests-kz-uz"
POST = Actor(name="post 7", roles=frozenset({Role.BORDER_POST}))
LIAISON = Actor(name="A. Officer", roles=frozenset({Role.LIAISON}))
OPERATOR = Actor(name="operator", roles=frozenset({Role.OPERATOR}))


def granting(held: HeldAgreement, **changes: Any) -> HeldAgreement:  # noqa: ANN401 - as Grant has them
    """Return the agreement with the grant of manifests changed."""
    grants = tuple(
        replace(one, **changes) if one.grant_id == GRANT else one for one in held.agreement.grants
    )
    return replace(held, agreement=replace(held.agreement, grants=grants))


def later(
    held: HeldAgreement,
    begins: date = date(2026, 6, 1),
    **changes: Any,  # noqa: ANN401 - as Grant has them
) -> HeldAgreement:
    """Return version 2, in force from a day on, with the grant of manifests changed."""
    two = granting(held, **changes)
    validity = replace(two.agreement.validity, in_force_on=begins)
    return replace(two, agreement=replace(two.agreement, version=2, validity=validity))


def subject_of(
    held: HeldAgreement,
    purpose: str = "TRANSIT_CONTROL",
    **changes: Any,  # noqa: ANN401 - as Subject has them
) -> Subject:
    since = datetime(2026, 3, 2, 8, tzinfo=UTC)
    came = Came(
        agreement_id=held.agreement.agreement_id,
        version=1,
        grant=GRANT,
        purpose=purpose,
        kept_since=since,
        delete_after=since + timedelta(days=1095),
    )
    return replace(
        Subject(kind="manifest", key="7", handling=Handling.RESTRICTED, came=came), **changes
    )


@pytest.fixture(name="bare")
def _bare(held: HeldAgreement) -> HeldAgreement:
    """The sample without readers."""
    return granting(held, readers=())


def looked(held: list[HeldAgreement], actor: Actor, subject: Subject, purpose: str = "") -> Sight:
    return permit_view(held, actor, subject, purpose=purpose, at=AT)


def test_an_officer_of_the_post_sees_what_came_for_a_purpose_of_the_post(
    bare: HeldAgreement,
) -> None:
    sight = looked([bare], POST, subject_of(bare))

    assert sight.is_permitted
    assert sight.text == "post 7 may see manifest 7"
    assert sight.clause == "sample text, article 7: information in advance"
    assert (sight.purpose, sight.mend_text) == ("TRANSIT_CONTROL", "")


def test_whoever_names_a_purpose_looks_for_that_one(bare: HeldAgreement) -> None:
    sight = looked([bare], LIAISON, subject_of(bare), "RISK_ANALYSIS")

    assert (sight.code, sight.purpose) == (ViewCode.ALLOW, "RISK_ANALYSIS")


def test_a_purpose_that_the_grant_does_not_name_is_refused_and_explained(
    bare: HeldAgreement,
) -> None:
    sight = looked([bare], LIAISON, subject_of(bare), "INVESTIGATION")

    assert (sight.code, sight.is_explained) == (ViewCode.PURPOSE, True)
    assert sight.text == (
        f"grant {GRANT} lets manifest 7 be used for RISK_ANALYSIS, TRANSIT_CONTROL; A. Officer "
        "looks for INVESTIGATION"
    )


def test_a_purpose_that_the_token_does_not_carry_is_refused(bare: HeldAgreement) -> None:
    sight = looked([bare], POST, subject_of(bare), "INVESTIGATION")

    assert sight.code is ViewCode.NOT_YOUR_PURPOSE
    assert sight.text == "post 7 works for RISK_ANALYSIS, TRANSIT_CONTROL, not for INVESTIGATION"


def test_a_token_with_purposes_of_its_own_looks_for_no_other(bare: HeldAgreement) -> None:
    statistician = replace(POST, purposes=frozenset({"STATISTICS"}))

    assert looked([bare], statistician, subject_of(bare)).code is ViewCode.PURPOSE
    assert looked([bare], statistician, subject_of(bare, "STATISTICS")).is_permitted


def test_the_purpose_of_the_message_always_counts(bare: HeldAgreement) -> None:
    stricter = later(bare, purposes=("RISK_ANALYSIS",))

    sight = looked([bare, stricter], POST, subject_of(bare), "TRANSIT_CONTROL")

    assert sight.is_permitted


@pytest.mark.parametrize(
    ("changes", "actor", "purpose", "code"),
    [
        ({"handling": Handling.CONFIDENTIAL}, POST, "", ViewCode.HANDLING),
        ({"handling": Handling.OPEN}, POST, "", ViewCode.ALLOW),
        ({"purposes": ("TRANSIT_CONTROL",)}, LIAISON, "RISK_ANALYSIS", ViewCode.PURPOSE),
        ({"purposes": ("INVESTIGATION",)}, LIAISON, "INVESTIGATION", ViewCode.PURPOSE),
        ({"readers": ("liaison",)}, POST, "", ViewCode.READERS),
        ({"readers": ("liaison",)}, LIAISON, "", ViewCode.ALLOW),
        ({"handling": Handling.SECRET, "readers": ("liaison",)}, LIAISON, "", ViewCode.SECRET),
        ({"handling": Handling.SECRET, "readers": ("A. Officer",)}, LIAISON, "", ViewCode.ALLOW),
    ],
)
def test_the_stricter_of_two_versions_counts(
    bare: HeldAgreement,
    changes: dict[str, Any],
    actor: Actor,
    purpose: str,
    code: ViewCode,
) -> None:
    ahead, ended = later(bare, date(2026, 6, 16), **changes), later(bare, **changes)

    assert looked([bare, later(bare, **changes)], actor, subject_of(bare), purpose).code is code
    before = looked([bare], actor, subject_of(bare), purpose).code
    assert looked([bare, ahead], actor, subject_of(bare), purpose).code is before
    ended = replace(ended, stage=Stage.TERMINATED, ended_on=date(2026, 6, 10))
    assert looked([bare, ended], actor, subject_of(bare), purpose).code is code


@pytest.mark.parametrize(
    ("readers", "actor", "is_seen"),
    [
        (("border-post",), POST, True),
        (("post 7",), POST, True),
        (("UZ270101",), POST, False),
        (("UZ270101",), replace(POST, offices=frozenset({"UZ270101"})), True),
        (("officers who deal with the movement",), POST, False),
        (("liaison", "post 8"), POST, False),
    ],
)
def test_readers_are_roles_offices_and_names(
    bare: HeldAgreement, readers: tuple[str, ...], actor: Actor, *, is_seen: bool
) -> None:
    sight = looked([granting(bare, readers=readers)], actor, subject_of(bare))

    assert sight.is_permitted is is_seen
    assert sight.is_explained is False
    assert is_seen or sight.code is ViewCode.READERS


@pytest.mark.parametrize(
    ("readers", "actor", "is_seen"),
    [
        ((), LIAISON, False),
        (("post 7",), POST, True),
        (("border-post",), POST, False),
        (("UZ270101",), replace(POST, offices=frozenset({"UZ270101"})), True),
    ],
)
def test_what_is_secret_is_seen_by_those_who_are_named(
    bare: HeldAgreement, readers: tuple[str, ...], actor: Actor, *, is_seen: bool
) -> None:
    secret = granting(bare, handling=Handling.SECRET, readers=readers)

    sight = looked([secret], actor, subject_of(bare, handling=Handling.SECRET))

    assert sight.is_permitted is is_seen
    assert is_seen or (sight.code, sight.is_explained) == (ViewCode.SECRET, False)


def test_what_nobody_can_read_the_agreement_of_is_shown_to_nobody(bare: HeldAgreement) -> None:
    other = replace(bare, agreement=replace(bare.agreement, version=3))

    for held in ([], [other], [granting(bare, grant_id="another")]):
        sight = looked(held, LIAISON, subject_of(bare))

        assert (sight.code, sight.is_explained) == (ViewCode.AGREEMENT, False)
        assert "cannot be read here" in sight.text


def test_our_own_is_asked_for_its_handling_alone(bare: HeldAgreement) -> None:
    own = subject_of(bare, came=None)

    assert looked([], POST, own).is_permitted
    assert looked([], POST, own, "INVESTIGATION").code is ViewCode.NOT_YOUR_PURPOSE
    assert looked([], OPERATOR, own).code is ViewCode.HANDLING
    assert looked([], LIAISON, replace(own, handling=Handling.SECRET)).code is ViewCode.SECRET


def test_what_was_disposed_of_is_said_to_be_gone(bare: HeldAgreement) -> None:
    gone = subject_of(bare, disposed_at=AT)

    sight = looked([bare], POST, gone)

    assert (sight.code, sight.is_explained) == (ViewCode.DISPOSED, True)
    assert looked([bare], OPERATOR, gone).code is ViewCode.HANDLING


def test_what_has_ended_is_not_shown_and_waits_for_the_worker(bare: HeldAgreement) -> None:
    shorter = later(bare, retention=replace(bare.agreement.grants[0].retention, max_days=30))

    sight = looked([bare, shorter], POST, subject_of(bare))

    assert (sight.code, sight.is_explained) == (ViewCode.ENDED, True)
    assert "ended on 2026-04-01" in sight.text


def test_what_a_legal_hold_alone_keeps_the_liaison_officer_sees(bare: HeldAgreement) -> None:
    shorter = later(bare, retention=replace(bare.agreement.grants[0].retention, max_days=30))
    kept = subject_of(bare, is_on_hold=True)

    at_the_post = looked([bare, shorter], POST, kept)

    assert (at_the_post.code, at_the_post.is_explained) == (ViewCode.PROCEEDINGS, False)
    assert looked([bare, shorter], LIAISON, kept).is_permitted
    assert looked([bare], POST, kept).is_permitted


def test_every_denial_has_its_sentences_and_fills_them(bare: HeldAgreement) -> None:
    facts = looked([bare], POST, subject_of(bare)).facts
    own = looked([bare], POST, subject_of(bare, came=None)).facts

    assert set(VIEW_CHECKS) | {ViewCode.ALLOW} == set(ViewCode)
    assert set(VIEW_CHECKS) > EXPLAINED
    for known in (facts, own):
        for one in VIEW_CHECKS.values():
            assert all(text.format_map(known) for text in (one.question, one.denial, one.mend))
        assert SEEN.format_map(known)
