from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from exchange_node.domain.agreement import Agreement, Grant, Validity
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.countersigning.standing import Standing
from exchange_node.domain.errors import NotPermittedError
from exchange_node.domain.message import CODES, Exchange
from exchange_node.domain.standing import FOUNDING, STANDING_CODES
from exchange_node.policy.gates import (
    HeldAgreement,
    permit_answer,
    permit_leaving,
    permit_receiving,
    permit_sending,
    weigh_sending,
)
from exchange_node.policy.verdict import CHECKS, Code, Verdict, require

ON = date(2026, 6, 15)
KZ, UZ, TJ = "customs.kz", "customs.uz", "customs.tj"


def ask(*held: HeldAgreement, **changed: object) -> Verdict:
    asked: dict[str, object] = {
        "sender": KZ,
        "recipient": UZ,
        "code": "TM-010",
        "purpose": "TRANSIT_CONTROL",
        "test": True,
        "on": ON,
    }
    return permit_sending(held, **(asked | changed))  # type: ignore[arg-type]


def state_of(held: HeldAgreement, state: Stage) -> HeldAgreement:
    return replace(held, stage=state)


def from_to(
    in_force_on: date = date(2026, 1, 1), expires_on: date = date(2030, 12, 31)
) -> Validity:
    return Validity(in_force_on=in_force_on, expires_on=expires_on)


def version_of(
    held: HeldAgreement,
    version: int,
    state: Stage = Stage.AGREED,
    **changed: object,
) -> HeldAgreement:
    agreement = replace(
        held.agreement,
        version=version,
        digest=f"{version:064x}",
        **changed,  # type: ignore[arg-type]
    )
    return HeldAgreement(agreement=agreement, stage=state)


# ---------------------------------------------------------------- the send gate


def test_a_manifest_may_go_under_its_grant(held: HeldAgreement) -> None:
    verdict = ask(held)

    assert verdict.is_permitted
    agreement, grant = require(verdict)
    assert agreement is held.agreement
    assert grant.grant_id == "manifests-kz-uz"
    assert verdict.clause == grant.clause
    assert verdict.text == "grant manifests-kz-uz permits it"
    assert all(one.passed for one in verdict.steps)


def test_without_an_agreement_nothing_goes() -> None:
    verdict = ask()

    assert verdict.code is Code.NO_AGREEMENT
    assert verdict.clause == "deny by default"
    assert verdict.text == "no agreement between customs.kz and customs.uz is held here (named: -)"


def test_an_agreement_with_somebody_else_does_not_help(held: HeldAgreement) -> None:
    assert ask(held, recipient=TJ).code is Code.NO_AGREEMENT


def test_a_suspended_agreement_stops_everything(held: HeldAgreement) -> None:
    verdict = ask(state_of(held, Stage.SUSPENDED))

    assert verdict.code is Code.SUSPENDED
    assert verdict.text == "urn:carec:maa:kz-uz:transit version 1 is suspended here"


def test_a_terminated_agreement_stops_everything(held: HeldAgreement) -> None:
    verdict = ask(state_of(held, Stage.TERMINATED))

    assert verdict.code is Code.TERMINATED
    assert "was terminated" in verdict.text


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2025, 12, 31), Code.NOT_IN_FORCE),
        (date(2026, 1, 1), Code.ALLOW),
        (date(2030, 12, 31), Code.ALLOW),
        (date(2031, 1, 1), Code.NOT_IN_FORCE),
    ],
)
def test_both_days_of_its_validity_are_included(on: date, code: Code, held: HeldAgreement) -> None:
    assert ask(held, on=on).code is code


def test_the_days_are_named_in_the_sentence(held: HeldAgreement) -> None:
    assert ask(held, on=date(2031, 1, 1)).text == (
        "urn:carec:maa:kz-uz:transit version 1 is not in force on 2031-01-01: "
        "it runs from 2026-01-01 to 2030-12-31 and is expired here"
    )


@pytest.mark.parametrize(("agreement_test", "message_test"), list(product([True, False], repeat=2)))
def test_test_and_production_never_mix(
    held: HeldAgreement, *, agreement_test: bool, message_test: bool
) -> None:
    agreed = HeldAgreement(
        agreement=replace(held.agreement, test=agreement_test), stage=Stage.AGREED
    )

    verdict = ask(agreed, test=message_test)

    assert verdict.code is (Code.ALLOW if agreement_test is message_test else Code.TEST_MIX)


def test_a_code_that_no_grant_names_is_denied(held: HeldAgreement) -> None:
    verdict = ask(held, code="MA-010")

    assert verdict.code is Code.NO_GRANT
    assert verdict.grant is None
    assert verdict.clause == held.agreement.legal_basis[0].citation


def test_a_manifest_does_not_go_the_other_way(held: HeldAgreement) -> None:
    verdict = ask(held, sender=UZ, recipient=KZ)

    assert verdict.code is Code.DIRECTION
    assert verdict.text == (
        "grant manifests-kz-uz lets TM-010 go from customs.kz to customs.uz, not from "
        "customs.uz to customs.kz"
    )


def test_a_purpose_that_is_not_granted_is_denied_naming_those_that_are(
    held: HeldAgreement,
) -> None:
    verdict = ask(held, purpose="STATISTICS")

    assert verdict.code is Code.PURPOSE
    assert verdict.text == (
        "grant manifests-kz-uz covers the purposes TRANSIT_CONTROL, RISK_ANALYSIS, not STATISTICS"
    )


def test_an_alert_goes_both_ways_under_two_grants(held: HeldAgreement) -> None:
    there = ask(held, code="RA-010", purpose="RISK_ANALYSIS")
    back = ask(held, sender=UZ, recipient=KZ, code="RA-010", purpose="RISK_ANALYSIS")

    assert require(there)[1].grant_id == "alerts-kz-uz"
    assert require(back)[1].grant_id == "alerts-uz-kz"


def test_an_acknowledgement_goes_against_the_grant_of_the_alert(held: HeldAgreement) -> None:
    verdict = ask(held, code="RA-020", purpose="RISK_ANALYSIS")

    assert require(verdict)[1].grant_id == "alerts-uz-kz"


def test_a_business_answer_is_never_sent_on_its_own(held: HeldAgreement) -> None:
    assert ask(held, code="SY-002").code is Code.NO_GRANT


def test_the_nearest_miss_explains(held: HeldAgreement) -> None:
    far = version_of(held, 1, Stage.SUSPENDED, agreement_id="urn:far")

    verdict = ask(far, held, purpose="STATISTICS")

    assert verdict.code is Code.PURPOSE
    assert verdict.agreement is held.agreement


def test_one_permission_is_enough(held: HeldAgreement) -> None:
    far = version_of(held, 9, Stage.SUSPENDED, agreement_id="urn:far")

    assert ask(far, held).agreement is held.agreement


def test_every_grant_is_weighed_and_explains_itself(held: HeldAgreement) -> None:
    verdicts = weigh_sending(
        [held],
        sender=UZ,
        recipient=KZ,
        code="TM-010",
        purpose="TRANSIT_CONTROL",
        test=True,
        on=ON,
    )

    assert [one.code for one in verdicts] == [Code.DIRECTION, *[Code.NO_GRANT] * 5]
    steps = [
        (CHECKS[one.check].question.format_map(verdicts[0].facts), one.passed)
        for one in verdicts[0].steps
    ]
    assert steps == [
        ("Is an agreement between customs.uz and customs.kz held here?", True),
        (
            "Have both parties signed urn:carec:maa:kz-uz:transit version 1, and do both know it?",
            True,
        ),
        (
            "Does urn:carec:maa:kz-uz:transit version 1 stand, and nobody has terminated it?",
            True,
        ),
        ("Is urn:carec:maa:kz-uz:transit version 1 free of suspension?", True),
        ("Is urn:carec:maa:kz-uz:transit version 1 in force on 2026-06-15?", True),
        ("Is the message of the same kind as urn:carec:maa:kz-uz:transit: test data?", True),
        ("Does a grant of urn:carec:maa:kz-uz:transit version 1 cover this?", True),
        ("Is grant manifests-kz-uz free of suspension?", True),
        ("Does grant manifests-kz-uz let TM-010 go from customs.uz to customs.kz?", False),
    ]


def test_an_agreement_without_grants_is_weighed_too(held: HeldAgreement) -> None:
    assert ask(version_of(held, 1, grants=())).code is Code.NO_GRANT


# ---------------------------------------------------------------- which version decides


def test_the_newest_version_that_has_begun_decides(held: HeldAgreement) -> None:
    newer = version_of(held, 2)
    ahead = version_of(held, 3, validity=from_to(date(2027, 1, 1)))

    assert ask(held, newer, ahead).agreement is newer.agreement
    assert ask(ahead, newer, held).agreement is newer.agreement
    assert ask(held, newer, ahead, on=date(2027, 1, 1)).agreement is ahead.agreement


@pytest.mark.parametrize(
    ("state", "expires_on", "code"),
    [
        (Stage.SUSPENDED, date(2030, 1, 1), Code.SUSPENDED),
        (Stage.AGREED, date(2026, 2, 1), Code.NOT_IN_FORCE),
    ],
)
def test_an_older_version_does_not_come_back_when_the_newest_is_stopped(
    state: Stage, expires_on: date, code: Code, held: HeldAgreement
) -> None:
    newest = version_of(held, 2, state, validity=from_to(expires_on=expires_on))

    assert ask(held, newest).code is code
    assert ask(newest, held).code is code


def test_a_terminated_version_brings_no_older_one_back(held: HeldAgreement) -> None:
    ended = replace(version_of(held, 2, Stage.TERMINATED), ended_on=ON)

    assert ask(ended, held).code is Code.TERMINATED
    assert ask(held, ended).code is Code.TERMINATED


def test_a_version_terminated_before_it_began_never_counts(held: HeldAgreement) -> None:
    ahead = version_of(held, 2, Stage.TERMINATED, validity=from_to(date(2026, 6, 1)))
    ended = replace(ahead, ended_on=date(2026, 5, 31))

    assert ask(ended, held).agreement is held.agreement
    assert ended.standing(ON) is Standing.TERMINATED
    assert held.standing(ON, [held, ended]) is Standing.ACTIVE


@pytest.mark.parametrize("stage", [Stage.OFFERED, Stage.REFUSED, Stage.COUNTERSIGNED])
def test_what_is_not_signed_by_both_decides_nothing(stage: Stage, held: HeldAgreement) -> None:
    newer = version_of(held, 2, stage)

    assert ask(newer, held).agreement is held.agreement
    assert ask(newer).code is Code.NOT_COUNTERSIGNED
    assert stage.value in ask(newer).text


def test_a_suspended_grant_is_denied_alone(held: HeldAgreement, alert_exchange: Exchange) -> None:
    stopped = replace(held, suspended_grants=frozenset({"manifests-kz-uz"}))

    verdict = ask(stopped)

    assert verdict.code is Code.GRANT_SUSPENDED
    assert "grant manifests-kz-uz" in verdict.text
    assert permit_receiving([stopped], alert_exchange, ON).is_permitted


def test_under_a_suspended_grant_nothing_passes_but_an_answer_that_arrives(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    stopped = replace(held, suspended_grants=frozenset({"manifests-kz-uz"}))
    answer = replace(manifest_exchange, sender=UZ, recipient=KZ, code="SY-002")

    assert permit_receiving([stopped], manifest_exchange, ON).code is Code.GRANT_SUSPENDED
    assert permit_leaving([stopped], manifest_exchange, ON).code is Code.GRANT_SUSPENDED
    assert permit_leaving([stopped], answer, ON).code is Code.GRANT_SUSPENDED
    assert permit_receiving([stopped], answer, ON).is_permitted


def test_what_this_side_countersigned_is_taken_but_not_sent_until_it_is_confirmed(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    newer = version_of(held, 2, Stage.COUNTERSIGNED)
    under = replace(manifest_exchange, agreement_version=2, agreement_digest=newer.agreement.digest)

    assert permit_receiving([held, newer], under, ON).is_permitted
    assert permit_receiving([held, newer], manifest_exchange, ON).is_permitted
    assert permit_leaving([held, newer], under, ON).code is Code.DIGEST_DIFFERS
    assert permit_leaving([newer], under, ON).code is Code.NOT_COUNTERSIGNED


# ---------------------------------------------------------------- the founding agreement


def founding_exchange(code: str = "SY-083") -> Exchange:
    return exchange_under_founding(code, FOUNDING.between(KZ, UZ, test=True))


def exchange_under_founding(code: str, agreement: Agreement) -> Exchange:
    (grant,) = agreement.grants
    return Exchange(
        sender=KZ,
        recipient=UZ,
        code=code,
        agreement_id=agreement.agreement_id,
        agreement_version=agreement.version,
        agreement_digest=agreement.digest,
        grant=grant.grant_id,
        purpose=grant.purposes[0],
        handling=grant.handling.value,
        test=True,
    )


@pytest.mark.parametrize("code", sorted(FOUNDING.codes))
@pytest.mark.parametrize("gate", [permit_receiving, permit_leaving])
def test_what_is_said_of_agreements_passes_without_one(
    code: str, gate: Callable[..., Verdict], held: HeldAgreement
) -> None:
    assert gate([], founding_exchange(code), ON).is_permitted
    assert gate([replace(held, stage=Stage.SUSPENDED)], founding_exchange(code), ON).is_permitted
    assert gate([replace(held, stage=Stage.TERMINATED)], founding_exchange(code), ON).is_permitted


@pytest.mark.parametrize("code", sorted(set(CODES) - STANDING_CODES))
@pytest.mark.parametrize("gate", [permit_receiving, permit_leaving])
def test_nothing_else_passes_that_way(
    code: str, gate: Callable[..., Verdict], held: HeldAgreement
) -> None:
    assert gate([held], founding_exchange(code), ON).code is Code.NO_AGREEMENT


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agreement_id": "urn:carec:maa:kz-uz:transit"}, Code.NO_AGREEMENT),
        ({"agreement_version": 2}, Code.DIGEST_DIFFERS),
        ({"agreement_digest": "0" * 64}, Code.DIGEST_DIFFERS),
        ({"grant": "manifests-kz-uz"}, Code.NO_GRANT),
        ({"purpose": "TRANSIT_CONTROL"}, Code.PURPOSE),
        ({"handling": "open"}, Code.HANDLING),
    ],
    ids=str,
)
def test_of_an_act_every_header_is_fixed(
    changed: dict[str, object], code: Code, held: HeldAgreement
) -> None:
    wrong = replace(founding_exchange(), **changed)  # type: ignore[arg-type]

    assert permit_receiving([held], wrong, ON).code is code


def test_an_act_has_no_attachments() -> None:
    verdict = permit_receiving([], founding_exchange(), ON, attachments=1)

    assert verdict.code is Code.ATTACHMENTS


def test_of_versions_all_ahead_the_first_is_named(held: HeldAgreement) -> None:
    later = version_of(held, 2, validity=from_to(date(2028, 1, 1)))

    verdict = ask(later, held, on=date(2025, 1, 1))

    assert verdict.code is Code.NOT_IN_FORCE
    assert verdict.agreement is held.agreement


# ---------------------------------------------------------------- the header gate


def test_a_message_that_names_the_agreement_rightly_comes_in(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    verdict = permit_receiving([held], manifest_exchange, ON)

    assert verdict.is_permitted
    assert require(verdict)[1].grant_id == "manifests-kz-uz"


Change = Callable[[Exchange], Exchange]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agreement_id": "urn:other"}, Code.NO_AGREEMENT),
        ({"sender": TJ}, Code.NO_AGREEMENT),
        ({"agreement_version": 2}, Code.DIGEST_DIFFERS),
        ({"agreement_digest": "0" * 64}, Code.DIGEST_DIFFERS),
        ({"test": False}, Code.TEST_MIX),
        ({"grant": "manifests"}, Code.NO_GRANT),
        ({"code": "RA-010"}, Code.MESSAGE_TYPE),
        ({"grant": "alerts-kz-uz"}, Code.MESSAGE_TYPE),
        ({"sender": UZ, "recipient": KZ}, Code.DIRECTION),
        ({"purpose": "STATISTICS"}, Code.PURPOSE),
        ({"handling": "open"}, Code.HANDLING),
        ({"handling": ""}, Code.HANDLING),
    ],
    ids=str,
)
def test_each_thing_that_a_message_says_wrongly_has_its_denial(
    changed: dict[str, object], code: Code, held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    wrong = replace(manifest_exchange, **changed)  # type: ignore[arg-type]

    for gate in (permit_receiving, permit_leaving):
        verdict = gate([held], wrong, ON)
        assert verdict.code is code
        assert verdict.steps[-1].check is code
        assert not verdict.steps[-1].passed


def test_two_nodes_with_different_versions_are_told_both(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    newer = version_of(held, 2)

    verdict = permit_receiving([state_of(held, Stage.TERMINATED), newer], manifest_exchange, ON)

    assert verdict.code is Code.DIGEST_DIFFERS
    assert verdict.text == (
        f"the message names urn:carec:maa:kz-uz:transit version 1 "
        f"(digest {held.agreement.digest[:12]}); version 2 (digest 000000000000) is the one that "
        "counts here"
    )


def test_the_same_version_with_another_text_is_refused(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    other = replace(held.agreement, digest="f" * 64)

    verdict = permit_receiving(
        [HeldAgreement(agreement=other, stage=Stage.AGREED)], manifest_exchange, ON
    )

    assert verdict.code is Code.DIGEST_DIFFERS


@pytest.mark.parametrize(
    ("state", "on", "code"),
    [
        (Stage.SUSPENDED, ON, Code.SUSPENDED),
        (Stage.TERMINATED, ON, Code.TERMINATED),
        (Stage.AGREED, date(2031, 1, 1), Code.NOT_IN_FORCE),
    ],
)
def test_what_is_not_in_force_lets_nothing_in_or_out(
    state: Stage,
    on: date,
    code: Code,
    held: HeldAgreement,
    manifest_exchange: Exchange,
) -> None:
    stopped = state_of(held, state)

    assert permit_receiving([stopped], manifest_exchange, on).code is code
    assert permit_leaving([stopped], manifest_exchange, on).code is code


def test_an_acknowledgement_comes_in_under_the_grant_of_its_alert(
    held: HeldAgreement, alert_exchange: Exchange
) -> None:
    back = replace(alert_exchange, sender=KZ, recipient=UZ, code="RA-020")

    assert permit_receiving([held], back, ON).is_permitted
    wrong_way = replace(back, sender=UZ, recipient=KZ)
    assert permit_receiving([held], wrong_way, ON).code is Code.DIRECTION


@pytest.mark.parametrize(
    "changed", list(product(range(3), range(4), range(4), range(4), range(2))), ids=str
)
def test_every_pairing_of_grant_code_purpose_and_handling_is_decided_alike_by_both_sides(
    changed: tuple[int, ...], held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    grant_number, code, purpose, handling, way = changed
    exchange = replace(
        manifest_exchange,
        grant=held.agreement.grants[grant_number].grant_id,
        code=("TM-010", "RA-010", "RA-020", "SY-002")[code],
        purpose=("TRANSIT_CONTROL", "RISK_ANALYSIS", "STATISTICS", "")[purpose],
        handling=("open", "restricted", "confidential", "secret")[handling],
        sender=(KZ, UZ)[way],
        recipient=(UZ, KZ)[way],
    )
    grant = held.agreement.grants[grant_number]

    verdict = permit_receiving([held], exchange, ON)

    assert verdict.is_permitted is _is_granted(grant, exchange)
    assert permit_leaving([held], exchange, ON).code is verdict.code


def _is_granted(grant: Grant, exchange: Exchange) -> bool:
    """Say the rule once more, as plainly as can be."""
    way = (exchange.sender, exchange.recipient)
    there = (grant.sender, grant.recipient)
    if exchange.code == "SY-002":
        goes = way in (there, there[::-1])
    elif exchange.code == "RA-020":
        goes = way == there[::-1] and "RA-020" in grant.message_codes
    else:
        goes = way == there and exchange.code in grant.message_codes
    return goes and exchange.purpose in grant.purposes and exchange.handling == grant.handling.value


# ---------------------------------------------------------------- answers


def test_a_business_answer_rides_on_the_grant_of_what_it_answers(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    verdict = permit_answer([held], manifest_exchange, code="SY-002", on=ON)

    assert require(verdict)[1].grant_id == "manifests-kz-uz"
    assert (verdict.facts["sender"], verdict.facts["recipient"]) == (UZ, KZ)


@pytest.mark.parametrize("on", [ON, date(2035, 1, 1)])
def test_what_began_under_a_version_is_answered_under_it(
    on: date, held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    ended, newer = state_of(held, Stage.TERMINATED), version_of(held, 2)

    out = permit_answer([newer, ended], manifest_exchange, code="SY-002", on=on)
    answer = replace(manifest_exchange, sender=UZ, recipient=KZ, code="SY-002")
    taken = permit_receiving([newer, ended], answer, on)

    assert out.is_permitted
    assert out.agreement is held.agreement
    assert taken.is_permitted


def test_an_answer_under_a_text_that_was_never_held_is_refused(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    forged = replace(
        manifest_exchange, sender=UZ, recipient=KZ, code="SY-002", agreement_digest="0" * 64
    )

    assert permit_receiving([held], forged, ON).code is Code.DIGEST_DIFFERS
    assert permit_receiving([], forged, ON).code is Code.NO_AGREEMENT


def test_under_suspension_no_answer_goes_out_but_one_is_taken(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    suspended = state_of(held, Stage.SUSPENDED)
    answer = replace(manifest_exchange, sender=UZ, recipient=KZ, code="SY-002")

    assert permit_answer([suspended], manifest_exchange, code="SY-002", on=ON).code is (
        Code.SUSPENDED
    )
    assert permit_receiving([suspended], answer, ON).is_permitted


def test_an_acknowledgement_takes_the_grant_of_the_alert(
    held: HeldAgreement, alert_exchange: Exchange
) -> None:
    verdict = permit_answer([held], alert_exchange, code="RA-020", on=ON)

    assert require(verdict)[1].grant_id == "alerts-uz-kz"


def test_an_acknowledgement_finds_the_new_version_when_the_old_one_has_ended(
    held: HeldAgreement, alert_exchange: Exchange
) -> None:
    ended, newer = state_of(held, Stage.TERMINATED), version_of(held, 2)

    verdict = permit_answer([ended, newer], alert_exchange, code="RA-020", on=ON)

    assert require(verdict)[0] is newer.agreement


def test_an_acknowledgement_that_no_grant_names_is_denied(
    held: HeldAgreement, alert_exchange: Exchange, sample: Agreement
) -> None:
    mute = tuple(replace(one, message_codes=("RA-010",)) for one in sample.grants)
    agreed = replace(held, agreement=replace(sample, grants=mute))

    verdict = permit_answer([agreed], alert_exchange, code="RA-020", on=ON)

    assert verdict.code is Code.MESSAGE_TYPE


def test_a_denial_is_raised_with_code_clause_and_sentence(held: HeldAgreement) -> None:
    with pytest.raises(NotPermittedError) as denied:
        require(ask(held, purpose="STATISTICS"))

    assert denied.value.facts == {
        "denial": "DENY-PURPOSE",
        "clause": "sample text, article 7: information in advance",
        "reason": "grant manifests-kz-uz covers the purposes TRANSIT_CONTROL, RISK_ANALYSIS, "
        "not STATISTICS",
    }
