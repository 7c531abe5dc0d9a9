from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.availability.pulse import HeldText, Pulse
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import has_errors
from exchange_node.wco.document import Document, Kind, read
from exchange_node.wco.rules import validate
from exchange_node.wco.system_codec.pulse import decode_pulse, encode_pulse
from tests.wco.intergov import AT, LIBRARY, METADATA, moments, words

ONE = Pulse(
    number="kz1",
    party="customs.kz",
    at=AT,
    answers="uz1",
    program="0.1.0",
    schemas=("1.0",),
    agreements=(HeldText("urn:carec:maa:kz-uz:transit", 2, "a" * 64),),
)
made = st.builds(
    Pulse,
    number=words,
    party=words,
    at=moments,
    answers=st.one_of(st.just(""), words),
    program=words,
    schemas=st.lists(words, min_size=1, max_size=3).map(tuple),
    agreements=st.lists(st.builds(HeldText, words, st.integers(1, 99), words), max_size=3).map(
        tuple
    ),
)


def written(pulse: Pulse) -> Document:
    return read(encode_pulse(pulse, metadata=METADATA, registry=LIBRARY.registry).to_bytes())


@given(made)
def test_laws_what_is_encoded_decodes_to_the_same(pulse: Pulse) -> None:
    document = written(pulse)

    assert document.kind is Kind.NODE_PULSE
    assert document.value("InterGov/TypeCode") == ("S75" if pulse.answers else "S74")
    assert decode_pulse(document) == pulse


def test_a_pulse_is_valid() -> None:
    assert not has_errors(validate(written(ONE), LIBRARY, AT.date()))


def test_a_version_that_is_no_number_is_not_read() -> None:
    octets = written(ONE).to_bytes()
    with pytest.raises(InvalidDocumentError, match="Numeric"):
        decode_pulse(read(octets.replace(b"VersionNumeric>2<", b"VersionNumeric>x<")))
