"""BreachNotice ↔ InterGov with ext:Breach (MA-040): `decode(encode(x)) == x`."""

from __future__ import annotations

from exchange_node.domain.orders.breach import BREACHED, BreachNotice, Misuse, Statement
from exchange_node.wco.alert_codec.intergov import TOP, Reader, head_of, one_of, statement_of
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import iso_of
from exchange_node.wco.orders.naming import name_of, named_in
from exchange_node.wco.registry import Registry

_BREACH = "InterGov/ext:Breach"
_STATEMENT = f"{_BREACH}/ext:BreachStatement"
_RECORD = f"{_BREACH}/ext:BreachedRecord"
_KINDS = {one.value: one for one in Misuse}


def encode_breach(notice: BreachNotice, *, metadata: Metadata, registry: Registry) -> Document:
    """Return the InterGov message that tells a supplier of unauthorised use.

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    occurred = iso_of(notice.occurred_at) if notice.occurred_at else ""
    placed = [
        *head_of(BREACHED, notice.breach_id, notice.party, notice.at),
        *statement_of(notice.what),
        Placed(f"{_BREACH}/ext:BreachCode", notice.misuse.value),
        Placed(f"{_BREACH}/ext:DiscoveredDateTime", iso_of(notice.discovered_at)),
        Placed(f"{_BREACH}/ext:OccurredDateTime", occurred),
        Placed(f"{_BREACH}/ext:MeasureText", notice.measures),
    ]
    for n, one in enumerate(notice.statements, start=1):
        placed += [
            Placed(f"{_STATEMENT}[{n}]/ext:AboutText", one.about),
            Placed(f"{_STATEMENT}[{n}]/ext:StatementText", one.text),
        ]
    for n, record in enumerate(notice.records, start=1):
        placed += name_of(record, f"{_RECORD}[{n}]")
    return build(registry, metadata, placed, kind=Kind.BREACH_NOTICE)


def decode_breach(document: Document) -> BreachNotice:
    """Return the notice that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a code, a moment or a number cannot be read; all
            of them are named.
    """
    reader = Reader(document, "notice", Kind.BREACH_NOTICE)
    notice = BreachNotice(
        breach_id=reader.text(f"{TOP}/ID"),
        party=reader.text(f"{TOP}/Submitter/ID"),
        misuse=reader.named(f"{_BREACH}/ext:BreachCode", _KINDS),
        at=reader.moment(f"{TOP}/IssueDateTime"),
        discovered_at=reader.moment(f"{_BREACH}/ext:DiscoveredDateTime"),
        occurred_at=reader.moment_or_none(f"{_BREACH}/ext:OccurredDateTime"),
        what=reader.statement(),
        measures=reader.text(f"{_BREACH}/ext:MeasureText"),
        statements=tuple(
            Statement(about=one_of(one, "ext:AboutText"), text=one_of(one, "ext:StatementText"))
            for one in reader.blocks(_STATEMENT)
        ),
        records=tuple(named_in(one, reader, _RECORD) for one in reader.blocks(_RECORD)),
    )
    reader.finish()
    return notice
