from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.agreement.clauses.comparison import ComparedField
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.message import CODES
from exchange_node.domain.movement import (
    CODES_OF,
    GROUNDS,
    STATUS_OF,
    UNMOVED,
    Claim,
    Control,
    Event,
    MovementNotice,
    Paper,
    SeenEquipment,
    SeenMeans,
    SeenPlace,
    SeenSeal,
    event_of_controls,
)
from exchange_node.domain.movement.compared import Compared, Comparison, Reason, Verdict
from exchange_node.domain.movement.fallback import Fallback
from exchange_node.wco.document import Document, read
from exchange_node.wco.movement_codec import decode_notice, encode_notice
from exchange_node.wco.rules import validate
from tests.wco.intergov import AT, LIBRARY, METADATA, moments, words

MANIFESTS = frozenset({Event.RELEASE, Event.AMENDMENT})
"""Events that a declaration tells of: no notice is written of them."""
TOLD: list[Event] = [event for event in CODES_OF if event not in MANIFESTS]
RESULTS = ("A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3")

perhaps = st.one_of(st.just(""), words)
controls = st.builds(
    Control,
    result=st.sampled_from(RESULTS),
    type_code=perhaps,
    at=st.one_of(st.none(), moments),
)
units = st.builds(
    SeenEquipment,
    id=words,
    seals=st.lists(
        st.builds(SeenSeal, id=words, condition=perhaps, replaces=perhaps), max_size=3
    ).map(tuple),
)


amounts = st.decimals(0, 10**13 - 1, allow_nan=False, allow_infinity=False, places=3)
claims = st.one_of(
    st.builds(Claim, guarantee=words),
    st.builds(Claim, guarantee=words, amount=amounts, currency=words),
)
masses = st.decimals(0, 999_999_999, places=3)
fallbacks = st.builds(
    Fallback, reason=words, recorded_at=moments, sequence=st.integers(0, 999_999_999), mark=words
)
comparisons = st.builds(
    Comparison,
    exit_notice=words,
    entry_notice=words,
    fields=st.lists(
        st.builds(
            Compared,
            field=st.sampled_from(ComparedField),
            verdict=st.sampled_from(Verdict),
            reasons=st.lists(st.sampled_from(Reason), max_size=3).map(tuple),
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
)


@st.composite
def notices(draw: st.DrawFn) -> MovementNotice:
    event: Event = draw(st.sampled_from(TOLD))
    is_control = CODES_OF[event] in ("TM-041", "TM-042")
    made = draw(st.lists(controls, min_size=int(is_control), max_size=3).map(tuple))
    if CODES_OF[event] == "TM-041":
        event = event_of_controls(made)
    return MovementNotice(
        notice_id=draw(words),
        issuer=draw(words),
        issued_at=draw(moments),
        event=event,
        movement=draw(words),
        office=draw(words),
        occurred_at=draw(moments),
        means=draw(
            st.one_of(st.none(), st.builds(SeenMeans, id=words, nationality=perhaps, mode=perhaps))
        ),
        equipment=draw(st.lists(units, max_size=3).map(tuple)),
        packages=draw(st.one_of(st.none(), st.integers(0, 99_999_999))),
        gross_mass_kg=draw(st.one_of(st.none(), masses)),
        fallback=draw(st.one_of(st.none(), fallbacks)),
        compared=draw(comparisons) if event is Event.COMPARISON else None,
        controls=made,
        ground=draw(st.sampled_from(list(GROUNDS[event]))) if event in GROUNDS else "",
        standing=draw(st.sampled_from(list(STATUS_OF.values()))) if event in UNMOVED else "",
        towards=draw(words) if event is Event.DIVERSION else "",
        place=draw(st.one_of(st.none(), st.builds(SeenPlace, name=words, id=perhaps))),
        papers=draw(st.lists(st.builds(Paper, type_code=words, id=words), max_size=2).map(tuple)),
        claims=draw(st.lists(claims, max_size=3).map(tuple)),
        competent=draw(perhaps),
        remark=draw(perhaps),
    )


PLAIN = MovementNotice(
    notice_id="customs.kz-1",
    issuer="customs.kz",
    issued_at=AT,
    event=Event.EXIT,
    movement="26KZA1B2C3D4E5F6G8",
    office="KZ550302",
    occurred_at=AT,
    means=SeenMeans(id="777ABC02", nationality="KZ", mode="3"),
    equipment=(
        SeenEquipment(
            id="MSCU1234566",
            seals=(SeenSeal(id="S1", condition="1"), SeenSeal(id="S2", condition="4")),
        ),
    ),
    packages=12,
    remark="nothing to say",
)


COMPARED = Comparison(
    exit_notice="customs.kz-1",
    entry_notice="customs.uz-1",
    fields=(
        Compared(field=ComparedField.SEALS, verdict=Verdict.DIFFERS, reasons=(Reason.GONE,)),
        Compared(field=ComparedField.TIME, verdict=Verdict.ALIKE),
    ),
)


def written(notice: MovementNotice) -> Document:
    return read(encode_notice(notice, metadata=METADATA, registry=LIBRARY.registry).to_bytes())


@given(notices())
def test_laws_what_is_encoded_decodes_to_the_same(notice: MovementNotice) -> None:
    assert decode_notice(written(notice)) == notice


@pytest.mark.parametrize("event", TOLD)
def test_every_notice_is_a_valid_document_of_its_code(event: Event) -> None:
    result = "B1" if event is Event.DISCREPANT else "B3" if event is Event.SOLVED else "A1"
    has_result = CODES_OF[event] in ("TM-041", "TM-042")
    made = (Control(result=result, type_code="20", at=AT),) if has_result else ()

    ground = next(iter(GROUNDS.get(event, {"": ""})))
    standing = "TRN" if event in UNMOVED else ""
    towards = "UZ270101" if event is Event.DIVERSION else ""
    told = replace(PLAIN, event=event, controls=made, ground=ground, standing=standing)
    if event is Event.COMPARISON:
        told = replace(told, compared=COMPARED)
    document = written(replace(told, towards=towards))

    code = CODES[CODES_OF[event]]
    assert document.value("InterGov/TypeCode") in code.type_codes
    assert document.value("InterGov/FunctionCode") == code.function
    assert [one.text for one in validate(document, LIBRARY, AT.date()) if one.is_error] == []
    assert decode_notice(document).event is event


def test_control_results_without_a_result_cannot_be_read() -> None:
    document = written(replace(PLAIN, event=Event.CONFORM))

    with pytest.raises(InvalidDocumentError) as caught:
        decode_notice(document)

    assert [one.pointer for one in caught.value.findings] == ["InterGov/Control/ResultCode"]


def test_an_event_that_nobody_knows_cannot_be_read() -> None:
    text = encode_notice(PLAIN, metadata=METADATA, registry=LIBRARY.registry).to_bytes()

    with pytest.raises(InvalidDocumentError):
        decode_notice(read(text.replace(b">EXT<", b">XXX<")))


@pytest.mark.parametrize("said", [b"1e9", b"-5", b"NaN", b"1.2345", b"12345678901234"])
def test_an_amount_that_is_none_cannot_be_read(said: bytes) -> None:
    claim = Claim(guarantee="25KZ1", amount=Decimal("7.5"), currency="KZT")
    told = replace(PLAIN, event=Event.RECOVERY, ground="1", claims=(claim,))
    text = encode_notice(told, metadata=METADATA, registry=LIBRARY.registry).to_bytes()

    with pytest.raises(InvalidDocumentError, match="AmountAmount"):
        decode_notice(read(text.replace(b">7.5<", b">" + said + b"<")))


def test_a_diversion_that_leads_nowhere_cannot_be_read() -> None:
    with pytest.raises(InvalidDocumentError, match="EntryOffice"):
        decode_notice(written(replace(PLAIN, event=Event.DIVERSION, ground="2")))


@pytest.mark.parametrize("event", list(GROUNDS))
def test_a_ground_that_is_none_is_not_read(event: Event) -> None:
    with pytest.raises(InvalidDocumentError, match="StatementCode"):
        decode_notice(written(replace(PLAIN, event=event, ground="77")))
