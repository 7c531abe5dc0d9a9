"""Statement for an office ↔ InterGov with ext:OfficeStatement (SY-060).

The statement is octets that its maker signed (`security.carried`); what they say is not read here.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.message import EXPECTED
from exchange_node.wco.alert_codec.intergov import NOT_READABLE, TOP, Reader, head_of
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.registry import Registry

_STATEMENT = "InterGov/ext:OfficeStatement"
_TEXT = f"{_STATEMENT}/ext:StatementText"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeStatement:
    """What an administration's node tells the node of an office.

    Attributes:
        number: the sender's own number of this message.
        party: who says it.
        office: code of the office that it is for.
        octets: the signed statement.
    """

    number: str
    party: str
    at: datetime
    office: str
    octets: bytes


def encode_statement(
    statement: OfficeStatement, *, metadata: Metadata, registry: Registry
) -> Document:
    """Return the InterGov message that carries a statement."""
    placed = [
        *head_of(EXPECTED, statement.number, statement.party, statement.at),
        Placed(f"{_STATEMENT}/ext:OfficeID", statement.office),
        Placed(_TEXT, base64.b64encode(statement.octets).decode("ascii")),
    ]
    return build(registry, metadata, placed, kind=Kind.OFFICE_STATEMENT)


def decode_statement(document: Document) -> OfficeStatement:
    """Return the statement that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or one that is no base64.
    """
    reader = Reader(document, "statement", Kind.OFFICE_STATEMENT)
    text = reader.text(_TEXT)
    try:
        octets = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        found = NOT_READABLE.found(
            pointer=_TEXT, what="statement", name="StatementText", value=text[:40]
        )
        raise InvalidDocumentError((found,)) from None
    statement = OfficeStatement(
        number=reader.text(f"{TOP}/ID"),
        party=reader.text(f"{TOP}/Submitter/ID"),
        at=reader.moment(f"{TOP}/IssueDateTime"),
        office=reader.text(f"{_STATEMENT}/ext:OfficeID"),
        octets=octets,
    )
    reader.finish()
    return statement
