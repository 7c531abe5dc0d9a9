"""TOML text → agreement: parse · read strictly · digest of the canonical JSON.

The identity of an agreement is the SHA-256 of its canonical JSON (RFC 8785, JSON Canonicalization
Scheme). Comments, blank lines and the order of keys do not count; every value does, and so does the
order of the grants and of the paths in them. Dates are ISO 8601 texts in it; floats are refused,
since the same number would have several spellings in the text.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias, TypeVar

import rfc8785

from exchange_node.domain.agreement import (
    Agreement,
    AgreementParty,
    Grant,
    Handling,
    Mode,
    Unexpected,
)
from exchange_node.domain.alert import Urgency
from exchange_node.domain.errors import InvalidAgreementError, MalformedIdentifierError
from exchange_node.domain.identifiers import PartyId
from exchange_node.domain.message import CODES
from exchange_node.policy.paths import NEVER_SENT, SUBTREE, Coverage, is_well_formed, root_of
from exchange_node.policy.text.toml_table import Table, parse

FORMAT = "carec-agreement-1"
"""What `format` must say; another shape of the text will have another name."""

CATEGORIES = ("manifest", "control_result", "risk_alert", "offence_info", "valuation")
AUTOMATED_DECISIONS = ("allow", "with_human", "forbid")
MAX_RETENTION_DAYS = 36_500
MAX_CLOCK_MINUTES = 525_600

_AGREEMENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,69}")
_GRANT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,34}")
_PURPOSE = re.compile(r"[A-Z][A-Z0-9_]{1,34}")
_COUNTRY = re.compile(r"[A-Z]{2}")

_Choice = TypeVar("_Choice", bound=StrEnum)
_Json: TypeAlias = "str | int | list[_Json] | dict[str, _Json]"


def read_agreement(toml_text: str, name: str) -> Agreement:
    """Return the agreement that a text says.

    Args:
        toml_text: the text; docs/agreements.md has its keys.
        name: what an error calls the text, such as its file's name.

    Raises:
        InvalidAgreementError: the text is no TOML, lacks a key, has one that is not known, or a
            value cannot be; its facts name the place.
    """
    plain = parse(toml_text, name)
    digest = hashlib.sha256(_canonical(plain, name)).hexdigest()
    table = Table(plain, which=name)
    if table.text("format") != FORMAT:
        table.refuse("format", f"want {FORMAT}")
    agreement_id = _shaped(table, "agreement_id", _AGREEMENT_ID)
    version = table.whole("version", low=1, high=999_999)
    title = table.text("title")
    test = table.truth("test")
    legal_basis = table.texts("legal_basis")
    parties = _read_parties(table)
    validity = table.table("validity")
    in_force_on, expires_on = validity.day("in_force_on"), validity.day("expires_on")
    if expires_on < in_force_on:
        validity.refuse("expires_on", f"it ends before it begins on {in_force_on}")
    validity.done()
    grants = _read_grants(table, tuple(one.node for one in parties))
    table.done()
    return Agreement(
        agreement_id=agreement_id,
        version=version,
        title=title,
        parties=parties,
        in_force_on=in_force_on,
        expires_on=expires_on,
        test=test,
        grants=grants,
        digest=digest,
        legal_basis=legal_basis,
    )


def canonical_text(toml_text: str, name: str) -> bytes:
    """Return the canonical JSON of a text: what its digest is of, and what its parties sign.

    Raises:
        InvalidAgreementError: the text is no TOML, or has floats or times of day.
    """
    return _canonical(parse(toml_text, name), name)


def _canonical(plain: dict[str, object], name: str) -> bytes:
    try:
        return rfc8785.dumps(_jsonable(plain, name, ""))
    except rfc8785.CanonicalizationError as err:
        raise InvalidAgreementError(which=name, place="text", why=str(err)) from None


def _jsonable(value: object, name: str, place: str) -> _Json:
    match value:
        case str() | bool() | int():
            return value
        case date() if not isinstance(value, datetime):
            return value.isoformat()
        case dict():
            return {
                key: _jsonable(one, name, f"{place}.{key}" if place else key)
                for key, one in value.items()
            }
        case list():
            return [_jsonable(one, name, f"{place}[{i}]") for i, one in enumerate(value, start=1)]
        case _:
            raise InvalidAgreementError(
                which=name, place=place, why="floats and times of day have no place in an agreement"
            )


def _shaped(table: Table, key: str, shape: re.Pattern[str]) -> str:
    value = table.text(key)
    if not shape.fullmatch(value):
        table.refuse(key, f"{value!r} is not of the form {shape.pattern}")
    return value


def _chosen(table: Table, key: str, among: type[_Choice]) -> _Choice:
    value = table.text(key)
    if value not in tuple(among):
        table.refuse(key, f"want one of {', '.join(among)}")
    return among(value)


def _among(table: Table, key: str, known: tuple[str, ...]) -> str:
    value = table.text(key)
    if value not in known:
        table.refuse(key, f"want one of {', '.join(known)}")
    return value


def _read_parties(table: Table) -> tuple[AgreementParty, AgreementParty]:
    parties = tuple(_read_party(one) for one in table.tables("parties"))
    if len(parties) != 2:
        table.refuse("parties", "want two")
    first, second = parties
    if first.node == second.node:
        table.refuse("parties[2].node", f"{second.node} is on both sides")
    return first, second


def _read_party(table: Table) -> AgreementParty:
    country = _shaped(table, "country", _COUNTRY)
    administration = table.text("administration")
    node = table.text("node")
    try:
        belongs_to = PartyId.parse(node).country
    except MalformedIdentifierError as err:
        table.refuse("node", str(err))
    if belongs_to != country:
        table.refuse("node", f"{node} is not the node of {country}")
    table.done()
    return AgreementParty(country=country, administration=administration, node=node)


def _read_grants(table: Table, nodes: tuple[str, ...]) -> tuple[Grant, ...]:
    grants = tuple(_read_grant(one, nodes) for one in table.tables("grants"))
    if not grants:
        table.refuse("grants", "an agreement without a grant permits nothing")
    ids = [one.grant_id for one in grants]
    for i, one in enumerate(ids, start=1):
        if one in ids[: i - 1]:
            table.refuse(f"grants[{i}].id", f"{one} stands there twice")
    return grants


def _read_grant(table: Table, nodes: tuple[str, ...]) -> Grant:
    grant_id = _shaped(table, "id", _GRANT_ID)
    sender, recipient = _among(table, "from", nodes), _among(table, "to", nodes)
    if sender == recipient:
        table.refuse("to", "a grant runs from one party to the other")
    codes = _read_codes(table)
    roots = {CODES[one].root.value for one in codes}
    allow = _read_paths(table, "allow", roots)
    if not allow:
        table.refuse("allow", "a grant without a path lets nothing out")
    grant = Grant(
        grant_id=grant_id,
        sender=sender,
        recipient=recipient,
        mode=_chosen(table, "mode", Mode),
        category=_among(table, "category", CATEGORIES),
        clause=table.text("clause"),
        message_codes=codes,
        purposes=_read_purposes(table),
        allow=allow,
        handling=_chosen(table, "handling", Handling),
        retention_days=table.whole("retention_days", low=1, high=MAX_RETENTION_DAYS),
        require=_read_required(table, roots, allow),
        personal=_read_paths(table, "personal", roots),
        unexpected=_chosen(table, "unexpected", Unexpected),
        automated_decision=_among(table, "automated_decision", AUTOMATED_DECISIONS),
        acknowledge_within_minutes=_read_clocks(table),
        attachments=table.has("attachments") and table.truth("attachments"),
    )
    table.done()
    return grant


def _read_codes(table: Table) -> tuple[str, ...]:
    codes = table.texts("message_codes")
    # Business answers ride on the grant of what they answer: a text never names them.
    known = tuple(code for code, one in CODES.items() if one.is_answered)
    for i, one in enumerate(codes, start=1):
        if one not in known:
            table.refuse(f"message_codes[{i}]", f"want one of {', '.join(known)}")
    if not codes:
        table.refuse("message_codes", "want at least one message code")
    return codes


def _read_purposes(table: Table) -> tuple[str, ...]:
    purposes = table.texts("purposes")
    for i, one in enumerate(purposes, start=1):
        if not _PURPOSE.fullmatch(one):
            table.refuse(f"purposes[{i}]", f"{one!r} is not of the form {_PURPOSE.pattern}")
    if not purposes:
        table.refuse("purposes", "want at least one purpose")
    return purposes


def _read_paths(table: Table, key: str, roots: set[str]) -> tuple[str, ...]:
    paths = table.texts(key)
    for i, one in enumerate(paths, start=1):
        if not is_well_formed(one):
            table.refuse(f"{key}[{i}]", f"{one!r} is no WCO path")
        if root_of(one) not in roots:
            table.refuse(f"{key}[{i}]", f"{one} is not within {' or '.join(sorted(roots))}")
        if one in NEVER_SENT and key != "personal":
            table.refuse(f"{key}[{i}]", f"{one} never travels between administrations")
    return paths


def _read_required(table: Table, roots: set[str], allow: tuple[str, ...]) -> tuple[str, ...]:
    required = _read_paths(table, "require", roots)
    allowed = Coverage.of(allow)
    for i, one in enumerate(required, start=1):
        if one.endswith(SUBTREE):
            table.refuse(f"require[{i}]", "want single elements, no subtree")
        if not allowed.covers(one):
            table.refuse(f"require[{i}]", f"{one} is required, but allow withholds it")
    return required


def _read_clocks(table: Table) -> tuple[tuple[str, int], ...]:
    if not table.has("acknowledge_within_minutes"):
        return ()
    clocks = table.table("acknowledge_within_minutes")
    read = tuple((one.value, clocks.whole(one, low=1, high=MAX_CLOCK_MINUTES)) for one in Urgency)
    clocks.done()
    return read
