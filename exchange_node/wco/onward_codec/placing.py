"""What a request and an answer have alike: the head of the message, the class of the use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange_node.domain.message import CODES
from exchange_node.wco.alert_codec.intergov import TOP
from exchange_node.wco.building import Placed
from exchange_node.wco.notation import iso_of

USE = "InterGov/ext:OnwardUse"
_LONGEST_REFERENCE = 35


def head_of(code: str, number: str, party: str, at: datetime) -> Iterator[Placed]:
    """Place what every one of these messages begins with."""
    yield Placed(f"{TOP}/FunctionCode", "9")
    yield Placed(f"{TOP}/FunctionalReferenceID", number[-_LONGEST_REFERENCE:])
    yield Placed(f"{TOP}/ID", number)
    yield Placed(f"{TOP}/IssueDateTime", iso_of(at))
    yield Placed(f"{TOP}/TypeCode", CODES[code].type_code)
    yield Placed(f"{TOP}/Submitter/ID", party)


def moment_of(name: str, at: datetime | None) -> Iterator[Placed]:
    """Place a moment of the use, where there is one."""
    if at is not None:
        yield Placed(f"{USE}/ext:{name}", iso_of(at))
