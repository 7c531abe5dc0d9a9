"""What a payload or a national system brings: XML, WCO documents, declarations, document seals."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

from exchange_node import safe_xml
from exchange_node.config import shipped
from exchange_node.domain.alert import Acknowledgement, Contact
from exchange_node.domain.errors import InputError
from exchange_node.domain.identifiers import PartyId
from exchange_node.domain.message import BusinessAnswer, Exchange
from exchange_node.mapping import (
    Facts,
    Mapped,
    Profiles,
    detect,
    map_declaration,
    read_facts,
    read_profiles,
)
from exchange_node.mapping.profile.recognition import Detection
from exchange_node.mapping.sources.opening import Plain
from exchange_node.security.certificates import Purpose
from exchange_node.security.keys import PemSigner
from exchange_node.security.seal import open_seal, seal
from exchange_node.services.stations.alert_draft import alert_from
from exchange_node.wco import onward_codec
from exchange_node.wco.alert_codec import (
    decode_acknowledgement,
    decode_alert,
    encode_acknowledgement,
    encode_alert,
)
from exchange_node.wco.answer_codec import decode_answer, encode_answer
from exchange_node.wco.assistance_codec import (
    decode_information,
    decode_reply,
    decode_request,
)
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import Document, Kind, read
from exchange_node.wco.manifest_view import read_manifest
from exchange_node.wco.orders import decode_breach, decode_certificate, decode_order
from exchange_node.wco.rules import WcoLibrary, validate
from exchange_node.wco.sifting import plain, sifted
from exchange_node.wco.system_codec.agreement_act import decode_act
from tests.ebms.parties import AT, KZ, certificate
from tests.fuzz.messages import world
from tests.fuzz.target import JSON_WORDS, TOML_WORDS, XML_WORDS, Target
from tests.world import DECLARATION, FACTS

ON = date(2026, 3, 2)
UZ = Metadata(country="UZ", agency="Customs", type_name="InterGov")
ANSWERING = Metadata(country="UZ", agency="Customs", type_name="RES")
NATIONAL = shipped.shipped("config", "national")
LINES = """
[read]
kind = "fixed"
record = "1..2"
[read.records.H1]
spans = { ref = "3..10", office = "11.." }
[read.records.I1]
within = "H1"
spans = { goods = "3..12", mass = "13..18" }
"""
SMALL = (
    b"<ESADout_CU xmlns='urn:customs.ru:Information:ESADout_CU:5.17.0'/>",
    b"<CC015C xmlns='http://ncts.dgtaxud.ec'><messageType>CC015C</messageType></CC015C>",
    b"<CC029C><TransitOperation><MRN>26KZ550302000000K6</MRN></TransitOperation></CC029C>",
    b"<ASYCUDA><Identification><Types/></Identification></ASYCUDA>",
)
ALERT: dict[str, object] = {
    "valid_until": "2026-04-01T00:00:00+00:00",
    "marking": "AMBER",
    "permitted_action": "documents",
    "urgency": "flash",
    "category": "TRD",
    "severity": 1,
    "summary": "Goods in transit may leave the corridor.",
    "contact_office": "UZ270101",
    "subjects": [{"means_id": "123ABC02", "routing": ["KZ", "UZ"]}, {"customs_seal": "S1"}],
}
EXCHANGE = Exchange(
    sender="customs.kz",
    recipient="customs.uz",
    code="TM-010",
    agreement_id="KZ-UZ-2026",
    agreement_version=1,
    agreement_digest="0" * 64,
    grant="manifest-kz-uz",
    purpose="TRANSIT_CONTROL",
    handling="restricted",
    test=True,
)


@functools.cache
def library() -> WcoLibrary:
    """The registry, schemas and code lists that are shipped."""
    return shipped.library()


@functools.cache
def profiles() -> Profiles:
    """The national profiles that are shipped."""
    return shipped.national_profiles()


@functools.cache
def sealer() -> PemSigner:
    """Who seals Kazakhstan's documents."""
    key = world().kz.signing_key
    return PemSigner(key, certificate(key, KZ, Purpose.SEAL))


def mapped(declaration: bytes, facts: Facts) -> Mapped:
    """Map a declaration as a Kazakh node does."""
    return map_declaration(
        declaration,
        detect(declaration, profiles()),
        facts,
        library(),
        sender=PartyId("customs.kz"),
        agency="Customs",
        at=datetime(2026, 3, 2, 8, tzinfo=UTC),
        reference="R-1",
    )


READERS: dict[Kind, Callable[[Document], object]] = {
    Kind.TRANSIT_MANIFEST: read_manifest,
    Kind.RISK_ALERT: decode_alert,
    Kind.ACKNOWLEDGEMENT: decode_acknowledgement,
    Kind.AGREEMENT_ACT: decode_act,
    Kind.ASSISTANCE_REQUEST: decode_request,
    Kind.ASSISTANCE_REPLY: decode_reply,
    Kind.ASSISTANCE_INFORMATION: decode_information,
    Kind.RECORD_ORDER: decode_order,
    Kind.RECORD_CERTIFICATE: decode_certificate,
    Kind.BREACH_NOTICE: decode_breach,
    Kind.ONWARD_USE: lambda one: (
        onward_codec.decode_onward_answer(one)
        if one.value("InterGov/TypeCode") == "M31"
        else onward_codec.decode_request(one)
    ),
    Kind.RESPONSE: decode_answer,
}
"""What reads documents of a kind; of the others the fields alone are read."""


def feed_document(data: bytes) -> None:
    """Read a document as filing does: the whole of it, whatever it turns out to be."""
    document = read(data)
    _ = document.exchange, document.country, document.header
    for leaf in document.leaves():
        document.values(leaf.path)
    list(validate(document, library(), ON))
    reads = READERS.get(document.kind)
    if reads is not None:
        reads(document)
    read(sifted(plain(document), {"Declaration/ID"}, {}).to_bytes())


def feed_declaration(data: bytes) -> None:
    """Map a declaration with what it brings itself, or say why not."""
    made = mapped(data, Facts())
    list(validate(made.document, library(), ON))
    read(made.document.to_bytes())


def feed_text(data: bytes, name: str) -> None:
    """Map a declaration by one profile; every value of it has one fate, or it is said why not."""
    made = map_declaration(
        data, profiles().by_name[name], Facts(), library(), sender=PartyId("customs.kz"),
        agency="Customs", at=datetime(2026, 3, 2, 8, tzinfo=UTC), reference="R-1",
    )  # fmt: skip
    report = made.report
    kinds = (report.refused, report.dropped, report.passed_over, report.unmapped)
    left = [row.source for kind in kinds for row in kind if not row.source.startswith("/")]
    # What a declaration is wrapped in is dropped as well; its paths are from the root.
    assert sorted([*{row.source for row in report.mapped}, *left]) == sorted(report.leaves)
    read(made.document.to_bytes())


def feed_facts(data: bytes) -> None:
    """Place facts into a declaration of ours; a document comes out, or it is said why not."""
    made = mapped(DECLARATION.read_bytes(), read_facts(data.decode("utf-8", "replace")))
    read(made.document.to_bytes())


def feed_seal(data: bytes) -> None:
    """Open the seal of a document from outside."""
    open_seal(data, (sealer().certificate,), at=AT)


def feed_sealed(data: bytes) -> None:
    """Seal whatever can be sealed; what was sealed opens again."""
    try:
        safe_xml.parse(data)
    except InputError:
        return
    open_seal(seal(data, sealer(), at=AT), (sealer().certificate,), at=AT)


def documents() -> Iterator[Document]:
    """Yield one document of each kind."""
    registry = library().registry
    facts = read_facts(FACTS.read_text(encoding="utf-8"))
    yield mapped(DECLARATION.read_bytes(), facts).document.with_exchange(EXCHANGE)
    alert = alert_from(ALERT, issuer="customs.uz", alert_id="A-1", at=AT)
    yield encode_alert(alert, metadata=UZ, registry=registry)
    seen = Acknowledgement(
        reference="K-1",
        alert_id="A-1",
        alert_version=1,
        issuer="customs.uz",
        issued_at=AT,
        seen_at=AT,
        contact=Contact(office="UZ270101", communications=()),
        remark="seen",
    )
    yield encode_acknowledgement(seen, metadata=UZ, registry=registry)
    answer = BusinessAnswer(
        reference="B-1",
        issuer="customs.uz",
        issued_at=AT,
        message_id="m@kz",
        document_reference="R-1",
        document_id="26KZ550302000000K6",
        accepted=False,
        findings=validate(mapped(SMALL[0], Facts()).document, library(), ON)[:3],
    )
    yield encode_answer(answer, metadata=ANSWERING, registry=registry)


def _plain() -> Iterator[bytes]:
    return (one.to_bytes() for one in documents())


def _sealed() -> Iterator[bytes]:
    return (seal(one, sealer(), at=AT) for one in _plain())


def _examples(profile: str, ending: str) -> Iterator[bytes]:
    for path in sorted((NATIONAL / "examples" / profile).glob(f"*.{ending}")):
        yield path.read_bytes()


def _lines() -> Iterator[bytes]:
    yield b"H1R-1     KZ550101\nI1apples    9600.0  12\nI1nuts       365.5   6\nZZ\n"


@functools.cache
def _columns() -> Detection:
    return read_profiles({"lines": LINES}).by_name["lines"].detection


def feed_lines(data: bytes) -> None:
    """Read lines of columns: as many values come out as went in."""
    source = Plain(data).read(_columns())
    assert all(leaf.text for leaf in source.leaves)


def _facts() -> tuple[bytes, ...]:
    return (
        FACTS.read_bytes(),
        b'{"TransitOperation/limitDate": "2026-03-07"}',
        b'"Facts/TransitLimitDate" = { value = 2026-03-07, supplied_by = "post" }',
    )


TARGETS = (
    Target(name="xml", feed=safe_xml.parse, seeds=_plain, family=InputError, words=XML_WORDS),
    Target(name="document", feed=feed_document, seeds=_plain, family=InputError, words=XML_WORDS),
    Target(
        name="declaration",
        feed=feed_declaration,
        seeds=lambda: (DECLARATION.read_bytes(), *SMALL),
        family=InputError,
        words=XML_WORDS,
    ),
    Target(
        name="json",
        feed=lambda data: feed_text(data, "generic-json"),
        seeds=lambda: _examples("generic-json", "json"),
        family=InputError,
        words=JSON_WORDS,
    ),
    Target(
        name="csv",
        feed=lambda data: feed_text(data, "generic-csv"),
        seeds=lambda: _examples("generic-csv", "csv"),
        family=InputError,
        words=(
            b'"',
            b'""',
            b";",
            b"\r\n",
            b"\r",
            b"\t",
            b"\0",
            b"\xff",
            b"\xef\xbb\xbf",
            b"items.",
        ),
    ),
    Target(
        name="fixed",
        feed=feed_lines,
        seeds=_lines,
        family=InputError,
        words=(b"\r\n", b"\x1a", b"\0", b"\xff\xfe", b"H1", b"I1"),
    ),
    Target(
        name="edifact",
        feed=lambda data: feed_text(
            data, "edifact-cusdec" if b"CUSDEC" in data[:200] else "edifact-cuscar"
        ),
        seeds=lambda: (
            *_examples("edifact-cuscar", "edi"),
            *_examples("edifact-cusdec", "edi"),
        ),
        family=InputError,
        words=(
            b"'",
            b"+",
            b":",
            b"?",
            b"?'",
            b"UNA:+.? '",
            b"UNH+",
            b"UNT+",
            b"UNOA",
            b"UNOY",
            b"\n",
        ),
    ),
    Target(
        name="facts",
        feed=feed_facts,
        seeds=_facts,
        family=InputError,
        words=(*TOML_WORDS, *JSON_WORDS),
    ),
    Target(name="seal", feed=feed_seal, seeds=_sealed, words=XML_WORDS),
    Target(name="sealed", feed=feed_sealed, seeds=_plain, words=XML_WORDS),
)
