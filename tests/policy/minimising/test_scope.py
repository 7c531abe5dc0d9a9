from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from exchange_node.config.shipped import shipped
from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.clauses.basis import Excluded, Matter, Scope
from exchange_node.domain.agreement.grant_terms import Conditions
from exchange_node.policy.checks import CHECKS, Code
from exchange_node.policy.gates import HeldAgreement, permit_sending
from exchange_node.policy.minimising import minimise, permit_content, permit_sealing
from exchange_node.policy.minimising.conditions import CORRIDOR, said_by
from exchange_node.policy.minimising.scope import COUNTRIES, MATTERS, OF_CATEGORY
from exchange_node.policy.verdict import Verdict
from exchange_node.wco.building import Placed
from exchange_node.wco.document import Document
from exchange_node.wco.notation import Kind

Make = Callable[..., Document]

MANIFEST = (
    Placed("Declaration/FunctionCode", "9"),
    Placed("Declaration/TypeCode", "820"),
    Placed("Declaration/DeclarationOfficeID", "KZ550101"),
    Placed("Declaration/Consignment[1]/Itinerary[1]/RoutingCountryCode", "KG"),
    Placed("Declaration/Consignment[1]/TransitDestination/ID", "UZ270101"),
)
OURS, THEIRS = "a" * 64, "b" * 64


def corridor(code: str, kind: str = CORRIDOR, at: int = 1) -> tuple[Placed, ...]:
    above = f"Declaration/AdditionalInformation[{at}]"
    return Placed(f"{above}/StatementCode", code), Placed(f"{above}/StatementTypeCode", kind)


def alert(category: str) -> tuple[Placed, ...]:
    return (
        Placed("InterGov/FunctionCode", "9"),
        Placed("InterGov/TypeCode", "WRN"),
        Placed("InterGov/ext:RiskAlert/ext:CategoryCode", category),
    )


def scoped(agreement: Agreement, **scope: object) -> Agreement:
    return replace(agreement, scope=Scope(**scope))  # type: ignore[arg-type]  # any of its fields


def sent(held: HeldAgreement, document: Document, code: str = "TM-010") -> Verdict:
    return permit_sending(
        [held],
        sender="customs.kz",
        recipient="customs.uz",
        code=code,
        purpose="TRANSIT_CONTROL" if code == "TM-010" else "RISK_ANALYSIS",
        test=True,
        on=date(2026, 6, 15),
        said=said_by(document),
    )


def test_a_document_says_where_it_goes_and_what_it_is_about(make: Make) -> None:
    assert said_by(make(*MANIFEST))[COUNTRIES] == ("KZ", "UZ", "KG")
    said = said_by(make(*alert("NAR"), kind=Kind.RISK_ALERT))
    assert said[MATTERS] == ("drugs", "offences")


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ({}, Code.ALLOW),
        ({"territory": ("KZ", "UZ")}, Code.ALLOW),
        ({"territory": ("KZ", "UZ", "KG")}, Code.ALLOW),
        ({"territory": ("KZ",)}, Code.TERRITORY),
        ({"territory": ("BR",)}, Code.TERRITORY),
        ({"territory_excluded": ("UZ",)}, Code.TERRITORY),
        ({"territory_excluded": ("KG",)}, Code.TERRITORY),
        ({"territory_excluded": ("RU",)}, Code.ALLOW),
        ({"territory": ("KZ", "UZ-QR"), "territory_excluded": ("UZ-QR",)}, Code.ALLOW),
        ({"matters": (Matter.TRANSIT,)}, Code.ALLOW),
        ({"matters": (Matter.OFFENCES,)}, Code.MATTER),
    ],
    ids=str,
)
def test_what_is_out_of_scope_neither_leaves_nor_is_taken(
    scope: dict[str, object], code: Code, held: HeldAgreement, make: Make
) -> None:
    agreement = scoped(held.agreement, **scope)
    document, grant = make(*MANIFEST), agreement.grants[0]

    leaves = sent(replace(held, agreement=agreement), document)
    free = replace(grant, require=(), conditions=None, allow=("Declaration/**",))
    taken = permit_content(document, free, code="TM-010", agreement=agreement)

    assert (leaves.code, taken.code) == (code, code)
    if code is not Code.ALLOW:
        said = (leaves.text, CHECKS[code].question.format_map(taken.facts), taken.text)
        assert all("{" not in one for one in said)
        assert leaves.clause == grant.clause


@pytest.mark.parametrize(
    ("category", "matters", "code"),
    [
        ("NAR", (Matter.DRUGS,), Code.ALLOW),
        ("NAR", (Matter.OFFENCES,), Code.ALLOW),
        ("NAR", (Matter.TRANSIT, Matter.WASTE), Code.MATTER),
        ("SPS", (Matter.DRUGS,), Code.MATTER),
        ("SPS", (Matter.OFFENCES,), Code.ALLOW),
    ],
)
def test_an_alert_is_about_its_category_and_about_offences(
    category: str, matters: tuple[Matter, ...], code: Code, held: HeldAgreement, make: Make
) -> None:
    agreed = replace(held, agreement=scoped(held.agreement, matters=matters))

    verdict = sent(agreed, make(*alert(category), kind=Kind.RISK_ALERT), "RA-010")

    assert verdict.code is code


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        ({}, (Code.ALLOW, Code.ALLOW)),
        ({"excluded": (Excluded.RECOVERY,)}, (Code.ALLOW, Code.MATTER)),
        ({"excluded": (Excluded.ARREST,)}, (Code.ALLOW, Code.ALLOW)),
        ({"matters": (Matter.TRANSIT,)}, (Code.ALLOW, Code.MATTER)),
        ({"matters": (Matter.TRANSIT, Matter.RECOVERY)}, (Code.ALLOW, Code.ALLOW)),
        (
            {"matters": (Matter.TRANSIT, Matter.RECOVERY), "excluded": (Excluded.RECOVERY,)},
            (Code.ALLOW, Code.MATTER),
        ),
    ],
    ids=str,
)
def test_a_recovery_is_a_matter_of_its_own_that_may_be_kept_out(
    scope: dict[str, object], codes: tuple[Code, Code], held: HeldAgreement
) -> None:
    agreed = replace(held, agreement=scoped(held.agreement, **scope))

    found = [
        permit_sending(
            [agreed],
            sender="customs.kz",
            recipient="customs.uz",
            code=code,
            purpose="TRANSIT_CONTROL",
            test=True,
            on=date(2026, 6, 15),
            said={},
        ).code
        for code in ("TM-020", "TM-060")
    ]

    assert tuple(found) == codes


def test_every_category_of_the_code_list_has_its_matter_or_is_an_offence() -> None:
    path = shipped("wco_schemas", "codelists", "risk_categories.tsv")
    listed = {line.split("\t")[0] for line in path.read_text("utf-8").splitlines()[1:]}

    assert listed - set(OF_CATEGORY) == {"TOB", "SPS", "SEC", "OTH"}
    assert set(OF_CATEGORY) < listed


def test_a_document_whose_places_are_withheld_is_taken(sample: Agreement, make: Make) -> None:
    agreement = scoped(sample, territory=("BR",))
    grant = replace(
        sample.grants[0], allow=("Declaration/FunctionCode", "Declaration/TypeCode"), require=()
    )
    left = minimise(make(*MANIFEST), grant, b"k" * 32).document

    assert permit_content(left, grant, code="TM-010", agreement=agreement).is_permitted


def test_an_acknowledgement_is_asked_for_no_scope(held: HeldAgreement, make: Make) -> None:
    agreement = scoped(held.agreement, territory=("BR",), matters=(Matter.WASTE,))
    document = make(
        Placed("InterGov/FunctionCode", "9"), Placed("InterGov/TypeCode", "ACK"),
        kind=Kind.ACKNOWLEDGEMENT,
    )  # fmt: skip
    grant = replace(agreement.grants[2], require=())

    taken = permit_content(document, grant, code="RA-020", agreement=agreement)

    assert taken.is_permitted


@pytest.mark.parametrize(
    ("named", "code"),
    [
        (corridor("CAREC-2"), Code.ALLOW),
        ((*corridor("CAREC-2"), *corridor("CAREC-3", at=2)), Code.ALLOW),
        (corridor("CAREC-6"), Code.CONDITION),
        ((*corridor("CAREC-2"), *corridor("CAREC-6", at=2)), Code.CONDITION),
        (corridor("CAREC-2", "ZZZ"), Code.CONDITION),
        ((), Code.CONDITION),
    ],
    ids=str,
)
def test_every_corridor_that_a_manifest_names_must_be_agreed(
    named: tuple[Placed, ...], code: Code, held: HeldAgreement, make: Make
) -> None:
    conditions = Conditions(corridors=("CAREC-2", "CAREC-3"))
    grant = replace(held.agreement.grants[0], conditions=conditions, require=())
    document = make(*MANIFEST, *named)
    agreed = replace(held, agreement=replace(held.agreement, grants=(grant,)))
    free = replace(grant, allow=("Declaration/**",))

    taken = permit_content(document, free, code="TM-010")

    assert (sent(agreed, document).code, taken.code) == (code, code)


@pytest.mark.parametrize(
    ("sender", "code", "certificate", "said"),
    [
        ("customs.kz", "TM-010", OURS, Code.ALLOW),
        ("customs.kz", "TM-010", THEIRS, Code.CERTIFICATE),
        ("customs.kz", "MA-042", THEIRS, Code.ALLOW),
        ("customs.kz", "SY-002", THEIRS, Code.ALLOW),
        ("customs.uz", "TM-010", THEIRS, Code.ALLOW),
    ],
)
def test_a_document_is_sealed_by_a_certificate_that_the_agreement_names(
    sender: str, code: str, certificate: str, said: Code, sample: Agreement
) -> None:
    kz, uz = sample.parties
    agreement = replace(sample, parties=(replace(kz, certificates=(OURS,)), uz))

    verdict = permit_sealing(
        agreement, sample.grants[0], sender=sender, code=code, certificate=certificate
    )

    assert verdict.code is said
    assert "{" not in verdict.text + CHECKS[Code.CERTIFICATE].mend.format_map(verdict.facts)
