from __future__ import annotations

from datetime import date

import pytest

from exchange_node.config.shipped import library as shipped_library
from exchange_node.config.shipped import sample_agreement
from exchange_node.policy.text.reading import read_agreement
from exchange_node.policy.verdict import Code, Verdict
from exchange_node.services.stations.departure.releasing import faults_of
from exchange_node.services.stations.faults import AGREEMENT_AT_FAULT
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.customisation.versions import Written
from exchange_node.wco.document import Document, read

LIBRARY = shipped_library()
ON = date(2026, 3, 2)


@pytest.fixture(name="lacking")
def _lacking() -> Document:
    envelope = Metadata(country="KZ", agency="Customs", type_name="DEC")
    return build(LIBRARY.registry, envelope, [Placed("Declaration/FunctionCode", "9")])


def found_in(document: Document, sound: Document | None) -> set[str]:
    agreement = read_agreement(sample_agreement(), "sample")
    verdict = Verdict(code=Code.ALLOW, agreement=agreement, grant=agreement.grants[0])
    written = Written(document=document, read_back=document, version="1.0")
    found = faults_of(
        document, written, verdict,
        recipient="UZ", code="TM-010", library=LIBRARY, on=ON, sound=sound,
    )  # fmt: skip
    return {one.code for one in found}


def test_what_is_the_very_document_that_was_checked_is_not_checked_again(
    lacking: Document,
) -> None:
    assert AGREEMENT_AT_FAULT.code not in found_in(lacking, lacking)


def test_a_copy_of_what_was_checked_is_checked_again(lacking: Document) -> None:
    assert AGREEMENT_AT_FAULT.code in found_in(read(lacking.to_bytes()), lacking)
    assert AGREEMENT_AT_FAULT.code in found_in(lacking, None)
