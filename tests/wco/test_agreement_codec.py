from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.countersigning.acts import (
    MESSAGES,
    Act,
    AgreementAct,
    Reason,
    Signature,
)
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.message import CODES
from exchange_node.wco.document import Document, Kind, read
from exchange_node.wco.rules import validate
from exchange_node.wco.system_codec.agreement_act import ACT_CODES, decode_act, encode_act
from tests.wco.intergov import AT, LIBRARY, METADATA, moments, words

signatures = st.builds(
    Signature,
    algorithm=words,
    certificate=st.binary(min_size=1, max_size=40),
    value=st.binary(min_size=1, max_size=40),
    at=moments,
)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
made = st.builds(
    AgreementAct,
    act_id=words,
    act=st.sampled_from(list(MESSAGES)),
    party=words,
    agreement_id=words,
    version=st.integers(1, 999_999),
    digest=digests,
    ordinal=st.integers(0, 999_999),
    at=moments,
    grants=st.lists(words, max_size=3).map(tuple),
    reason=st.sampled_from(["", *(one.value for one in Reason)]),
    why=st.one_of(st.just(""), words),
    held_version=st.integers(0, 999_999),
    held_digest=st.one_of(st.just(""), digests),
    signature=st.one_of(st.none(), signatures),
    text=st.one_of(st.just(""), words.map(lambda one: f'a = "{one}"\n\n[b]\n')),
)


def written(act: AgreementAct) -> Document:
    return read(encode_act(act, metadata=METADATA, registry=LIBRARY.registry).to_bytes())


@given(made)
def test_laws_what_is_encoded_decodes_to_the_same(act: AgreementAct) -> None:
    assert decode_act(written(act)) == act


@pytest.mark.parametrize("act", list(MESSAGES))
def test_every_act_is_a_valid_document_of_its_code(act: Act) -> None:
    document = written(
        AgreementAct(
            act_id="a1",
            act=act,
            party="customs.kz",
            agreement_id="urn:a",
            version=1,
            digest="a" * 64,
            ordinal=1,
            at=AT,
            grants=("g1", "g2"),
            reason="POLICY",
            why="because " * 100,
            held_version=2,
            held_digest="b" * 64,
            signature=Signature(algorithm="urn:x", certificate=b"c", value=b"v", at=AT),
            text="a = 1\n",
        )
    )

    assert document.kind is Kind.AGREEMENT_ACT
    assert document.value("InterGov/TypeCode") == CODES[MESSAGES[act]].type_code
    assert validate(document, LIBRARY, AT.date()) == ()


def test_every_act_that_travels_has_a_code_and_every_reason_is_on_the_list() -> None:
    assert set(ACT_CODES.values()) == set(MESSAGES)
    for code in ACT_CODES:
        assert LIBRARY.code_lists.knows("agreement_acts", code, AT.date())
    for reason in Reason:
        assert LIBRARY.code_lists.knows("agreement_reasons", reason.value, AT.date())


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        (b"<ext:ActCode>SUS", b"<ext:ActCode>XYZ", "ext:ActCode"),
        (b"Numeric>1</ext:Agr", b"Numeric>x</ext:Agr", "ext:AgreementVersionNumeric"),
        (b"<ext:CertificateText>Yw==", b"<ext:CertificateText>Y!", "ext:CertificateText"),
        (b"<ext:SignatureText>dg==", b"<ext:SignatureText>d", "ext:SignatureText"),
    ],
)
def test_what_cannot_be_read_is_named(old: bytes, new: bytes, name: str) -> None:
    act = AgreementAct(
        act_id="a1", act=Act.SUSPENDED, party="customs.kz", agreement_id="urn:a", version=1,
        digest="a" * 64, ordinal=1, at=AT,
        signature=Signature(algorithm="urn:x", certificate=b"c", value=b"v", at=AT),
    )  # fmt: skip
    octets = written(act).to_bytes()
    assert old in octets

    with pytest.raises(InvalidDocumentError) as caught:
        decode_act(read(octets.replace(old, new)))

    assert [one.facts["name"] for one in caught.value.findings] == [name]
