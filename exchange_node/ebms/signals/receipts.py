"""What a receipt proves: its references, compared by value with what was signed.

OASIS AS4 Profile 1.0, section 5.1.8: a receipt echoes every reference of the signature that was
verified. Another stack writes them anew, so bytes say nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from lxml import etree

from exchange_node.domain.errors import InvalidHeaderError, InvalidReceiptError
from exchange_node.ebms.envelope import Children, add
from exchange_node.ebms.message import Receipt
from exchange_node.ebms.packaging.mime import content_id_key
from exchange_node.security.signature import Reference, ds, read_reference, write_reference

EBBP = "http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0"


def write_proofs(signal: etree._Element, references: Iterable[Reference]) -> None:
    """Append a Receipt that echoes the references."""
    receipt = add(signal, "Receipt")
    proof = etree.SubElement(receipt, _ebbp("NonRepudiationInformation"), nsmap={"ebbpsig": EBBP})
    for reference in references:
        part = etree.SubElement(proof, _ebbp("MessagePartNRInformation"))
        part.append(write_reference(reference))


def read_proofs(receipt: etree._Element) -> tuple[Reference, ...]:
    """Return the references that a Receipt echoes.

    What else stands in it (phase4 says who it is) counts nothing: the schema of ebMS 3.0 lets in
    any elements of other namespaces.

    Raises:
        InvalidHeaderError, SecurityPolicyError: it is not built as the schema says.
    """
    proofs = receipt.findall(_ebbp("NonRepudiationInformation"))
    if len(proofs) != 1:
        raise InvalidHeaderError(why=f"a receipt with {len(proofs)} proofs, want one")
    proof = Children(proofs[0])
    parts = proof.many(_ebbp("MessagePartNRInformation"))
    proof.end()
    found: list[Reference] = []
    for part in parts:
        inside = Children(part)
        found.append(read_reference(inside.one(ds("Reference"))))
        inside.end()
    return tuple(found)


def check_receipt(receipt: Receipt, *, message_id: str, references: Collection[Reference]) -> None:
    """Return when the receipt proves that the partner holds exactly what we signed.

    Raises:
        InvalidReceiptError: it is for another message, or a reference lacks, differs or is added.
    """
    if receipt.ref_to_message_id != message_id:
        why = f"it is for {receipt.ref_to_message_id}"
        raise InvalidReceiptError(message_id=message_id, why=why)
    sent = {_compared(one) for one in references}
    echoed = {_compared(one) for one in receipt.references}
    for one in sorted(sent - echoed, key=lambda it: it.uri):
        raise InvalidReceiptError(message_id=message_id, why=f"it does not prove {one.uri}")
    for one in sorted(echoed - sent, key=lambda it: it.uri):
        why = f"it proves {one.uri[:200]}, which was not sent"
        raise InvalidReceiptError(message_id=message_id, why=why)


def _compared(reference: Reference) -> Reference:
    """Return the reference as compared: a Content-ID may be percent-encoded or not (RFC 2392)."""
    if not reference.uri.startswith("cid:"):
        return reference
    return replace(reference, uri=content_id_key(reference.uri))


def _ebbp(name: str) -> str:
    return f"{{{EBBP}}}{name}"
