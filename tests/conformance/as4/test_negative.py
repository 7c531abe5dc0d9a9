"""What nobody may get past the node: each case is posted to a real one, which goes on after it.

The same and more, close to the code, is in tests/ebms; docs/conformance.md lists both.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest
from lxml import etree

from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.message import Packed
from exchange_node.ebms.packaging import mime
from exchange_node.security import algorithms as alg
from exchange_node.security.signature import sign_in_place
from tests.conformance.as4.peer import Peer
from tests.ebms.meddling import ENV, WSU_ID, Draft

Case = Callable[[Peer], Packed]
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
HMAC = "http://www.w3.org/2000/09/xmldsig#hmac-sha1"


def meddled(change: Callable[[Draft], None]) -> Case:
    """Return a case: a sound message that somebody changed on its way."""

    def make(peer: Peer) -> Packed:
        draft = Draft.of(peer.pack(peer.message()))
        change(draft)
        return draft.close()

    return make


def own_fault(change: Callable[[Draft], None]) -> Case:
    """Return a case: a message that the partner itself made wrong, and signed."""
    return lambda peer: peer.altered(peer.message(), change)


def tampered_digest(draft: Draft) -> None:
    draft.find("ds:DigestValue").text = alg.encode64(bytes(32))


def tampered_value(draft: Draft) -> None:
    draft.find("ds:SignatureValue").text = alg.encode64(bytes(256))


def tampered_header(draft: Draft) -> None:
    draft.find("eb:ConversationId").text = "another"


def tampered_payload(draft: Draft) -> None:
    (part,) = draft.parts
    draft.parts = [
        replace(part, content=whole(part.content)[:-1] + bytes([whole(part.content)[-1] ^ 1]))
    ]


def uncovered_part(draft: Draft) -> None:
    draft.parts.append(mime.Part(content=b"more", content_id="more@uz.example"))


def unsigned(draft: Draft) -> None:
    draft.find("env:Header").remove(draft.security)


def without_reference(number: int) -> Case:
    """Return a case in which one reference is left out before the partner signs."""

    def make(peer: Peer) -> Packed:
        draft = Draft.of(peer.altered(peer.message(), lambda _: None))
        signed_info = draft.find("ds:SignedInfo")
        signed_info.remove(signed_info.findall(f"{{{alg.DS}}}Reference")[number])
        return resigned(peer, draft)

    return make


def resigned(peer: Peer, draft: Draft) -> Packed:
    """Close a draft with the partner's signature over SignedInfo as it stands now."""
    sign_in_place(draft.find("ds:Signature"), peer.pair.uz.alerting.packing.keys.signer)
    return draft.close()


def rewritten(change: Callable[[etree._Element], None]) -> Case:
    """Return a case in which SignedInfo is changed before the partner signs."""

    def make(peer: Peer) -> Packed:
        draft = Draft.of(peer.altered(peer.message(), lambda _: None))
        change(draft.find("ds:SignedInfo"))
        return resigned(peer, draft)

    return make


def sha_1(signed_info: etree._Element) -> None:
    for one in signed_info.iter(f"{{{alg.DS}}}DigestMethod"):
        one.set("Algorithm", alg.SHA1)


def hmac(signed_info: etree._Element) -> None:
    signed_info[1].set("Algorithm", HMAC)


def xslt(signed_info: etree._Element) -> None:
    transform = next(signed_info.iter(f"{{{alg.DS}}}Transform"))
    transform.set("Algorithm", XSLT)


def thousand_references(signed_info: etree._Element) -> None:
    for number in range(1_000):
        one = deepcopy(signed_info[2])
        one.set("URI", f"#more-{number}")
        signed_info.append(one)


def doubled_reference(signed_info: etree._Element) -> None:
    signed_info.append(deepcopy(signed_info[2]))


def of_another_party(peer: Peer) -> Packed:
    draft = Draft.of(peer.pack(peer.message()))
    return draft.sign(peer.pair.kz.alerting.packing.keys.signer).close()


def duplicate_id(draft: Draft) -> None:
    other = etree.SubElement(draft.find("env:Header"), "other")
    other.set("Id", draft.find("eb:Messaging").get(WSU_ID, ""))


def moved_messaging(draft: Draft) -> None:
    original = draft.find("eb:Messaging")
    forged = deepcopy(original)
    forged.set(WSU_ID, "forged")
    draft.find("env:Header").replace(original, forged)
    etree.SubElement(draft.security, "wrapper").append(original)


def second_body(draft: Draft) -> None:
    original = draft.find("env:Body")
    forged = etree.Element(f"{{{ENV}}}Body")
    forged.set(WSU_ID, "forged")
    original.addprevious(forged)


def second_security(draft: Draft) -> None:
    other = etree.Element(draft.security.tag)
    draft.security.addnext(other)


def moved_payload(draft: Draft) -> None:
    draft.find("eb:PartInfo").set("href", "cid:forged@uz.example")
    draft.parts.append(replace(draft.parts[0], content_id="forged@uz.example"))


def zip_bomb(peer: Peer) -> Packed:
    message = peer.message()
    (payload,) = message.payloads
    return peer.pack(replace(message, payloads=(replace(payload, content=bytes(30_000_000)),)))


def body_changed(change: Callable[[bytes], bytes]) -> Case:
    """Return a case in which the octets of the package are changed."""

    def make(peer: Peer) -> Packed:
        packed = peer.pack(peer.message())
        return replace(packed, body=change(whole(packed.body)))

    return make


def long_part_header(body: bytes) -> bytes:
    return body.replace(b"Content-ID:", b"X-Long: " + b"x" * 1_000_000 + b"\r\nContent-ID:", 1)


CASES: dict[str, tuple[Case, str]] = {
    "tampered digest": (meddled(tampered_digest), "EBMS:0101"),
    "tampered signature value": (meddled(tampered_value), "EBMS:0101"),
    "tampered header": (meddled(tampered_header), "EBMS:0101"),
    "tampered payload": (meddled(tampered_payload), "EBMS:0102"),
    "uncovered part": (meddled(uncovered_part), "EBMS:0103"),
    "unsigned": (meddled(unsigned), "EBMS:0103"),
    "unsigned Messaging": (without_reference(0), "EBMS:0103"),
    "unsigned Body": (without_reference(1), "EBMS:0103"),
    "unsigned payload": (without_reference(2), "EBMS:0103"),
    "wrong party's certificate": (of_another_party, "EBMS:0101"),
    "duplicate Id": (meddled(duplicate_id), "EBMS:0101"),
    "moved Messaging": (meddled(moved_messaging), "EBMS:0009"),
    "second Body": (meddled(second_body), "EBMS:0009"),
    "second Security": (meddled(second_security), "EBMS:0103"),
    "moved payload": (meddled(moved_payload), "EBMS:0103"),
    "SHA-1": (rewritten(sha_1), "EBMS:0103"),
    "HMAC": (rewritten(hmac), "EBMS:0103"),
    "XSLT transform": (rewritten(xslt), "EBMS:0103"),
    "1000 references": (rewritten(thousand_references), "EBMS:0103"),
    "one reference twice": (rewritten(doubled_reference), "EBMS:0101"),
    "zip bomb": (zip_bomb, "EBMS:0303"),
    "truncated MIME": (body_changed(lambda body: body[: len(body) // 2]), "EBMS:0007"),
    "unterminated boundary": (body_changed(lambda body: body[:-4] + b"\r\n"), "EBMS:0007"),
    "part header of 1 MB": (body_changed(long_part_header), "EBMS:0007"),
    "missing CRLF": (
        body_changed(lambda body: body.replace(b"\r\nContent-", b"\nContent-")),
        "EBMS:0007",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_node_refuses_what_is_not_sound(peer: Peer, name: str) -> None:
    make, code = CASES[name]

    error = peer.error(make(peer))

    assert (error.ebms_code, error.severity) == (code, "failure")
    assert error.is_authenticated
    peer.receipt(peer.pack(peer.ping()))
