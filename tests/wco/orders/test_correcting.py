from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.config.shipped import library as shipped_library
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.orders.order import Correction, Ground, Kind, RecordName, RecordOrder
from exchange_node.domain.retention import Kept
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import read
from exchange_node.wco.orders import corrected, differences, encode_order
from tests.wco.intergov import AT

ORDER = "InterGov/ext:RecordOrder"
WHERE = f"{ORDER}/ext:OrderedRecord[1]/ext:RecordID"
WHEN = f"{ORDER}/ext:DueDateTime"
DOCUMENT = read(
    encode_order(
        RecordOrder(
            order_id="o1",
            party="customs.kz",
            kind=Kind.DELETION,
            ground=Ground.ERROR,
            at=AT,
            records=(RecordName(kind=Kept.MANIFEST, subject="KZ/mrn/1", message_id="m"),),
            due_at=AT,
        ),
        metadata=Metadata(country="KZ", agency="Customs", type_name="InterGov"),
        registry=shipped_library(Path("/nowhere")).registry,
    ).to_bytes()
)
words = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc", "Cn"]),
    min_size=1,
    max_size=30,
)


def value(pointer: str, old: str, new: str) -> Correction:
    return Correction(record=1, pointer=pointer, old=old, new=new)


@given(words)
def test_laws_what_differs_afterwards_is_what_was_corrected(new: str) -> None:
    after = read(corrected(DOCUMENT, [value(WHERE, "KZ/mrn/1", new)]).to_bytes())

    found = [(old.pointer, old.value, now.value) for old, now in differences(DOCUMENT, after)]
    assert found == ([] if new == "KZ/mrn/1" else [(WHERE, "KZ/mrn/1", new)])


@given(words)
def test_laws_a_correction_that_is_taken_back_leaves_the_document_as_it_was(new: str) -> None:
    there = corrected(DOCUMENT, [value(WHERE, "KZ/mrn/1", new)])

    assert corrected(there, [value(WHERE, new, "KZ/mrn/1")]).to_bytes() == DOCUMENT.to_bytes()


def test_a_moment_is_corrected_as_a_moment() -> None:
    later = "2026-03-05T08:00:00+00:00"

    after = corrected(DOCUMENT, [value(WHEN, "2026-03-02T08:00:00+00:00", later)])

    assert read(after.to_bytes()).value(WHEN) == later


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (value(f"{ORDER}/ext:NoSuch", "a", "b"), "CAREC-R041"),
        (value(ORDER, "", "b"), "CAREC-R041"),
        (value(WHERE, "KZ/mrn/2", "KZ/mrn/3"), "CAREC-R042"),
        (value("InterGov/ID", "o1", "o2"), "CAREC-R043"),
        (value("InterGov/Submitter/ID", "customs.kz", "customs.uz"), "CAREC-R043"),
        (value(WHERE, "KZ/mrn/1", "a\x00b"), "CAREC-R044"),
        (value(WHERE, "KZ/mrn/1", ""), "CAREC-R044"),
        (value(WHEN, "2026-03-02T08:00:00+00:00", "soon"), "CAREC-R044"),
    ],
)
def test_what_cannot_be_corrected_is_named(one: Correction, code: str) -> None:
    with pytest.raises(InvalidDocumentError) as raised:
        corrected(DOCUMENT, [one])

    assert [(found.code, found.pointer) for found in raised.value.findings] == [(code, one.pointer)]


def test_documents_of_two_shapes_are_not_compared() -> None:
    other = corrected(DOCUMENT, [])
    other.body.remove(other.body[-1])

    with pytest.raises(InvalidDocumentError):
        differences(DOCUMENT, other)
