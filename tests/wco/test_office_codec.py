from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import has_errors
from exchange_node.wco.document import Document, Kind, read
from exchange_node.wco.rules import validate
from exchange_node.wco.system_codec.office import (
    OfficeStatement,
    decode_statement,
    encode_statement,
)
from tests.wco.intergov import AT, LIBRARY, METADATA, moments, words

ONE = OfficeStatement(
    number="kz1", party="customs.kz", at=AT, office="KZ551002", octets=b"signed\n\x00\xff"
)


def written(statement: OfficeStatement) -> Document:
    document = encode_statement(statement, metadata=METADATA, registry=LIBRARY.registry)
    return read(document.to_bytes())


@given(
    st.builds(
        OfficeStatement,
        number=words,
        party=words,
        at=moments,
        office=words,
        octets=st.binary(min_size=1, max_size=200),
    )
)
def test_laws_what_is_encoded_decodes_to_the_same(statement: OfficeStatement) -> None:
    document = written(statement)

    assert document.kind is Kind.OFFICE_STATEMENT
    assert decode_statement(document) == statement


def test_a_statement_is_valid() -> None:
    assert not has_errors(validate(written(ONE), LIBRARY, AT.date()))


def test_what_is_no_base64_is_not_read() -> None:
    octets = written(ONE).to_bytes()
    text = base64.b64encode(ONE.octets)

    with pytest.raises(InvalidDocumentError, match="StatementText"):
        decode_statement(read(octets.replace(text, b"a!b")))
