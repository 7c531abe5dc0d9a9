"""The tools of somebody who meddles, and of a partner whose own software errs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pytest
from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import ProtocolError
from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.message import Packed
from exchange_node.ebms.packaging import mime
from exchange_node.ebms.wss import tokens
from exchange_node.security import algorithms as alg
from exchange_node.security import signature as xml_signature
from exchange_node.security.keys import Signer
from exchange_node.security.signature import Reference, ds, reference_to
from tests.ebms.parties import CONTENT, World

WSU_ID = f"{{{alg.WSU}}}Id"
ENV = "http://www.w3.org/2003/05/soap-envelope"
EB = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


@dataclass
class Draft:
    """A packed message laid open, to be meddled with and closed again."""

    root: etree._Element
    parts: list[mime.Part]
    start: mime.Part

    @classmethod
    def of(cls, packed: Packed) -> Draft:
        start, *parts = mime.split(packed.content_type, packed.body)
        return cls(root=safe_xml.parse(whole(start.content)), parts=parts, start=start)

    def find(self, path: str) -> etree._Element:
        names = {"env": ENV, "eb": EB, "wsse": WSSE, "ds": alg.DS, "xenc": alg.XENC}
        found = self.root.find(f".//{path}", names)
        assert found is not None, path
        return found

    @property
    def security(self) -> etree._Element:
        return self.find("wsse:Security")

    def references(self) -> list[Reference]:
        """What a partner that does it right signs."""
        found = [
            reference_to(f"#{one.get(WSU_ID)}", one)
            for one in (self.find("eb:Messaging"), self.find("env:Body"))
        ]
        return found + [reference_to(mime.cid(one.content_id), one.content) for one in self.parts]

    def sign(
        self,
        signer: Signer,
        references: Iterable[Reference] | None = None,
        *,
        method: str = alg.RSA_SHA256,
        key_info: etree._Element | None = None,
    ) -> Draft:
        """Sign anew, whatever the references; the sender itself may be the one who errs."""
        for old in (*self.security.iter(ds("Signature")), *self.security.iter(tokens.BINARY_TOKEN)):
            self.security.remove(old)
        chosen = self.references() if references is None else references
        element = xml_signature.build(chosen, method=method)
        if key_info is None:
            self.security.append(tokens.new_binary_token(signer.certificate, "token-1"))
            key_info = tokens.new_reference("#token-1", tokens.X509_V3)
        element.append(key_info)
        self.security.append(element)
        xml_signature.sign_in_place(element, signer)
        return self

    def close(self) -> Packed:
        content = etree.tostring(self.root, encoding="UTF-8")
        if not self.parts:
            return Packed(content_type=self.start.content_type, body=content, references=())
        content_type, body = mime.join(
            replace(self.start, content=content), self.parts, boundary="meddled-with"
        )
        return Packed(content_type=content_type, body=body, references=())


Meddling = Callable[[Draft, World], None]


def refusal(world: World, packed: Packed, **how: object) -> ProtocolError:
    """Return how the receiver refuses a message."""
    with pytest.raises(ProtocolError) as caught:
        world.unpack(packed, **how)  # type: ignore[arg-type]
    return caught.value


def meddled(world: World, meddle: Meddling) -> ProtocolError:
    """Return how a message is refused that was meddled with on the way."""
    draft = Draft.of(world.pack(world.message(CONTENT, b"second")))
    meddle(draft, world)
    return refusal(world, draft.close())


def own_fault(world: World, meddle: Meddling) -> ProtocolError:
    """Return how a message is refused that its own sender made wrong; nothing is encrypted."""
    draft = Draft.of(world.signed_only.pack(world.message(CONTENT, b"second")))
    meddle(draft, world)
    return refusal(world.signed_only, draft.close())


def removed(path: str) -> Meddling:
    """Return the meddling that removes an element."""

    def meddle(draft: Draft, _: World) -> None:
        found = draft.find(path)
        found.getparent().remove(found)  # type: ignore[union-attr]

    return meddle


def set_to(path: str, attribute: str, value: str) -> Meddling:
    """Return the meddling that sets an attribute."""

    def meddle(draft: Draft, _: World) -> None:
        draft.find(path).set(attribute, value)

    return meddle


def change_signature_value(draft: Draft, _: World) -> None:
    draft.find("ds:SignatureValue").text = alg.encode64(bytes(256))
