"""Pulse ↔ InterGov with ext:NodePulse (SY-074, SY-075): `decode(encode(x)) == x`.

Moments are told to the second.
"""

from __future__ import annotations

from exchange_node.domain.availability.pulse import ANSWER, PING, HeldText, Pulse
from exchange_node.wco.alert_codec.intergov import TOP, Reader, head_of, one_of
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.registry import Registry

_PULSE = "InterGov/ext:NodePulse"
_HELD = f"{_PULSE}/ext:HeldAgreement"


def encode_pulse(pulse: Pulse, *, metadata: Metadata, registry: Registry) -> Document:
    """Return the InterGov message that asks a partner whether it is there, or answers that.

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    code = ANSWER if pulse.answers else PING
    placed = [
        *head_of(code, pulse.number, pulse.party, pulse.at),
        Placed(f"{_PULSE}/ext:AnsweredID", pulse.answers),
        Placed(f"{_PULSE}/ext:ProgramVersionText", pulse.program),
        *(
            Placed(f"{_PULSE}/ext:SchemaVersionText[{n}]", one)
            for n, one in enumerate(pulse.schemas, start=1)
        ),
    ]
    for n, one in enumerate(pulse.agreements, start=1):
        placed += [
            Placed(f"{_HELD}[{n}]/ext:AgreementID", one.agreement_id),
            Placed(f"{_HELD}[{n}]/ext:AgreementVersionNumeric", str(one.version)),
            Placed(f"{_HELD}[{n}]/ext:AgreementDigestID", one.digest),
        ]
    return build(registry, metadata, placed, kind=Kind.NODE_PULSE)


def decode_pulse(document: Document) -> Pulse:
    """Return what an InterGov message says of its sender.

    Raises:
        InvalidDocumentError: it carries nothing of the kind, or a moment or a number cannot be
            read.
    """
    reader = Reader(document, "pulse", Kind.NODE_PULSE)
    pulse = Pulse(
        number=reader.text(f"{TOP}/ID"),
        party=reader.text(f"{TOP}/Submitter/ID"),
        at=reader.moment(f"{TOP}/IssueDateTime"),
        answers=reader.text(f"{_PULSE}/ext:AnsweredID"),
        program=reader.text(f"{_PULSE}/ext:ProgramVersionText"),
        schemas=document.values(f"{_PULSE}/ext:SchemaVersionText"),
        agreements=tuple(
            HeldText(
                one_of(block, "ext:AgreementID"),
                reader.counted(
                    one_of(block, "ext:AgreementVersionNumeric"),
                    f"{_HELD}/ext:AgreementVersionNumeric",
                ),
                one_of(block, "ext:AgreementDigestID"),
            )
            for block in reader.blocks(_HELD)
        ),
    )
    reader.finish()
    return pulse
