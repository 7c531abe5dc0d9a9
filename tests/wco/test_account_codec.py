from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.accounting.account import Account, Side
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import has_errors
from exchange_node.domain.message import ACCOUNT, CODES
from exchange_node.wco.document import Document, Kind, read
from exchange_node.wco.rules import validate
from exchange_node.wco.system_codec.account import decode_account, encode_account
from tests.wco.intergov import AT, LIBRARY, METADATA, moments, words

made = st.builds(
    Account,
    account_id=words,
    party=words,
    at=moments,
    side=st.sampled_from(Side),
    begins=moments,
    ends=moments,
    message_ids=st.lists(words, min_size=1, max_size=20).map(tuple),
)


def written(account: Account) -> Document:
    return read(encode_account(account, metadata=METADATA, registry=LIBRARY.registry).to_bytes())


@given(made)
def test_laws_what_is_encoded_decodes_to_the_same(account: Account) -> None:
    document = written(account)

    assert document.kind is Kind.MESSAGE_ACCOUNT
    assert document.value("InterGov/TypeCode") == CODES[ACCOUNT].type_code
    assert decode_account(document) == account


def test_an_account_is_valid() -> None:
    account = Account(
        account_id="kz1",
        party="customs.kz",
        at=AT,
        side=Side.SENT,
        begins=AT,
        ends=AT,
        message_ids=("one@customs.kz", "two@customs.kz"),
    )

    assert not has_errors(validate(written(account), LIBRARY, AT.date()))


def test_what_names_no_side_that_is_known_is_not_read() -> None:
    account = Account(
        account_id="kz1",
        party="customs.kz",
        at=AT,
        side=Side.SENT,
        begins=AT,
        ends=AT,
        message_ids=("one@customs.kz",),
    )
    octets = encode_account(account, metadata=METADATA, registry=LIBRARY.registry).to_bytes()

    with pytest.raises(InvalidDocumentError, match="SideCode"):
        decode_account(read(octets.replace(b">SNT<", b">ALL<")))
