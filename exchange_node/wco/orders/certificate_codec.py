"""Certificate ↔ InterGov with ext:RecordCertificate (MA-042): `decode(encode(x)) == x`."""

from __future__ import annotations

from exchange_node.domain.orders.order import CERTIFIED, Certificate, Certified, Outcome, Refusal
from exchange_node.wco.alert_codec.intergov import TOP, Block, Reader, head_of, one_of, statement_of
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import iso_of
from exchange_node.wco.orders.naming import name_of, named_in
from exchange_node.wco.registry import Registry

_CERTIFICATE = "InterGov/ext:RecordCertificate"
_OUTCOME = f"{_CERTIFICATE}/ext:RecordOutcome"

OUTCOME_CODES = {
    "DON": Outcome.DONE,
    "HLD": Outcome.HELD,
    "GON": Outcome.GONE,
    "UNK": Outcome.UNKNOWN,
    "REF": Outcome.REFUSED,
}
"""What a code of the list `order_outcomes` stands for."""

_CODE_OF = {outcome: code for code, outcome in OUTCOME_CODES.items()}
_REFUSALS = {one.value: one for one in Refusal}


def encode_certificate(
    certificate: Certificate, *, metadata: Metadata, registry: Registry
) -> Document:
    """Return the InterGov message that says what became of each record of an order.

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    one = certificate
    placed = [
        *head_of(CERTIFIED, one.certificate_id, one.party, one.at),
        *statement_of(one.why),
        Placed(f"{_CERTIFICATE}/ext:OrderID", one.order_id),
    ]
    for n, outcome in enumerate(one.outcomes, start=1):
        at = f"{_OUTCOME}[{n}]"
        placed += [
            *name_of(outcome.record, at),
            Placed(f"{at}/ext:OutcomeCode", _CODE_OF[outcome.outcome]),
            Placed(f"{at}/ext:OutcomeDateTime", iso_of(outcome.at)),
            Placed(f"{at}/ext:RefusalCode", outcome.ground.value if outcome.ground else ""),
            Placed(f"{at}/ext:RecordDigestID", outcome.digest),
            *(
                Placed(f"{at}/ext:HandedToText[{m}]", agency)
                for m, agency in enumerate(outcome.handed_to, start=1)
            ),
        ]
    return build(registry, metadata, placed, kind=Kind.RECORD_CERTIFICATE)


def decode_certificate(document: Document) -> Certificate:
    """Return the certificate that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a code, a moment or a number cannot be read; all
            of them are named.
    """
    reader = Reader(document, "certificate", Kind.RECORD_CERTIFICATE)
    certificate = Certificate(
        certificate_id=reader.text(f"{TOP}/ID"),
        party=reader.text(f"{TOP}/Submitter/ID"),
        order_id=reader.text(f"{_CERTIFICATE}/ext:OrderID"),
        at=reader.moment(f"{TOP}/IssueDateTime"),
        outcomes=tuple(_outcome(one, reader) for one in reader.blocks(_OUTCOME)),
        why=reader.statement(),
    )
    reader.finish()
    return certificate


def _outcome(block: Block, reader: Reader) -> Certified:
    ground = one_of(block, "ext:RefusalCode")
    return Certified(
        record=named_in(block, reader, _OUTCOME),
        outcome=reader.coded(
            one_of(block, "ext:OutcomeCode"), OUTCOME_CODES, f"{_OUTCOME}/ext:OutcomeCode"
        ),
        at=reader.moment_in(
            one_of(block, "ext:OutcomeDateTime"), f"{_OUTCOME}/ext:OutcomeDateTime"
        ),
        ground=reader.coded(ground, _REFUSALS, f"{_OUTCOME}/ext:RefusalCode") if ground else None,
        digest=one_of(block, "ext:RecordDigestID"),
        handed_to=tuple(block.get("ext:HandedToText", ())),
    )
