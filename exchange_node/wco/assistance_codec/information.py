"""Information ↔ InterGov with ext:AssistanceInformation (MA-020)."""

from __future__ import annotations

from exchange_node.domain.assistance.papers import INFORMATION, Information
from exchange_node.wco.alert_codec.intergov import TOP, Reader, contact_of, head_of
from exchange_node.wco.assistance_codec.parts import (
    documents_of,
    many,
    persons_of,
    read_documents,
    read_persons,
)
from exchange_node.wco.assistance_codec.request import MATTERS
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.registry import Registry

_TOLD = "InterGov/ext:AssistanceInformation"


def encode_information(
    information: Information, *, metadata: Metadata, registry: Registry
) -> Document:
    """Return the InterGov message that tells a partner something unasked.

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    placed = [
        *head_of(
            INFORMATION, information.information_id, information.issuer, information.issued_at
        ),
        *contact_of(information.contact),
        *documents_of(information.documents),
        Placed(f"{_TOLD}/ext:MatterCode", information.matter.value),
        Placed(f"{_TOLD}/ext:UrgentIndicator", str(int(information.urgent))),
        Placed(f"{_TOLD}/ext:LanguageID", information.language),
        Placed(f"{_TOLD}/ext:UnverifiedIndicator", str(int(information.unverified))),
        Placed(f"{_TOLD}/ext:FactsText", information.facts),
        *persons_of(_TOLD, information.persons),
        *many(_TOLD, "DeclarationID", information.declarations),
        Placed(f"{_TOLD}/ext:RelatedID", information.related),
    ]
    return build(registry, metadata, placed, kind=Kind.ASSISTANCE_INFORMATION)


def decode_information(document: Document) -> Information:
    """Return the information that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a moment or a code cannot be read; all of them
            are named.
    """
    reader = Reader(document, "information", Kind.ASSISTANCE_INFORMATION)
    information = Information(
        information_id=reader.text(f"{TOP}/ID"),
        issuer=reader.text(f"{TOP}/Submitter/ID"),
        issued_at=reader.moment(f"{TOP}/IssueDateTime"),
        language=reader.text(f"{_TOLD}/ext:LanguageID"),
        matter=reader.named(f"{_TOLD}/ext:MatterCode", MATTERS),
        facts=reader.text(f"{_TOLD}/ext:FactsText"),
        urgent=reader.flag(f"{_TOLD}/ext:UrgentIndicator"),
        unverified=reader.flag(f"{_TOLD}/ext:UnverifiedIndicator"),
        contact=reader.contact(),
        persons=read_persons(reader, _TOLD),
        declarations=document.values(f"{_TOLD}/ext:DeclarationID"),
        documents=read_documents(reader),
        related=reader.text(f"{_TOLD}/ext:RelatedID"),
    )
    reader.finish()
    return information
