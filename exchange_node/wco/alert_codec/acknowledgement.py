"""Acknowledgement ↔ InterGov with ext:Acknowledgement (RA-020)."""

from __future__ import annotations

from exchange_node.domain.alert import Acknowledgement, RejectionReason, Stage
from exchange_node.wco.alert_codec.intergov import TOP, Reader, contact_of, head_of, statement_of
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import iso_of
from exchange_node.wco.registry import Registry

ACKNOWLEDGED = "RA-020"
_ACK = "InterGov/ext:Acknowledgement"
_STAGES = {one.value: one for one in Stage}
_REJECTIONS = {one.value: one for one in RejectionReason}


def encode_acknowledgement(
    acknowledgement: Acknowledgement, *, metadata: Metadata, registry: Registry
) -> Document:
    """Return the InterGov message that says a person has seen an alert (RA-020).

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    placed = [
        *head_of(
            ACKNOWLEDGED,
            acknowledgement.reference,
            acknowledgement.issuer,
            acknowledgement.issued_at,
        ),
        *contact_of(acknowledgement.contact),
        *statement_of(acknowledgement.remark),
        Placed(f"{_ACK}/ext:AlertID", acknowledgement.alert_id),
        Placed(f"{_ACK}/ext:AlertVersionNumeric", str(acknowledgement.alert_version)),
        Placed(f"{_ACK}/ext:SeenDateTime", iso_of(acknowledgement.seen_at)),
    ]
    if acknowledgement.stage is not Stage.SEEN:  # what only says "seen" says it as it always did
        placed.append(Placed(f"{_ACK}/ext:StageCode", acknowledgement.stage.value))
    if acknowledgement.rejection is not None:
        placed.append(Placed(f"{_ACK}/ext:RejectionCode", acknowledgement.rejection.value))
    return build(registry, metadata, placed, kind=Kind.ACKNOWLEDGEMENT)


def decode_acknowledgement(document: Document) -> Acknowledgement:
    """Return the acknowledgement that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a moment or a number cannot be read.
    """
    reader = Reader(document, "acknowledgement", Kind.ACKNOWLEDGEMENT)
    stage = reader.text(f"{_ACK}/ext:StageCode")
    rejection = reader.text(f"{_ACK}/ext:RejectionCode")
    acknowledgement = Acknowledgement(
        reference=reader.text(f"{TOP}/ID"),
        alert_id=reader.text(f"{_ACK}/ext:AlertID"),
        alert_version=reader.whole(f"{_ACK}/ext:AlertVersionNumeric"),
        issuer=reader.text(f"{TOP}/Submitter/ID"),
        issued_at=reader.moment(f"{TOP}/IssueDateTime"),
        seen_at=reader.moment(f"{_ACK}/ext:SeenDateTime"),
        contact=reader.contact(),
        remark=reader.statement(),
        stage=reader.named(f"{_ACK}/ext:StageCode", _STAGES) if stage else Stage.SEEN,
        rejection=reader.named(f"{_ACK}/ext:RejectionCode", _REJECTIONS) if rejection else None,
    )
    reader.finish()
    return acknowledgement
