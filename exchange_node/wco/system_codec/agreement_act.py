"""AgreementAct ↔ InterGov with ext:AgreementAct (SY-080 to SY-085): `decode(encode(x)) == x`.

What decodes is well built; whether it may be taken is for the life of the agreement to say. Moments
are told to the second.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from exchange_node.domain.countersigning.acts import MESSAGES, Act, AgreementAct, Signature
from exchange_node.wco.alert_codec.intergov import TOP, Reader, head_of, statement_of
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import iso_of
from exchange_node.wco.registry import Registry

_ACT = "InterGov/ext:AgreementAct"
_SIGNATURE = f"{_ACT}/ext:AgreementSignature"

ACT_CODES = {
    "OFF": Act.OFFERED,
    "CSG": Act.COUNTERSIGNED,
    "CNF": Act.CONFIRMED,
    "REF": Act.REFUSED,
    "SUS": Act.SUSPENDED,
    "RES": Act.RESUMED,
    "SUG": Act.GRANTS_SUSPENDED,
    "REG": Act.GRANTS_RESUMED,
    "TRM": Act.TERMINATED,
}
"""What a code of the list `agreement_acts` stands for."""

_CODE_OF = {act: code for code, act in ACT_CODES.items()}


def encode_act(act: AgreementAct, *, metadata: Metadata, registry: Registry) -> Document:
    """Return the InterGov message that tells a partner of an act.

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    placed = [
        *head_of(MESSAGES[act.act], act.act_id, act.party, act.at),
        *statement_of(act.why),
        Placed(f"{_ACT}/ext:ActCode", _CODE_OF[act.act]),
        Placed(f"{_ACT}/ext:AgreementID", act.agreement_id),
        Placed(f"{_ACT}/ext:AgreementVersionNumeric", str(act.version)),
        Placed(f"{_ACT}/ext:AgreementDigestID", act.digest),
        Placed(f"{_ACT}/ext:OrdinalNumeric", str(act.ordinal)),
        *(Placed(f"{_ACT}/ext:GrantID[{n}]", grant) for n, grant in enumerate(act.grants, start=1)),
        Placed(f"{_ACT}/ext:ReasonCode", act.reason),
        Placed(f"{_ACT}/ext:HeldVersionNumeric", str(act.held_version or "")),
        Placed(f"{_ACT}/ext:HeldDigestID", act.held_digest),
        Placed(f"{_ACT}/ext:AgreementText", act.text),
        *_signed(act.signature),
    ]
    return build(registry, metadata, placed, kind=Kind.AGREEMENT_ACT)


def decode_act(document: Document) -> AgreementAct:
    """Return the act that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a code, a moment, a number or a signature cannot
            be read; all of them are named.
    """
    reader = Reader(document, "act", Kind.AGREEMENT_ACT)
    signature = None
    if reader.text(f"{_SIGNATURE}/ext:SignatureText"):
        signature = Signature(
            algorithm=reader.text(f"{_SIGNATURE}/ext:AlgorithmID"),
            certificate=reader.octets(f"{_SIGNATURE}/ext:CertificateText"),
            value=reader.octets(f"{_SIGNATURE}/ext:SignatureText"),
            at=reader.moment(f"{_SIGNATURE}/ext:SignedDateTime"),
        )
    act = AgreementAct(
        act_id=reader.text(f"{TOP}/ID"),
        act=reader.named(f"{_ACT}/ext:ActCode", ACT_CODES),
        party=reader.text(f"{TOP}/Submitter/ID"),
        agreement_id=reader.text(f"{_ACT}/ext:AgreementID"),
        version=reader.whole(f"{_ACT}/ext:AgreementVersionNumeric"),
        digest=reader.text(f"{_ACT}/ext:AgreementDigestID"),
        ordinal=reader.whole(f"{_ACT}/ext:OrdinalNumeric"),
        at=reader.moment(f"{TOP}/IssueDateTime"),
        grants=document.values(f"{_ACT}/ext:GrantID"),
        reason=reader.text(f"{_ACT}/ext:ReasonCode"),
        why=reader.statement(),
        held_version=reader.whole(f"{_ACT}/ext:HeldVersionNumeric", default=0),
        held_digest=reader.text(f"{_ACT}/ext:HeldDigestID"),
        signature=signature,
        text=reader.text(f"{_ACT}/ext:AgreementText"),
    )
    reader.finish()
    return act


def _signed(signature: Signature | None) -> Iterator[Placed]:
    if signature is None:
        return
    yield Placed(f"{_SIGNATURE}/ext:SignedDateTime", iso_of(signature.at))
    yield Placed(f"{_SIGNATURE}/ext:AlgorithmID", signature.algorithm)
    yield Placed(
        f"{_SIGNATURE}/ext:CertificateText", base64.b64encode(signature.certificate).decode()
    )
    yield Placed(f"{_SIGNATURE}/ext:SignatureText", base64.b64encode(signature.value).decode())
