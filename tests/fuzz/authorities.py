"""What is told about certificates: paths, revocation lists, answers of responders, names.

An authority's signature is never guessed, so lists and answers are mostly read and turned away; a
path is read through whatever stands in it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import timedelta

from cryptography import x509

from exchange_node.security.certificates import der_of, read_path, write_path
from exchange_node.security.certificates.names import is_named
from exchange_node.security.trusting.anchors import Anchors
from exchange_node.security.trusting.crl import RevocationList, open_crl
from exchange_node.security.trusting.names import read_bound_name
from exchange_node.security.trusting.ocsp import status_by_ocsp
from tests.fuzz.target import Target, text_of
from tests.security.authority import AT, Authority, new_root

DER_WORDS = (b"\x30\x82", b"\x30\x80", b"\x06\x03\x55\x1d", b"\x03\x02", b"\x17\x0d", b"\x18\x0f")
NAMES = (
    "CN=as4.customs.kz, O=Customs, C=KZ",
    "as4.customs.kz",
    r"CN=a\,b+O=#0c0141,OID.2.5.4.97=x",
)


@functools.cache
def root() -> Authority:
    """An authority that has taken one certificate back."""
    made = new_root()
    made.revoke(made.issue("as4.customs.tj"))
    return made


@functools.cache
def leaf() -> x509.Certificate:
    """A partner's certificate, straight from the authority."""
    return root().issue("as4.customs.kz")


@functools.cache
def anchors() -> Anchors:
    """The authority's word is taken for that partner."""
    name = read_bound_name("as4.customs.kz", where="subject")
    return Anchors(authorities=(root().certificate,), names=(name,))


def feed_path(data: bytes) -> None:
    """Read a path, and see whether it leads to the authority."""
    *above, last = read_path(data)
    anchors().look_for(last, AT, above)


def feed_crl(data: bytes) -> None:
    """Read a list, and look the certificate up in it."""
    found = open_crl(data, root().certificate)
    if isinstance(found, RevocationList):
        found.status_of(leaf(), at=AT, tolerance=timedelta(minutes=5))


def feed_ocsp(data: bytes) -> None:
    """Read a responder's answer about the certificate."""
    status_by_ocsp(data, leaf(), root().certificate, at=AT, tolerance=timedelta(minutes=5))


def feed_name(data: bytes) -> None:
    """Read a name as a card or a message has it."""
    is_named(text_of(data), leaf().subject)
    read_bound_name(text_of(data), where="subject").fits(leaf())


def _paths() -> Iterator[bytes]:
    between = root().subordinate("Issuing")
    yield write_path((root().certificate, between.certificate, between.issue("as4.customs.kz")))
    yield write_path((leaf(),))
    yield der_of(leaf())


def _answers() -> Iterator[bytes]:
    yield root().ocsp(leaf())
    yield root().ocsp(leaf(), by=root().responder(), nonce=b"n" * 16)


TARGETS = (
    Target(name="path", feed=feed_path, seeds=_paths, words=DER_WORDS),
    Target(name="crl", feed=feed_crl, seeds=lambda: (root().crl(),), words=DER_WORDS),
    Target(name="ocsp", feed=feed_ocsp, seeds=_answers, words=DER_WORDS),
    Target(name="name", feed=feed_name, seeds=lambda: (one.encode() for one in NAMES)),
)
