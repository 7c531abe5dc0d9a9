"""Account ↔ InterGov with ext:MessageAccount (SY-095): `decode(encode(x)) == x`.

Moments are told to the second.
"""

from __future__ import annotations

from exchange_node.domain.accounting.account import Account, Side
from exchange_node.domain.message import ACCOUNT
from exchange_node.wco.alert_codec.intergov import TOP, Reader, head_of
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import iso_of
from exchange_node.wco.registry import Registry

_ACCOUNT = "InterGov/ext:MessageAccount"

SIDE_CODES = {"SNT": Side.SENT, "RCV": Side.RECEIVED, "MIS": Side.WANTED}
"""What a code of `ext:SideCode` stands for."""

_CODE_OF = {side: code for code, side in SIDE_CODES.items()}


def encode_account(account: Account, *, metadata: Metadata, registry: Registry) -> Document:
    """Return the InterGov message that gives a partner an account (SY-095).

    Raises:
        InvalidDocumentError: a MessageId has characters that XML has no room for.
    """
    placed = [
        *head_of(ACCOUNT, account.account_id, account.party, account.at),
        Placed(f"{_ACCOUNT}/ext:SideCode", _CODE_OF[account.side]),
        Placed(f"{_ACCOUNT}/ext:PeriodBeginDateTime", iso_of(account.begins)),
        Placed(f"{_ACCOUNT}/ext:PeriodEndDateTime", iso_of(account.ends)),
        *(
            Placed(f"{_ACCOUNT}/ext:MessageID[{n}]", message_id)
            for n, message_id in enumerate(account.message_ids, start=1)
        ),
    ]
    return build(registry, metadata, placed, kind=Kind.MESSAGE_ACCOUNT)


def decode_account(document: Document) -> Account:
    """Return the account that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a code or a moment cannot be read.
    """
    reader = Reader(document, "account", Kind.MESSAGE_ACCOUNT)
    account = Account(
        account_id=reader.text(f"{TOP}/ID"),
        party=reader.text(f"{TOP}/Submitter/ID"),
        at=reader.moment(f"{TOP}/IssueDateTime"),
        side=reader.named(f"{_ACCOUNT}/ext:SideCode", SIDE_CODES),
        begins=reader.moment(f"{_ACCOUNT}/ext:PeriodBeginDateTime"),
        ends=reader.moment(f"{_ACCOUNT}/ext:PeriodEndDateTime"),
        message_ids=document.values(f"{_ACCOUNT}/ext:MessageID"),
    )
    reader.finish()
    return account
