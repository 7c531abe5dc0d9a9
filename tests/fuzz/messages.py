"""What a partner posts or answers: package, envelope, Security header, signals, certificates.

A fuzzer never guesses a signature. So beside whole messages, targets take one piece alone and put
it into a message that is then signed by the partner itself: what lies behind the signature meets
strange input too.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import AuthenticationError, ProtocolError
from exchange_node.domain.transmission.content import whole
from exchange_node.ebms.envelope import eb, read_envelope
from exchange_node.ebms.header import read_user_message
from exchange_node.ebms.message import Packed, Receipt
from exchange_node.ebms.packaging import mime
from exchange_node.ebms.signals import (
    authenticated,
    check_receipt,
    pull_request,
    read_answer,
    read_signal,
)
from exchange_node.ebms.unpack import peek
from exchange_node.security.certificates import (
    Purpose,
    check_certificate,
    der_of,
    load_certificates,
    name_of,
    read_certificate,
    write_pem,
)
from tests.ebms.answers import SENT, error_signal, receipt_of
from tests.ebms.meddling import Draft
from tests.ebms.parties import AT, CONTENT, World
from tests.fuzz.target import MIME_WORDS, XML_WORDS, Target, text_of


@functools.cache
def world() -> World:
    """The parties whose messages are meddled with; their keys are made once a run."""
    return World()


def line_and_rest(packed: Packed) -> bytes:
    """Return a package as one input: the Content-Type on the first line, then the body."""
    return packed.content_type.encode() + b"\n" + whole(packed.body)


def package_of(data: bytes) -> Packed:
    """Return what `line_and_rest` was given."""
    head, _, body = data.partition(b"\n")
    return Packed(content_type=text_of(head), body=body, references=())


def messages() -> Iterator[Packed]:
    """Yield messages of every shape that our own packing makes."""
    here = world()
    yield _encrypted()
    yield _signed()
    yield here.pack(here.message())


def answers() -> Iterator[Packed]:
    """Yield a receipt, an error that is signed, and one that is not."""
    here = world()
    yield _receipt()
    yield error_signal(here, AuthenticationError(why="w"))
    yield error_signal(here, AuthenticationError(why="w"), partner=None, ref_to=None)


def feed_envelope(data: bytes) -> None:
    peek("application/soap+xml", data)
    envelope = read_envelope(mime.Part(content=data, content_type="application/soap+xml"))
    for element in envelope.messaging.iterchildren(eb("UserMessage")):
        read_user_message(element)


def feed_message(data: bytes) -> None:
    """Take a message where encryption may be, and need not."""
    world().signed_only.unpack(package_of(data))


def parsed(data: bytes) -> etree._Element:
    """Return a piece of XML as it stands in a whole message, which has passed the door before."""
    return safe_xml.parse(data, safe_xml.ENVELOPE)


def feed_security(data: bytes) -> None:
    draft = Draft.of(_encrypted())
    header = draft.find("env:Header")
    header.replace(draft.security, parsed(data))
    world().unpack(draft.close())


def feed_header(data: bytes) -> None:
    draft = Draft.of(_signed())
    header = draft.find("env:Header")
    header.replace(draft.find("eb:Messaging"), parsed(data))
    _sign(draft, "kz")
    world().signed_only.unpack(draft.close())


def feed_answer(data: bytes) -> None:
    _weigh(package_of(data))


def feed_signal(data: bytes) -> None:
    """Take a signal that is posted by itself: a pull request, a receipt, an error."""
    package = package_of(data)
    arrived = read_signal(package.content_type, package.body)
    if arrived is not None:
        authenticated(arrived, world().partner(world().uz), AT)


def feed_receipt(data: bytes) -> None:
    draft = Draft.of(_receipt())
    header = draft.find("env:Header")
    header.replace(draft.find("eb:Messaging"), parsed(data))
    _sign(draft, "uz")
    _weigh(draft.close())


def feed_certificate(data: bytes) -> None:
    read = load_certificates(data) if data.startswith(b"-----") else [read_certificate(data)]
    for certificate in read:
        check_certificate(certificate, Purpose.TLS, AT)
        name_of(certificate)


def _weigh(packed: Packed) -> None:
    partner = world().partner(world().uz)
    found = read_answer(packed.content_type, whole(packed.body), partner=partner, at=AT)
    if isinstance(found, Receipt):
        check_receipt(found, message_id=SENT, references=_signed().references)


def _sign(draft: Draft, side: str) -> None:
    """Sign what the header says now; one that lacks what is signed is refused before that."""
    try:
        draft.sign(getattr(world(), side).own.signer)
    except (AssertionError, AuthenticationError):
        return  # no Messaging of that name, or no canonical form: it goes as it is


@functools.cache
def _encrypted() -> Packed:
    return world().pack()


@functools.cache
def _signed() -> Packed:
    return world().signed_only.pack(world().message(CONTENT, b"second"))


@functools.cache
def _receipt() -> Packed:
    return receipt_of(world().signed_only, _signed())


def _pull_request() -> Packed:
    return pull_request(
        "urn:carec:mpc:uz",
        message_id="q-1@uz.example",
        at=AT,
        keys=world().uz.own,
        partner=world().partner(world().kz),
        random_bytes=world().random_bytes,
    )


def roots(packages: Iterator[Packed], path: str = "") -> Iterator[bytes]:
    """Yield the envelope of each package, or one element of it."""
    for packed in packages:
        draft = Draft.of(packed)
        if not path:
            yield whole(draft.start.content)
            continue
        element = draft.root.find(f".//{{*}}{path}")
        if element is not None:
            yield etree.tostring(element, with_tail=False)


def full_messages() -> Iterator[Packed]:
    """Yield headers with everything that a header may hold."""
    here = world()
    message = here.message(
        CONTENT,
        b"second",
        properties={"originalSender": "C1", "finalRecipient": "C4"},
        property_types={"originalSender": "urn:corner"},
        ref_to_message_id="before@uz.example",
        mpc="urn:carec:mpc:uz",
    )
    yield here.signed_only.pack(message)
    yield _signed()


def certificates() -> Iterator[bytes]:
    """Yield a certificate in both its forms."""
    certificate = world().kz.known.signing[0]
    yield der_of(certificate)
    yield write_pem(certificate, world().uz.known.signing[0])


TARGETS = (
    Target(
        name="envelope",
        feed=feed_envelope,
        seeds=lambda: roots(full_messages()),
        family=ProtocolError,
        words=XML_WORDS,
    ),
    Target(
        name="message",
        feed=feed_message,
        seeds=lambda: map(line_and_rest, messages()),
        family=ProtocolError,
        words=(*MIME_WORDS, *XML_WORDS),
    ),
    Target(
        name="security",
        feed=feed_security,
        seeds=lambda: roots(messages(), "Security"),
        words=XML_WORDS,
    ),
    Target(
        name="header",
        feed=feed_header,
        seeds=lambda: roots(full_messages(), "Messaging"),
        words=XML_WORDS,
    ),
    Target(
        name="answer",
        feed=feed_answer,
        seeds=lambda: map(line_and_rest, answers()),
        family=ProtocolError,
        words=(*MIME_WORDS, *XML_WORDS),
    ),
    Target(
        name="signal",
        feed=feed_signal,
        seeds=lambda: map(line_and_rest, (_pull_request(), *answers())),
        family=ProtocolError,
        words=(*MIME_WORDS, *XML_WORDS),
    ),
    Target(
        name="receipt",
        feed=feed_receipt,
        seeds=lambda: roots(answers(), "Messaging"),
        words=XML_WORDS,
    ),
    Target(
        name="certificate",
        feed=feed_certificate,
        seeds=certificates,
        words=(b"-----BEGIN CERTIFICATE-----\n", b"\x30\x82", b"\x06\x03\x55\x1d"),
    ),
)
