from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exchange_node.config.shipped import shipped
from exchange_node.domain.agreement import Handling
from exchange_node.domain.agreement.grant_terms import Consent as ConsentTerm
from exchange_node.domain.agreement.grant_terms import Evidence, EvidenceUse, Onward, OnwardDefault
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.errors import NotPermittedError
from exchange_node.domain.onward.wanted import Consent, Use, Wanted
from exchange_node.domain.retention import Kept, Stamp
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.export import (
    EXPORT_CHECKS,
    ExportCode,
    ExportVerdict,
    permit_export,
    record_of,
    reply_working_days,
    require_export,
)
from exchange_node.policy.text.reading import read_agreement

AT = datetime(2026, 3, 10, 8, tzinfo=UTC)
FIRST_DAY = date(2026, 3, 1)
AGREEMENT = read_agreement(
    shipped("agreements", "kz-uz-transit.toml").read_text(encoding="utf-8"), "sample"
)
OWN = "customs.uz"
NAMED, OTHER = "AGENCY_PHYTO", "AGENCY_TAX"
STAMP = Stamp(
    kind=Kept.MANIFEST,
    number=1,
    subject="KZ/mrn/26KZ550302000000K6",
    partner="customs.kz",
    message_id="m1@customs.kz",
    agreement_id="urn:test",
    agreement_version=1,
    grant="G1",
    kept_since=AT,
    delete_after=AT + timedelta(days=365),
)


def version(
    onward: Onward | None = None,
    evidence: Evidence | None = None,
    *,
    handling: Handling = Handling.RESTRICTED,
    number: int = 1,
    purposes: tuple[str, ...] = ("TRANSIT_CONTROL",),
    clause: str = "art. 4",
    **held: object,
) -> HeldAgreement:
    grant = replace(
        AGREEMENT.grant("manifests-kz-uz") or AGREEMENT.grants[0],
        grant_id="G1",
        clause=clause,
        onward=onward or Onward(),
        evidence_use=evidence or Evidence(),
        handling=handling,
        purposes=purposes,
    )
    made = replace(
        AGREEMENT,
        agreement_id="urn:test",
        version=number,
        validity=replace(AGREEMENT.validity, in_force_on=FIRST_DAY),
        grants=(grant,),
    )
    return HeldAgreement(agreement=made, **({"stage": Stage.AGREED} | held))  # type: ignore[arg-type]


def wanted(recipient: str = NAMED, use: Use = Use.WORK, purpose: str = "TRANSIT_CONTROL") -> Wanted:
    return Wanted(record=record_of(STAMP), recipient=recipient, use=use, purpose=purpose)


def consent(of: Wanted, **changes: object) -> Consent:
    made = Consent(wanted=of, request_id="r1", given_at=AT - timedelta(days=1))
    return replace(made, **changes)  # type: ignore[arg-type]


def asked(held: HeldAgreement, of: Wanted, *consents: Consent) -> ExportVerdict:
    return permit_export((held,), STAMP, of, consents, AT)


# ---------------------------------------------------------------- the law


def may(
    default: OnwardDefault,
    term: ConsentTerm,
    evidence: EvidenceUse,
    handling: Handling,
    of: Wanted,
    given: Consent | None,
) -> bool:
    """The oracle: who has no say in it, whose say is missing, and nothing else."""
    is_foreign = of.recipient != OWN
    is_named = of.recipient == NAMED
    if is_foreign and not is_named and default is OnwardDefault.FORBID:
        return False
    if of.use is not Use.WORK and evidence is EvidenceUse.FORBID:
        return False
    free = (
        handling is not Handling.SECRET
        and (not is_foreign or (is_named and term is ConsentTerm.STANDING))
        and (of.use is Use.WORK or evidence is EvidenceUse.ALLOW)
        and of.purpose == "TRANSIT_CONTROL"
    )
    if free:
        return True
    if given is None or given.wanted != of or given.given_at > AT:
        return False
    return given.until is None or given.until > AT


wants = st.builds(
    wanted,
    st.sampled_from([NAMED, OTHER, OWN]),
    st.sampled_from(Use),
    st.sampled_from(["TRANSIT_CONTROL", "RECOVERY"]),
)
moments = st.sampled_from([AT + timedelta(seconds=n) for n in (-86_400, -1, 0, 1, 86_400)])
consents = st.one_of(
    st.none(),
    st.builds(
        Consent,
        wanted=wants,
        request_id=st.just("r1"),
        given_at=moments,
        until=st.one_of(st.none(), moments),
    ),
)


@given(
    st.sampled_from(OnwardDefault),
    st.sampled_from(ConsentTerm),
    st.sampled_from(EvidenceUse),
    st.sampled_from(Handling),
    wants,
    consents,
)
@example(
    OnwardDefault.CONSENT, ConsentTerm.PER_CASE, EvidenceUse.CONSENT, Handling.SECRET,
    wanted(OTHER, Use.CRIMINAL, "RECOVERY"), consent(wanted(OTHER, Use.CRIMINAL, "RECOVERY")),
)  # fmt: skip
def test_laws_the_gate_opens_for_what_is_free_or_consented_to_and_for_nothing_else(
    default: OnwardDefault,
    term: ConsentTerm,
    evidence: EvidenceUse,
    handling: Handling,
    of: Wanted,
    given: Consent | None,
) -> None:
    onward = Onward(default=default, to=(NAMED,), consent=term)
    says = Evidence(administrative=evidence, judicial=evidence, criminal=evidence)
    held = version(onward, says, handling=handling)

    verdict = asked(held, of, *([given] if given else []))

    assert verdict.is_permitted == may(default, term, evidence, handling, of, given)
    assert verdict.text.format_map({}) == verdict.text  # every fact is filled in
    assert verdict.tells <= verdict.is_permitted | bool(verdict.is_standing)
    if not verdict.is_permitted and verdict.is_askable:
        assert asked(held, of, consent(of)).is_permitted
    if not verdict.is_permitted and not verdict.is_askable:
        assert not asked(held, of, consent(of)).is_permitted


@given(
    st.lists(
        st.tuples(
            st.sampled_from(OnwardDefault),
            st.sampled_from(ConsentTerm),
            st.sampled_from(EvidenceUse),
            st.sampled_from(Handling),
        ),
        min_size=1,
        max_size=3,
    ),
    wants,
    consents,
)
def test_laws_of_several_versions_the_strictest_decides(
    terms: list[tuple[OnwardDefault, ConsentTerm, EvidenceUse, Handling]],
    of: Wanted,
    given: Consent | None,
) -> None:
    held = [
        version(
            Onward(default=default, to=(NAMED,), consent=term),
            Evidence(administrative=evidence, judicial=evidence, criminal=evidence),
            handling=handling,
            number=number,
        )
        for number, (default, term, evidence, handling) in enumerate(terms, start=1)
    ]

    verdict = permit_export(held, STAMP, of, [given] if given else [], AT)

    assert verdict.is_permitted == all(may(*one, of, given) for one in terms)


# ---------------------------------------------------------------- one by one


@pytest.mark.parametrize(
    ("held", "of", "code"),
    [
        (version(), wanted(), ExportCode.RECIPIENT),
        (version(Onward(to=(NAMED,))), wanted(), ExportCode.ONWARD_CONSENT),
        (version(Onward(to=(NAMED,))), wanted(OTHER), ExportCode.RECIPIENT),
        (
            version(Onward(default=OnwardDefault.CONSENT)),
            wanted(OTHER),
            ExportCode.ONWARD_CONSENT,
        ),
        (version(), wanted(OWN, Use.CRIMINAL), ExportCode.EVIDENCE),
        (
            version(evidence=Evidence(criminal=EvidenceUse.CONSENT)),
            wanted(OWN, Use.CRIMINAL),
            ExportCode.EVIDENCE_CONSENT,
        ),
        (version(), wanted(OWN, purpose="RECOVERY"), ExportCode.PURPOSE_CONSENT),
        (version(handling=Handling.SECRET), wanted(OWN), ExportCode.SECRET),
        (version(stage=Stage.SUSPENDED), wanted(OWN), ExportCode.SUSPENDED),
        (version(suspended_grants=frozenset({"G1"})), wanted(OWN), ExportCode.SUSPENDED),
        (version(), wanted(OWN), ExportCode.ALLOW),
        (
            version(Onward(to=(NAMED,), consent=ConsentTerm.STANDING)),
            wanted(),
            ExportCode.ALLOW,
        ),
    ],
)
def test_each_refusal_has_its_code_its_clause_and_a_way_out(
    held: HeldAgreement, of: Wanted, code: ExportCode
) -> None:
    verdict = asked(held, of)

    assert verdict.code is code
    assert verdict.clause == "art. 4"
    assert "{" not in verdict.text + verdict.mend.format_map(verdict.facts)


@pytest.mark.parametrize(
    ("use", "evidence"),
    [
        (Use.ADMINISTRATIVE, Evidence(administrative=EvidenceUse.ALLOW)),
        (Use.JUDICIAL, Evidence(judicial=EvidenceUse.ALLOW)),
        (Use.CRIMINAL, Evidence(criminal=EvidenceUse.ALLOW)),
    ],
)
def test_each_kind_of_proceedings_has_a_word_of_its_own(use: Use, evidence: Evidence) -> None:
    held = version(evidence=evidence)

    permitted = [one for one in Use if asked(held, wanted(OWN, one)).is_permitted]

    assert permitted == [Use.WORK, use]


@pytest.mark.parametrize("notify", [True, False])
def test_a_use_under_standing_consent_is_told_where_the_supplier_wants_to_know(
    notify: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    held = version(Onward(to=(NAMED,), consent=ConsentTerm.STANDING, notify=notify))

    verdict = asked(held, wanted())

    assert (verdict.is_standing, verdict.tells) == (True, notify)


def test_what_was_asked_for_is_not_told_again() -> None:
    held = version(Onward(to=(NAMED,), consent=ConsentTerm.STANDING))
    of = wanted(purpose="RECOVERY")

    verdict = asked(held, of, consent(of))

    assert (verdict.is_permitted, verdict.tells) == (True, False)
    assert verdict.text.startswith("customs.kz has consented")


def test_a_later_version_that_is_stricter_decides_and_is_named() -> None:
    first = version(Onward(to=(NAMED,), consent=ConsentTerm.STANDING))
    second = version(number=2, clause="art. 9")

    verdict = permit_export((first, second), STAMP, wanted(), (), AT)

    assert (verdict.code, verdict.clause) == (ExportCode.RECIPIENT, "art. 9")
    assert verdict.facts["version"] == "2"


def test_a_record_whose_agreement_is_not_held_goes_nowhere() -> None:
    verdict = permit_export((), STAMP, wanted(), (consent(wanted()),), AT)

    assert (verdict.code, verdict.clause) == (ExportCode.NO_AGREEMENT, "deny by default")
    assert "{" not in verdict.text


def test_a_denial_is_raised_with_its_code_and_what_would_change_it() -> None:
    with pytest.raises(NotPermittedError, match="ask") as caught:
        require_export(asked(version(Onward(to=(NAMED,))), wanted()))

    assert caught.value.facts["denial"] == "DENY-EXPORT-ONWARD-CONSENT"


def test_a_permission_raises_nothing() -> None:
    require_export(asked(version(), wanted(OWN)))


def test_of_several_versions_the_shortest_time_to_answer_counts() -> None:
    held = [version(Onward(reply_working_days=9)), version(Onward(reply_working_days=5), number=2)]

    assert reply_working_days(held, STAMP, AT) == 5
    assert reply_working_days((), STAMP, AT) is None


def test_every_denial_has_its_check() -> None:
    assert set(EXPORT_CHECKS) == set(ExportCode) - {ExportCode.ALLOW}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (version(suspended_grants=frozenset({"G1"})), version(number=2)),
        (version(stage=Stage.SUSPENDED), version(number=2)),
        (version(), version(number=2, suspended_grants=frozenset({"G1"}))),
        (version(), version(number=2, stage=Stage.SUSPENDED)),
    ],
    ids=["its grant", "its version", "the later grant", "the later version"],
)
def test_a_suspension_of_any_version_that_counts_stops_what_came_under_the_first(
    first: HeldAgreement, second: HeldAgreement
) -> None:
    verdict = permit_export((first, second), STAMP, wanted(OWN), (), AT)

    assert verdict.code is ExportCode.SUSPENDED
    stopping = second if first.is_free and not first.suspended_grants else first
    assert verdict.facts["version"] == str(stopping.agreement.version)


def test_a_later_version_without_the_grant_stops_it_when_it_is_suspended() -> None:
    later = version(number=2, stage=Stage.SUSPENDED)
    other = replace(later.agreement.grants[0], grant_id="G2")
    later = replace(later, agreement=replace(later.agreement, grants=(other,)))

    verdict = permit_export((version(), later), STAMP, wanted(OWN), (), AT)

    assert (verdict.code, verdict.facts["version"]) == (ExportCode.SUSPENDED, "2")


@pytest.mark.parametrize("use", Use)
def test_a_sealed_document_with_what_is_hidden_goes_nowhere_as_evidence(use: Use) -> None:
    everything = Evidence(
        administrative=EvidenceUse.ALLOW, judicial=EvidenceUse.ALLOW, criminal=EvidenceUse.ALLOW
    )

    verdict = permit_export(
        (version(evidence=everything),), STAMP, wanted(OWN, use), (), AT, hides=True
    )

    assert verdict.code is (ExportCode.ALLOW if use is Use.WORK else ExportCode.HIDDEN)
    assert not verdict.is_askable


@pytest.mark.parametrize("notify", [True, False])
def test_what_the_supplier_cannot_be_told_is_not_exported(
    notify: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    held = version(Onward(to=(NAMED,), consent=ConsentTerm.STANDING, notify=notify))

    verdict = permit_export((held,), STAMP, wanted(), (), AT, can_tell=False)

    assert verdict.code is (ExportCode.NOTICE if notify else ExportCode.ALLOW)
