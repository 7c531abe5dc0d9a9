"""What people and programs hand in as text: agreements, cards, profiles, bodies of the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

from pydantic import ValidationError

from exchange_node import node as nodes
from exchange_node.config import shipped
from exchange_node.config.intake import read_form
from exchange_node.config.partners import read_card
from exchange_node.config.pmodes import defaults, read_mode
from exchange_node.domain.errors import ConfigurationError, InputError
from exchange_node.domain.transmission import Retry
from exchange_node.domain.transmission.content import InMemory, size_of
from exchange_node.mapping import read_facts, read_profiles
from exchange_node.policy.text.reading import read_agreement
from exchange_node.services.commissioning.code_lists import check_list
from exchange_node.services.stations.alert_draft import alert_from
from exchange_node.wco.codelists import read_code_lists
from exchange_node.web.api import Declaration, declaration_of, facts_of
from exchange_node.web.routes.alerts import Release, Seen
from tests.ebms.parties import AT
from tests.fuzz.documents import ALERT
from tests.fuzz.target import JSON_WORDS, MIME_WORDS, TOML_WORDS, TSV_WORDS, Target, text_of
from tests.world import DECLARATION, made_folder

LIMIT = 1_000_000


def feed_agreement(data: bytes) -> None:
    """Read an agreement."""
    read_agreement(text_of(data), "agreement.toml")


def feed_card(data: bytes) -> None:
    """Read a partner's card, and what is taken from it."""
    _ = read_card(text_of(data), "card.toml").keys


def feed_pmode(data: bytes) -> None:
    """Read what is written of one partner's P-Modes."""
    read_mode(text_of(data), "partner.toml", defaults([], Retry()))


def feed_profile(data: bytes) -> None:
    """Read a national profile."""
    read_profiles({"national": text_of(data)})


def feed_form(data: bytes) -> None:
    """Read a form with a declaration and its attachments; its type is on the first line."""
    head, _, body = data.partition(b"\n")
    for one in read_form(text_of(head), body, new_spool=InMemory, limit_bytes=LIMIT):
        size_of(one.content)


def feed_body(data: bytes) -> None:
    """Read a body of the API as each of the shapes that are posted to it."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        return  # what is no JSON is turned away by the framework
    for shape in (Release, Seen):
        with suppress(ValidationError):
            shape.model_validate(raw)
    with suppress(ValidationError):
        body = Declaration.model_validate(raw)
        with suppress(InputError):
            declaration_of(body, LIMIT)
        with suppress(InputError):
            read_facts(facts_of(body))
    if isinstance(raw, dict):
        alert_from(raw, issuer="customs.uz", alert_id="A-1", at=AT)


def feed_code_list(data: bytes) -> None:
    """Check a code list as it is handed in, and read it as a file of the node's folder."""
    for one in check_list(data, name="customs_offices", country="KZ"):
        assert one.text
        assert one.mend_text
    read_code_lists({"customs_offices.KZ@2026-12-01.tsv": text_of(data)})


def _form() -> bytes:
    lines = ("--B1", 'Content-Disposition: form-data; name="body"', "", "{}", "--B1",
             'Content-Disposition: form-data; name="file"; filename="a.pdf"',
             "Content-Type: application/pdf", "", "%PDF", "--B1--", "")  # fmt: skip
    return b"multipart/form-data; boundary=B1\n" + "\r\n".join(lines).encode()


def _bodies() -> Iterator[bytes]:
    declaration = DECLARATION.read_text("utf-8")
    for body in (
        ALERT,
        {"to": ["customs.uz"], "purpose": "RISK_ANALYSIS"},
        {"office": "UZ270101", "remark": "seen"},
        {"to": "customs.uz", "declaration": declaration[:200], "facts": {"Facts/A": ["1", 2]}},
        {"to": "customs.uz", "declaration_base64": "PGEvPg==", "facts_text": "a = 1"},
    ):
        yield json.dumps(body).encode()


TARGETS = (
    Target(
        name="agreement",
        feed=feed_agreement,
        seeds=lambda: (shipped.sample_agreement().encode(),),
        family=ConfigurationError,
        words=TOML_WORDS,
    ),
    Target(
        name="card",
        feed=feed_card,
        seeds=lambda: (nodes.card_of(made_folder("KZ")).encode(),),
        family=ConfigurationError,
        words=TOML_WORDS,
    ),
    Target(
        name="pmode",
        feed=feed_pmode,
        seeds=lambda: (shipped.shipped("config", "pmodes", "partner.toml.sample").read_bytes(),),
        family=ConfigurationError,
        words=TOML_WORDS,
    ),
    Target(
        name="profile",
        feed=feed_profile,
        seeds=lambda: (
            path.read_bytes() for path in shipped.shipped("config", "national").glob("*.toml")
        ),
        family=InputError,
        words=TOML_WORDS,
    ),
    Target(
        name="codelist",
        feed=feed_code_list,
        seeds=lambda: (
            shipped.shipped("wco_schemas", "codelists", "samples", "customs_offices.tsv")
            .read_bytes()
            .replace(b"UZ", b"KZ"),
            "code\tname_en\nKZ1\tАлматы\n".encode(),
        ),
        family=ConfigurationError,
        words=TSV_WORDS,
    ),
    Target(
        name="form",
        feed=feed_form,
        seeds=lambda: (_form(),),
        family=InputError,
        words=MIME_WORDS,
    ),
    Target(name="body", feed=feed_body, seeds=_bodies, family=InputError, words=JSON_WORDS),
)
