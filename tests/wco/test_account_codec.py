from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.config.shipped import library as shipped_library
from exchange_node.domain.accounting.account import Account, Side
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import has_errors
from exchange_node.domain.message import ACCOUNT, CODES
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import Document, Kind, read
from exchange_node.wco.rules import validate
from exchange_node.wco.system_codec.account import decode_account, encode_account

LIBRARY = shipped_library(Path("/nowhere"))
METADATA = Metadata(country="KZ", agency="Customs", type_name="InterGov")
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)

words = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc", "Cn"]),
    min_size=1,
    max_size=35,
)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - the strategy adds the zone
    lambda at: at.replace(microsecond=0)
)
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
