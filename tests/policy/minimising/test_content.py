from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from exchange_node.domain.agreement import Agreement, Grant, Unexpected
from exchange_node.policy.minimising import Withheld, minimise, permit_content, unexpected
from exchange_node.policy.verdict import CHECKS, Code
from exchange_node.wco.building import Placed
from exchange_node.wco.document import Document, read
from exchange_node.wco.notation import Kind

Make = Callable[..., Document]

HEAD = (
    Placed("Declaration/FunctionCode", "9"),
    Placed("Declaration/ID", "26KZ1234567890ABC5"),
    Placed("Declaration/TypeCode", "820"),
    Placed("Declaration/Consignment[1]/DepartureTransportMeans[1]/ID", "123ABC02"),
    Placed("Declaration/Consignment[1]/ConsignmentItem[1]/Commodity/Description", "Tea"),
)
SECRETS = (
    Placed("Declaration/InvoiceAmount", "100000", {"currencyID": "USD"}),
    Placed("Declaration/Consignment[1]/ext:Driver[1]/ext:Name", "Akhmetov"),
    Placed("Declaration/Consignment[1]/ext:Driver[1]/ext:IdentityDocumentID", "N0012345"),
    Placed("Declaration/ObligationGuarantee[1]/AccessCode", "1234"),
    Placed("Declaration/ObligationGuarantee[1]/ReferenceID", "26KZ0000000000001"),
)


@pytest.fixture(name="manifests")
def _manifests(sample: Agreement) -> Grant:
    return sample.grants[0]


def test_what_the_grant_does_not_name_stays_behind_and_is_reported(
    make: Make, manifests: Grant
) -> None:
    minimised = minimise(make(*HEAD, *SECRETS), manifests)

    assert minimised.withheld == (
        Withheld(
            path="Declaration/InvoiceAmount", pointer="Declaration/InvoiceAmount", personal=False
        ),
        Withheld(
            path="Declaration/Consignment/ext:Driver/ext:Name",
            pointer="Declaration/Consignment[1]/ext:Driver[1]/ext:Name",
            personal=True,
        ),
        Withheld(
            path="Declaration/Consignment/ext:Driver/ext:IdentityDocumentID",
            pointer="Declaration/Consignment[1]/ext:Driver[1]/ext:IdentityDocumentID",
            personal=True,
        ),
        Withheld(
            path="Declaration/ObligationGuarantee/AccessCode",
            pointer="Declaration/ObligationGuarantee[1]/AccessCode",
            personal=False,
        ),
    )
    sent = minimised.document.to_bytes().decode()
    for secret in ("100000", "Akhmetov", "N0012345", "1234<", "Driver", "AccessCode"):
        assert secret not in sent
    assert "26KZ0000000000001" in sent


def test_nothing_to_withhold_leaves_the_document_as_it_is(make: Make, manifests: Grant) -> None:
    document = make(*HEAD)

    minimised = minimise(document, manifests)

    assert minimised.document is document
    assert minimised.withheld == ()


def test_what_says_more_about_a_field_shares_its_fate(make: Make, manifests: Grant) -> None:
    item = "Declaration/Consignment[1]/ConsignmentItem[1]"
    document = make(
        *HEAD,
        Placed(f"{item}/AdditionalInformation[1]/StatementCode", "X1"),
        Placed(f"{item}/AdditionalInformation[1]/StatementDescription", "cut"),
        Placed(
            f"{item}/AdditionalInformation[1]/ext:FullText[1]",
            "the price was cut",
            {"element": "StatementDescription"},
        ),
        Placed(f"{item}/Commodity/ext:OriginalText[1]", "Чай", {"element": "Description"}),
    )

    minimised = minimise(document, manifests)

    assert [one.path.rpartition("/")[2] for one in minimised.withheld] == [
        "StatementDescription",
        "ext:FullText",
    ]
    sent = minimised.document.to_bytes().decode()
    assert "Чай" in sent
    assert "price" not in sent


@pytest.mark.parametrize("element", ["Name", "", "Nothing", "ext:FullText"])
def test_more_about_a_field_that_is_not_there_stays_behind(
    element: str, make: Make, manifests: Grant
) -> None:
    document = make(
        *HEAD,
        Placed("Declaration/Agent/ID", "123"),
        Placed("Declaration/Agent/ext:FullText[1]", "secret", {"element": element}),
    )
    nameless = replace(
        manifests, allow=tuple(one for one in manifests.allow if one != "Declaration/Agent/Name")
    )

    minimised = minimise(document, nameless)

    assert b"secret" not in minimised.document.to_bytes()
    assert minimised.document.value("Declaration/Agent/ID") == "123"


def test_the_access_code_of_a_guarantee_never_leaves(make: Make, manifests: Grant) -> None:
    generous = replace(manifests, allow=("Declaration/**",))

    minimised = minimise(make(*HEAD, *SECRETS), generous)

    assert [one.path for one in minimised.withheld] == [
        "Declaration/ObligationGuarantee/AccessCode"
    ]


def test_a_foreign_element_is_covered_by_no_subtree(make: Make, manifests: Grant) -> None:
    generous = replace(manifests, allow=("Declaration/**",))
    marked = make(*HEAD).to_bytes()
    foreign = marked.replace(b"<ID>26KZ", b'<X xmlns="urn:x">secret</X><ID>26KZ', 1)
    assert foreign != marked

    minimised = minimise(read(foreign), generous)

    assert [one.path for one in minimised.withheld] == ["Declaration/other:X"]
    assert b"secret" not in minimised.document.to_bytes()


# ---------------------------------------------------------------- the content gate


def test_a_minimised_document_passes_the_content_gate(make: Make, manifests: Grant) -> None:
    minimised = minimise(make(*HEAD, *SECRETS), manifests)

    verdict = permit_content(minimised.document, manifests, code="TM-010")

    assert verdict.is_permitted
    assert [one.check for one in verdict.steps] == [
        Code.DOCUMENT_TYPE,
        Code.FIELD,
        Code.UNMASKED,
        Code.REQUIRED_MISSING,
    ]


def test_fields_that_are_not_covered_are_refused_by_name(make: Make, manifests: Grant) -> None:
    verdict = permit_content(make(*HEAD, *SECRETS), manifests, code="TM-010")

    assert verdict.code is Code.FIELD
    assert verdict.clause == manifests.clause
    assert verdict.text == (
        "grant manifests-kz-uz does not cover 4 field(s) of the document: "
        "Declaration/InvoiceAmount, Declaration/Consignment/ext:Driver/ext:Name, "
        "Declaration/Consignment/ext:Driver/ext:IdentityDocumentID, "
        "Declaration/ObligationGuarantee/AccessCode"
    )


def test_a_sentence_names_five_fields_and_counts_the_rest(make: Make, manifests: Grant) -> None:
    narrow = replace(manifests, allow=("Declaration/FunctionCode",))

    verdict = permit_content(make(*HEAD, *SECRETS), narrow, code="TM-010")

    assert verdict.facts["count"] == "9"
    assert verdict.facts["fields"].endswith(", …")
    assert verdict.facts["fields"].count(", ") == 5


def test_where_the_grant_says_hide_the_fields_are_told_and_not_refused(
    make: Make, manifests: Grant
) -> None:
    document = make(*HEAD, *SECRETS)
    hiding = replace(manifests, unexpected=Unexpected.HIDE)

    verdict = permit_content(document, hiding, code="TM-010")

    assert verdict.is_permitted
    assert [one.path for one in unexpected(document, hiding)] == [
        one.path for one in minimise(document, hiding).withheld
    ]


def test_what_the_grant_requires_must_be_there(make: Make, manifests: Grant) -> None:
    verdict = permit_content(make(*HEAD[:-1]), manifests, code="TM-010")

    assert verdict.code is Code.REQUIRED_MISSING
    assert verdict.facts["fields"] == (
        "Declaration/Consignment/ConsignmentItem/Commodity/Description"
    )


@pytest.mark.parametrize(
    ("kind", "values", "code", "element"),
    [
        (Kind.TRANSIT_MANIFEST, HEAD, "RA-010", "root"),
        (Kind.TRANSIT_MANIFEST, HEAD, "SY-002", "root"),
        (Kind.TRANSIT_MANIFEST, HEAD, "XX-999", "message code"),
        (
            Kind.TRANSIT_MANIFEST,
            (Placed("Declaration/FunctionCode", "1"),),
            "TM-010",
            "Declaration/FunctionCode",
        ),
        (
            Kind.TRANSIT_MANIFEST,
            (Placed("Declaration/ID", "1"),),
            "TM-010",
            "Declaration/FunctionCode",
        ),
        (
            Kind.ACKNOWLEDGEMENT,
            (Placed("InterGov/TypeCode", "ACK"), Placed("InterGov/FunctionCode", "9")),
            "RA-010",
            "InterGov/TypeCode",
        ),
    ],
)
def test_a_document_that_is_not_what_it_is_sent_as_is_refused(
    kind: Kind,
    values: tuple[Placed, ...],
    code: str,
    element: str,
    make: Make,
    manifests: Grant,
) -> None:
    verdict = permit_content(make(*values, kind=kind), manifests, code=code)

    assert verdict.code is Code.DOCUMENT_TYPE
    assert verdict.facts["element"] == element
    assert [one.passed for one in verdict.steps] == [False]
    question = CHECKS[verdict.steps[0].check].question.format_map(verdict.facts)
    assert question == f"Is the document the {code} it is sent as?"


def test_a_business_answer_has_no_list_of_fields(make: Make, manifests: Grant) -> None:
    answer = make(
        Placed("Response/FunctionCode", "9"),
        Placed("Response/Error[1]/ext:FindingValue", "what was sent"),
        kind=Kind.RESPONSE,
    )

    assert permit_content(answer, manifests, code="SY-002").is_permitted


def test_an_alert_passes_under_its_grant(make: Make, sample: Agreement) -> None:
    alert = make(
        Placed("InterGov/FunctionCode", "9"),
        Placed("InterGov/ID", "customs.uz-2026-1"),
        Placed("InterGov/TypeCode", "WRN"),
        Placed("InterGov/ext:RiskAlert/ext:Subject[1]/ext:TransportMeansID", "123ABC02"),
        kind=Kind.RISK_ALERT,
    )

    assert permit_content(alert, sample.grants[2], code="RA-010").is_permitted
