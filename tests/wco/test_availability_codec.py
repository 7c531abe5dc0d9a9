from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.availability.outage import Function, Meanwhile, Outage
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import has_errors
from exchange_node.wco.document import Document, Kind, read
from exchange_node.wco.rules import validate
from exchange_node.wco.system_codec.availability import decode_outages, encode_outages
from tests.wco.intergov import AT, LIBRARY, METADATA, moments, words

ONE = Outage(
    number="uz1",
    party="customs.kz",
    functions=(Function.TRANSIT, Function.RISK),
    begins=AT,
    ends=AT + timedelta(hours=4),
    reason="the data centre moves",
    meanwhile=Meanwhile.QUEUE,
    paper=True,
    is_planned=True,
    told_at=AT,
)
made = st.builds(
    Outage,
    number=words,
    party=words,
    functions=st.lists(st.sampled_from(Function), min_size=1, unique=True).map(tuple),
    begins=moments,
    ends=moments,
    reason=words,
    meanwhile=st.sampled_from(Meanwhile),
    paper=st.booleans(),
    is_planned=st.booleans(),
    told_at=st.just(AT),
    is_withdrawn=st.booleans(),
)


def written(*outages: Outage, code: str = "SY-070") -> Document:
    document = encode_outages(
        outages,
        code=code,
        number="uz9",
        party="customs.kz",
        at=AT,
        metadata=METADATA,
        registry=LIBRARY.registry,
    )
    return read(document.to_bytes())


@given(st.lists(made, max_size=4))
def test_laws_what_is_encoded_decodes_to_the_same(outages: list[Outage]) -> None:
    document = written(*outages, code="SY-071")

    assert document.kind is Kind.AVAILABILITY
    assert decode_outages(document) == (AT, tuple(outages))


@pytest.mark.parametrize("outages", [(ONE,), (), (ONE, replace(ONE, number="uz2"))])
def test_notices_and_schedules_are_valid(outages: tuple[Outage, ...]) -> None:
    assert not has_errors(validate(written(*outages, code="SY-071"), LIBRARY, AT.date()))


@pytest.mark.parametrize("code", [b"TRN", b"QUE", b"ANN"])
def test_a_code_that_is_not_known_is_not_read(code: bytes) -> None:
    octets = written(ONE).to_bytes()
    assert code in octets

    with pytest.raises(InvalidDocumentError, match="Code"):
        decode_outages(read(octets.replace(b">" + code + b"<", b">XXX<")))
