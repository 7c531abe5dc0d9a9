from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from exchange_node.wco.document import Document
from exchange_node.wco.rules.movement.dates import check_dates

if TYPE_CHECKING:
    from tests.wco.conftest import Changes, MakeManifest

ON = date(2026, 3, 9)
C = "Declaration/Consignment[1]"
LEFT = "Declaration/BorderTransportMeans/DepartureDateTime"
LIMIT = f"{C}/ext:TransitLimitDate"
AT_OFFICE = f"{C}/ext:TransitOffice[1]/ext:EstimatedArrivalDateTime"
CONTRACT = f"{C}/TransportContractDocument[1]/IssueDateTime"


def found(document: Document, on: date = ON) -> list[tuple[str, str]]:
    findings = check_dates(document, on)
    assert all(one.text and one.mend_text for one in findings)
    return [(one.code, one.pointer) for one in findings if not one.is_error]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"Declaration/IssueDateTime": "2026-03-08T09:00:00+05:00"}, LIMIT),
        ({"Declaration/ext:DepartureControlResultDate": "2026-03-04"},
         "Declaration/ext:ReleaseDateTime"),
        ({"Declaration/ObligationGuarantee[1]/ext:GuaranteeDate": "2026-03-04"},
         "Declaration/ext:ReleaseDateTime"),
        ({LEFT: "2026-03-01T09:59:59+05:00"}, LEFT),
        ({f"{C}/LoadingLocation/LoadingDateTime": "2026-03-01T20:00:01+05:00"}, LEFT),
        ({CONTRACT: "2026-03-04"}, LEFT),
        ({AT_OFFICE: "2026-03-08T12:00:00+05:00"}, LIMIT),
        ({"Declaration/BorderTransportMeans/ArrivalDateTime": "2026-03-08T12:00:00+05:00"}, LIMIT),
        ({LEFT: "2026-03-08T12:00:00+05:00",
          "Declaration/BorderTransportMeans/ArrivalDateTime": None}, LIMIT),
    ],
)  # fmt: skip
def test_an_unusual_order_of_dates_is_a_warning(
    manifest: MakeManifest, changes: Changes, pointer: str
) -> None:
    assert found(manifest(changes)) == [("CAREC-R311", pointer)]


def test_a_limit_binds_the_offices_of_its_own_consignment_alone(manifest: MakeManifest) -> None:
    other = "Declaration/Consignment[2]/ext:TransitOffice[1]/ext:EstimatedArrivalDateTime"

    assert found(manifest({other: "2026-03-08T12:00:00+05:00"})) == []


def test_what_was_accepted_or_issued_tomorrow_is_doubtful(manifest: MakeManifest) -> None:
    assert found(manifest(), date(2026, 2, 28)) == []
    assert found(manifest(), date(2026, 2, 27)) == [
        ("CAREC-R312", "Declaration/AcceptanceDateTime"),
        ("CAREC-R312", "Declaration/IssueDateTime"),
        ("CAREC-R312", "Declaration/ext:ReleaseDateTime"),
    ]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_an_end_of_the_calendar_is_compared_like_any_other(
    manifest: MakeManifest, day: str
) -> None:
    at_limit = found(manifest({LIMIT: day}))

    assert bool(at_limit) is (day < ON.isoformat())
    assert isinstance(found(manifest(), date.fromisoformat(day)), list)
