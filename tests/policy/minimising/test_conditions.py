from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from exchange_node.domain.agreement import Agreement, CoarserForm, Grant, Mask, MaskMethod
from exchange_node.domain.agreement.grant_terms import Conditions, RiskLevel, VersionRange
from exchange_node.policy.gates import HeldAgreement, permit_sending, weigh_sending
from exchange_node.policy.minimising import minimise, permit_conditions, permit_content
from exchange_node.policy.minimising.conditions import Asked, said_by
from exchange_node.policy.verdict import Code, Verdict
from exchange_node.wco.building import Placed
from exchange_node.wco.document import Document
from exchange_node.wco.notation import Kind

Make = Callable[..., Document]

BORDER = "Declaration/BorderTransportMeans/**"
ITEM = "Declaration/Consignment[1]/ConsignmentItem"
MANIFEST = (
    Placed("Declaration/FunctionCode", "9"),
    Placed("Declaration/TypeCode", "820"),
    Placed("Declaration/DeclarationOfficeID", "KZ550101"),
    Placed("Declaration/BorderTransportMeans[1]/ModeCode", "3"),
    Placed("Declaration/Consignment[1]/DepartureTransportMeans[1]/ID", "123ABC02"),
    Placed("Declaration/Consignment[1]/DepartureTransportMeans[1]/ModeCode", "3"),
    Placed("Declaration/Consignment[1]/TransitDestination/ID", "UZ270101"),
    Placed(f"{ITEM}[1]/Commodity/Classification[1]/ID", "240220"),
    Placed(f"{ITEM}[1]/Commodity/Classification[1]/IdentificationTypeCode", "HS"),
    Placed(f"{ITEM}[1]/Commodity/Classification[2]/ID", "99"),
    Placed(f"{ITEM}[1]/Commodity/Classification[2]/IdentificationTypeCode", "ZZZ"),
    Placed(f"{ITEM}[2]/Commodity/Description", "Wine"),
    Placed(f"{ITEM}[2]/Commodity/Classification[1]/ID", "220421"),
)
ALERT = (
    Placed("InterGov/FunctionCode", "9"),
    Placed("InterGov/TypeCode", "WRN"),
    Placed("InterGov/ext:RiskAlert/ext:SeverityCode", "2"),
    Placed("InterGov/ext:RiskAlert/ext:Subject[1]/ext:ClassificationID", "2402"),
    Placed("InterGov/ext:RiskAlert/ext:Subject[1]/ext:OfficeID[1]", "UZ270101"),
)


def under(grant: Grant, **conditions: object) -> Grant:
    return replace(grant, conditions=Conditions(**conditions))  # type: ignore[arg-type]


def sending(held: HeldAgreement, document: Document, *grants: Grant) -> Verdict:
    agreed = replace(held, agreement=replace(held.agreement, grants=grants))
    return permit_sending(
        [agreed],
        sender="customs.kz",
        recipient="customs.uz",
        code="TM-010",
        purpose="TRANSIT_CONTROL",
        test=True,
        on=date(2026, 6, 15),
        said=said_by(document),
    )


@pytest.fixture(name="manifests")
def _manifests(sample: Agreement) -> Grant:
    return sample.grants[0]


def test_a_document_says_what_conditions_ask(make: Make) -> None:
    assert said_by(make(*MANIFEST)) == {
        Asked.MODES: ("3", "3"),
        Asked.CHAPTERS: ("24", "22"),
        Asked.OFFICES: ("KZ550101", "UZ270101"),
        Asked.LEVELS: (),
        Asked.CORRIDORS: (),
        "matters": (),
        "countries": ("KZ", "UZ"),
    }
    assert said_by(make(*ALERT, kind=Kind.RISK_ALERT)) == {
        Asked.MODES: (),
        Asked.CHAPTERS: ("24",),
        Asked.OFFICES: ("UZ270101",),
        Asked.LEVELS: ("2",),
        Asked.CORRIDORS: (),
        "matters": (),
        "countries": ("UZ",),
    }


@pytest.mark.parametrize(
    ("conditions", "unmet"),
    [
        ({"transport_modes": ("3",)}, ""),
        ({"transport_modes": ("2", "3")}, ""),
        ({"transport_modes": ("2",)}, "conditions.transport_modes = 2; the document says 3"),
        ({"hs_chapters": ("22", "24")}, ""),
        ({"hs_chapters": ("24",)}, "conditions.hs_chapters = 24; the document says 24, 22"),
        ({"offices": ("UZ270101", "UZ999999")}, ""),
        (
            {"offices": ("UZ999999",)},
            "conditions.offices = UZ999999; the document says KZ550101, UZ270101",
        ),
        (
            {"risk_levels": (RiskLevel.HIGHEST,)},
            "conditions.risk_levels = 1; the document says -",
        ),
        (
            {"transport_modes": ("3",), "hs_chapters": ("01",)},
            "conditions.hs_chapters = 01; the document says 24, 22",
        ),
    ],
    ids=str,
)
def test_the_send_gate_asks_every_condition_of_the_whole_document(
    conditions: dict[str, object], unmet: str, held: HeldAgreement, manifests: Grant, make: Make
) -> None:
    verdict = sending(held, make(*MANIFEST), under(manifests, **conditions))

    assert verdict.code is (Code.CONDITION if unmet else Code.ALLOW)
    assert verdict.clause == manifests.clause
    if unmet:
        assert verdict.text == f"grant manifests-kz-uz holds only for {unmet}"


def test_of_several_grants_the_one_whose_conditions_are_met_is_taken(
    held: HeldAgreement, manifests: Grant, make: Make
) -> None:
    by_rail = under(replace(manifests, grant_id="rail"), transport_modes=("2",))
    by_road = under(replace(manifests, grant_id="road"), transport_modes=("3",))

    verdict = sending(held, make(*MANIFEST), by_rail, by_road)

    assert verdict.is_permitted
    assert verdict.grant is by_road


def test_the_nearest_miss_names_the_condition(
    held: HeldAgreement, manifests: Grant, make: Make
) -> None:
    by_rail = under(replace(manifests, grant_id="rail"), transport_modes=("2",))
    other = replace(manifests, grant_id="other", purposes=("STATISTICS",))

    assert sending(held, make(*MANIFEST), other, by_rail).code is Code.CONDITION


def test_without_a_document_the_conditions_are_left_to_the_content_gate(
    held: HeldAgreement, manifests: Grant, make: Make
) -> None:
    by_rail = under(manifests, transport_modes=("2",))
    agreed = replace(held, agreement=replace(held.agreement, grants=(by_rail,)))

    (verdict,) = weigh_sending(
        [agreed],
        sender="customs.kz",
        recipient="customs.uz",
        code="TM-010",
        purpose="TRANSIT_CONTROL",
        test=True,
        on=date(2026, 6, 15),
    )

    assert verdict.is_permitted
    assert permit_conditions(make(*MANIFEST), by_rail, code="TM-010").code is Code.CONDITION
    assert permit_conditions(make(*MANIFEST), manifests, code="TM-010").is_permitted


def arriving(grant: Grant, document: Document, code: str = "TM-010") -> Verdict:
    return permit_content(minimise(document, grant).document, grant, code=code)


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ({"transport_modes": ("2",)}, Code.CONDITION),
        ({"hs_chapters": ("24",)}, Code.CONDITION),
        ({"risk_levels": (RiskLevel.LOW,)}, Code.CONDITION),
        ({"hs_chapters": ("22", "24"), "transport_modes": ("3",)}, Code.ALLOW),
    ],
    ids=str,
)
def test_the_receiver_asks_again(
    conditions: dict[str, object], code: Code, manifests: Grant, make: Make
) -> None:
    grant = replace(under(manifests, **conditions), require=())

    verdict = arriving(grant, make(*MANIFEST))

    assert verdict.code is code
    assert Code.CONDITION in [one.check for one in verdict.steps]


@pytest.mark.parametrize(
    ("conditions", "allow"),
    [
        ({"transport_modes": ("2",)}, ("Declaration/FunctionCode", "Declaration/TypeCode")),
        ({"hs_chapters": ("24",)}, ("Declaration/FunctionCode", "Declaration/TypeCode")),
        (
            {"offices": ("TJ100101",)},
            ("Declaration/FunctionCode", "Declaration/TypeCode"),
        ),
    ],
    ids=str,
)
def test_what_the_grant_withholds_the_receiver_cannot_ask(
    conditions: dict[str, object], allow: tuple[str, ...], manifests: Grant, make: Make
) -> None:
    grant = replace(under(manifests, **conditions), allow=allow, require=(), masks=())

    assert arriving(grant, make(*MANIFEST)).is_permitted


def test_what_it_can_see_it_asks_though_some_of_it_is_withheld(
    manifests: Grant, make: Make
) -> None:
    allow = (
        "Declaration/FunctionCode",
        "Declaration/TypeCode",
        BORDER,
    )
    grant = replace(under(manifests, transport_modes=("2",)), allow=allow, require=(), masks=())

    assert arriving(grant, make(*MANIFEST)).code is Code.CONDITION


def test_a_chapter_is_seen_through_a_mask_that_leaves_it(manifests: Grant, make: Make) -> None:
    path = "Declaration/Consignment/ConsignmentItem/Commodity/Classification/ID"
    coarser = Mask(path=path, method=MaskMethod.GENERALISE, to=CoarserForm.CHAPTER)
    hashed = Mask(path=path, method=MaskMethod.HASH)
    grant = replace(under(manifests, hs_chapters=("01",)), require=())

    seen = arriving(replace(grant, masks=(coarser,)), make(*MANIFEST))
    document = minimise(make(*MANIFEST), replace(grant, masks=(hashed,)), b"k" * 32).document
    unseen = permit_content(document, replace(grant, masks=(hashed,)), code="TM-010")

    assert seen.code is Code.CONDITION
    assert unseen.is_permitted


def test_an_answer_is_not_asked(sample: Agreement, make: Make) -> None:
    grant = under(sample.grants[2], risk_levels=(RiskLevel.HIGHEST,))
    kind = Kind.ACKNOWLEDGEMENT
    values = (Placed("InterGov/FunctionCode", "9"), Placed("InterGov/TypeCode", "ACK"))

    document = make(*values, kind=kind)

    assert permit_conditions(document, grant, code="RA-020").is_permitted
    assert permit_content(document, replace(grant, require=()), code="RA-020").is_permitted


def test_an_alert_of_another_level_is_denied(sample: Agreement, make: Make) -> None:
    grant = under(sample.grants[2], risk_levels=(RiskLevel.HIGHEST,))

    verdict = permit_conditions(make(*ALERT, kind=Kind.RISK_ALERT), grant, code="RA-010")

    assert verdict.code is Code.CONDITION
    assert "the document says 2" in verdict.text


# ---------------------------------------------------------------- versions of the schema


@pytest.mark.parametrize(
    ("low", "high", "schema", "code"),
    [
        (1, 1, "", Code.ALLOW),
        (1, 2, "2.3", Code.ALLOW),
        (1, 1, "2.0", Code.SCHEMA_VERSION),
        (2, 3, "1.0", Code.SCHEMA_VERSION),
        (1, 999, "next", Code.SCHEMA_VERSION),
    ],
)
def test_a_document_is_of_a_version_that_is_agreed(
    low: int, high: int, schema: str, code: Code, manifests: Grant, make: Make
) -> None:
    ranges = (
        VersionRange(code="TM-010", min=low, max=high),
        VersionRange(code="RA-010", min=9, max=9),
    )
    grant = replace(manifests, schema_versions=ranges, require=())
    document = minimise(make(*MANIFEST), grant).document

    verdict = permit_content(document, grant, code="TM-010", schema=schema)

    assert verdict.code is code
    if code is Code.SCHEMA_VERSION:
        shown = str(low) if low == high else f"{low}-{high}"
        assert verdict.text == (
            f"grant manifests-kz-uz agrees on the versions {shown} of TM-010; the document is of "
            f"version {schema}"
        )
