"""TOML text → agreement: parse · digest of the canonical JSON · read as declared · cross-check.

What the keys are, the fields of `exchange_node.domain.agreement` say. Here stands what one key
alone cannot tell: two parties, directions between them, paths within what the messages carry.
"""

from __future__ import annotations

from collections.abc import Sequence

from exchange_node.domain.agreement import Agreement, AgreementParty, Grant
from exchange_node.domain.errors import MalformedIdentifierError
from exchange_node.domain.identifiers import PartyId
from exchange_node.domain.message import CODES
from exchange_node.policy.paths import NEVER_SENT, SUBTREE, Coverage, is_well_formed, root_of
from exchange_node.policy.text.canonical import canonical_json, digest_of
from exchange_node.policy.text.masks import check_masks
from exchange_node.policy.text.toml_table import parse, read_table, refuse


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
    digest = digest_of(canonical_json(plain, name))
    agreement = read_table(Agreement, plain, which=name, digest=digest)
    _check_whole(agreement, name)
    for number, party in enumerate(agreement.parties, start=1):
        _check_party(party, name, f"parties[{number}]")
    first, second = (one.node for one in agreement.parties)
    if first == second:
        refuse(name, "parties[2].node", f"{second} is on both sides")
    for number, grant in enumerate(agreement.grants, start=1):
        _check_grant(grant, (first, second), name, f"grants[{number}]")
    _check_ids([one.grant_id for one in agreement.grants], "grants", name)
    _check_ids([one.annex_id for one in agreement.annexes], "annexes", name)
    return agreement


def canonical_text(toml_text: str, name: str) -> bytes:
    """Return the canonical JSON of a text, whose SHA-256 is its digest.

    Raises:
        InvalidAgreementError: the text is no TOML, or has a value that cannot be in an agreement.
    """
    return canonical_json(parse(toml_text, name), name)


def _check_whole(agreement: Agreement, name: str) -> None:
    if agreement.expires_on < agreement.in_force_on:
        why = f"it ends before it begins on {agreement.in_force_on}"
        refuse(name, "validity.expires_on", why)
    if agreement.supersedes is not None and agreement.supersedes >= agreement.version:
        why = f"version {agreement.version} takes the place of an earlier one alone"
        refuse(name, "supersedes", why)


def _check_party(party: AgreementParty, name: str, place: str) -> None:
    try:
        node = PartyId.parse(party.node)
    except MalformedIdentifierError as err:
        refuse(name, f"{place}.node", str(err))
    if node.office:
        refuse(name, f"{place}.node", f"{party.node} is an office's: administrations agree")
    if node.country != party.country:
        refuse(name, f"{place}.node", f"{party.node} is not the node of {party.country}")


def _check_ids(ids: Sequence[str], key: str, name: str) -> None:
    seen: set[str] = set()
    for number, one in enumerate(ids, start=1):
        if one in seen:
            refuse(name, f"{key}[{number}].id", f"{one} stands there twice")
        seen.add(one)


def _check_grant(grant: Grant, nodes: tuple[str, str], name: str, place: str) -> None:
    for key, node in (("from", grant.sender), ("to", grant.recipient)):
        if node not in nodes:
            refuse(name, f"{place}.{key}", f"want one of {', '.join(nodes)}")
    if grant.sender == grant.recipient:
        refuse(name, f"{place}.to", "a grant runs from one party to the other")
    roots = {CODES[one].root.value for one in grant.message_codes}
    listed = (("allow", grant.allow), ("require", grant.require), ("personal", grant.personal))
    for key, paths in listed:
        for number, path in enumerate(paths, start=1):
            _check_path(path, roots, key, name, f"{place}.{key}[{number}]")
    _check_required(grant, name, place)
    check_masks(grant, roots, name, place)
    _check_feedback(grant, name, f"{place}.feedback.fields")
    _check_versions(grant, name, f"{place}.schema_versions")
    _check_once([one.code for one in grant.told_within], name, f"{place}.told_within")


def _check_required(grant: Grant, name: str, place: str) -> None:
    allowed = Coverage.of(grant.allow)
    for number, path in enumerate(grant.require, start=1):
        at = f"{place}.require[{number}]"
        if path.endswith(SUBTREE):
            refuse(name, at, "want single elements, no subtree")
        if not allowed.covers(path):
            refuse(name, at, f"{path} is required, but allow withholds it")


def _check_feedback(grant: Grant, name: str, place: str) -> None:
    for number, path in enumerate(grant.feedback.fields, start=1):
        if not is_well_formed(path):
            refuse(name, f"{place}[{number}]", f"{path!r} is no WCO path")


def _check_path(path: str, roots: set[str], key: str, name: str, at: str) -> None:
    if not is_well_formed(path):
        refuse(name, at, f"{path!r} is no WCO path")
    if root_of(path) not in roots:
        refuse(name, at, f"{path} is not within {' or '.join(sorted(roots))}")
    if path in NEVER_SENT and key != "personal":
        refuse(name, at, f"{path} never travels between administrations")


def _check_versions(grant: Grant, name: str, place: str) -> None:
    for number, one in enumerate(grant.schema_versions, start=1):
        at = f"{place}[{number}]"
        if one.code not in grant.message_codes:
            refuse(name, f"{at}.code", f"want one of {', '.join(grant.message_codes)}")
        if one.max < one.min:
            refuse(name, f"{at}.max", f"want at least {one.min}, the oldest version")
    _check_once([one.code for one in grant.schema_versions], name, place)


def _check_once(codes: list[str], name: str, place: str) -> None:
    for number, code in enumerate(codes, start=1):
        if code in codes[: number - 1]:
            refuse(name, f"{place}[{number}].code", f"{code} stands there twice")
