from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
from lxml import etree

from exchange_node.domain.errors import (
    AuthenticationError,
    SecurityPolicyError,
)
from exchange_node.security import algorithms as alg
from exchange_node.security.signature import Reference, reference_to
from tests.ebms.meddling import (
    WSSE,
    WSU_ID,
    Draft,
    Meddling,
    own_fault,
)
from tests.ebms.parties import World


def weak(path: str, algorithm: str) -> Meddling:
    def meddle(draft: Draft, _: World) -> None:
        draft.find(path).set("Algorithm", algorithm)

    return meddle


@pytest.mark.parametrize(
    "meddle",
    [
        weak("ds:SignatureMethod", f"{alg.DS}rsa-sha1"),
        weak("ds:SignatureMethod", f"{alg.DS}hmac-sha1"),
        weak("ds:SignatureMethod", f"{alg.DSIG_MORE}hmac-sha256"),
        weak("ds:DigestMethod", alg.SHA1),
        weak("ds:Transform", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
        weak("ds:Transform", "http://www.w3.org/TR/1999/REC-xpath-19991116"),
        weak("ds:Transform", alg.ENVELOPED),
        weak("ds:CanonicalizationMethod", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
    ],
)
def test_an_algorithm_outside_the_suite_is_refused(world: World, meddle: Meddling) -> None:
    def fault(draft: Draft, world: World) -> None:
        draft.sign(world.kz.own.signer)
        meddle(draft, world)

    error = own_fault(world, fault)

    assert isinstance(error, SecurityPolicyError)
    assert error.ebms_code == "EBMS:0103"


def test_an_element_is_not_signed_as_if_it_were_a_payload(world: World) -> None:
    def meddle(draft: Draft, world: World) -> None:
        header, *others = draft.references()
        as_payload = replace(header, transforms=((alg.SWA_CONTENT, ()),))
        draft.sign(world.kz.own.signer, [as_payload, *others])

    assert isinstance(own_fault(world, meddle), SecurityPolicyError)


def test_sha_1_is_refused_even_when_it_is_signed_right(world: World) -> None:
    def meddle(draft: Draft, world: World) -> None:
        references = [replace(one, digest_algorithm=alg.SHA1) for one in draft.references()]
        draft.sign(world.kz.own.signer, references)

    assert isinstance(own_fault(world, meddle), SecurityPolicyError)


def test_a_thousand_references_are_refused(world: World) -> None:
    def meddle(draft: Draft, world: World) -> None:
        references = draft.references()
        more = [replace(references[0], uri=f"#x{number}") for number in range(1000)]
        draft.sign(world.kz.own.signer, [*references, *more])

    error = own_fault(world, meddle)

    assert isinstance(error, SecurityPolicyError)
    assert "references" in str(error)


def test_sha_512_of_a_partner_is_accepted(world: World) -> None:
    draft = Draft.of(world.signed_only.pack())
    targets = {
        f"#{one.get(WSU_ID)}": one for one in (draft.find("eb:Messaging"), draft.find("env:Body"))
    }
    references: list[Reference] = [
        reference_to(uri, one, digest_algorithm=alg.SHA512, prefixes=("eb", "#default", "nosuch"))
        for uri, one in targets.items()
    ]
    part = draft.parts[0]
    references.append(reference_to(f"cid:{part.content_id.replace('@', '%40')}", part.content))
    draft.sign(world.kz.own.signer, references)

    received = world.signed_only.unpack(draft.close())

    assert received.references == tuple(references)


def test_a_username_token_is_refused(world: World) -> None:
    def meddle(draft: Draft, _: World) -> None:
        etree.SubElement(draft.security, f"{{{WSSE}}}UsernameToken")

    assert isinstance(own_fault(world, meddle), SecurityPolicyError)


def test_two_signatures_are_refused(world: World) -> None:
    def meddle(draft: Draft, _: World) -> None:
        more = deepcopy(draft.find("ds:Signature"))
        more.attrib.pop("Id")
        draft.security.append(more)

    assert isinstance(own_fault(world, meddle), SecurityPolicyError)


@pytest.mark.parametrize(
    ("content_type", "content", "digested"),
    [
        ("application/xml", b"<?xml version='1.0'?>\n<a  b='1'/>", b'<a b="1"></a>'),
        ("image/svg+xml", b"<a/>", b"<a></a>"),
        ("text/xml; charset=UTF-8", b"<a/>", b"<a></a>"),
        ("text/plain", b"a\nb\r\nc\rd", b"a\r\nb\r\nc\r\nd"),
        ("application/xml", b"no xml", b"no xml"),
        ("application/pdf", b"<a/>", b"<a/>"),
    ],
)
def test_an_uncompressed_payload_is_digested_as_wss4j_does(
    world: World, content_type: str, content: bytes, digested: bytes
) -> None:
    draft = Draft.of(world.signed_only.pack())
    draft.find("eb:PartProperties").remove(draft.find("eb:Property[@name='CompressionType']"))
    part = draft.parts[0]
    draft.parts = [replace(part, content=digested)]
    references = draft.references()
    draft.parts = [replace(part, content=content, content_type=content_type)]
    draft.sign(world.kz.own.signer, references)

    assert world.signed_only.unpack(draft.close()).message.payloads[0].content == content


@pytest.mark.parametrize("content", [b"<b/>", b"no xml", b"<x:b xmlns:x='relative'/>"])
@pytest.mark.parametrize("content_type", ["application/xml", "text/plain", "application/pdf"])
def test_an_uncompressed_payload_that_was_altered_is_refused(
    world: World, content_type: str, content: bytes
) -> None:
    def meddle(draft: Draft, world: World) -> None:
        draft.sign(world.kz.own.signer)
        draft.parts[0] = replace(draft.parts[0], content=content, content_type=content_type)

    assert isinstance(own_fault(world, meddle), AuthenticationError)
