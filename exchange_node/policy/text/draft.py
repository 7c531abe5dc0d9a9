"""The shipped sample agreement → the text of one for any two countries, for rehearsals.

What may flow is the sample's, field by field; parties, name and days are the caller's. The text is
always for test data: an agreement that binds is written and negotiated by people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from exchange_node.domain.agreement import AgreementParty, Grant
from exchange_node.policy.text.reading import FORMAT, read_agreement

_HEADER = """\
# SAMPLE TEXT, drafted by the program for a rehearsal: no administration has agreed to it.
# It permits test data alone; docs/agreements.md explains the keys.
"""


def sample_agreement_text(
    sample_text: str,
    *,
    sender: AgreementParty,
    recipient: AgreementParty,
    agreement_id: str,
    in_force_on: date,
    expires_on: date,
    version: int = 1,
) -> str:
    """Return a text in the sample's shape: manifests go from sender to recipient, alerts both ways.

    Args:
        sample_text: the shipped sample, whose first party stands for the sender.
        in_force_on, expires_on: the first and the last day (UTC).

    Raises:
        InvalidAgreementError: the sample is none, or what is asked for makes no agreement.
    """
    sample = read_agreement(sample_text, "sample")
    nodes = dict(
        zip((one.node for one in sample.parties), (sender.node, recipient.node), strict=True)
    )
    title = f"Sample: {sender.country} and {recipient.country}"
    lines = [
        _HEADER,
        f"format = {_text(FORMAT)}",
        f"agreement_id = {_text(agreement_id)}",
        f"version = {version}",
        f"title = {_text(title)}",
        "test = true",
        f"legal_basis = {_texts(sample.legal_basis)}",
    ]
    for party in (sender, recipient):
        lines += ["", "[[parties]]", *_party_lines(party)]
    lines += ["", "[validity]", f"in_force_on = {in_force_on}", f"expires_on = {expires_on}"]
    for grant in sample.grants:
        lines += ["", "[[grants]]", *_grant_lines(_between(grant, nodes))]
    text = "\n".join(lines) + "\n"
    read_agreement(text, "draft")
    return text


def _between(grant: Grant, nodes: Mapping[str, str]) -> Grant:
    """Return a grant of the sample with the new parties in the places of the old ones."""
    sender, recipient = nodes[grant.sender], nodes[grant.recipient]
    stem = grant.grant_id.removesuffix(_ends(grant.sender, grant.recipient))
    return replace(
        grant, sender=sender, recipient=recipient, grant_id=stem + _ends(sender, recipient)
    )


def _ends(sender: str, recipient: str) -> str:
    """Return how a grant's id ends in the sample: `-kz-uz`."""
    return "".join(f"-{node.rpartition('.')[2]}" for node in (sender, recipient))


def _party_lines(party: AgreementParty) -> list[str]:
    return [
        f"country = {_text(party.country)}",
        f"administration = {_text(party.administration)}",
        f"node = {_text(party.node)}",
    ]


def _grant_lines(grant: Grant) -> list[str]:
    lines = [
        f"id = {_text(grant.grant_id)}",
        f"from = {_text(grant.sender)}",
        f"to = {_text(grant.recipient)}",
        f"mode = {_text(grant.mode)}",
        f"category = {_text(grant.category)}",
        f"clause = {_text(grant.clause)}",
        f"message_codes = {_texts(grant.message_codes)}",
        f"purposes = {_texts(grant.purposes)}",
        f"handling = {_text(grant.handling)}",
        f"retention_days = {grant.retention_days}",
        f"unexpected = {_text(grant.unexpected)}",
        f"automated_decision = {_text(grant.automated_decision)}",
        f"allow = {_texts(grant.allow)}",
        f"require = {_texts(grant.require)}",
        f"personal = {_texts(grant.personal)}",
    ]
    if grant.attachments:
        lines.append("attachments = true")
    if grant.acknowledge_within_minutes:
        lines += ["", "[grants.acknowledge_within_minutes]"]
        lines += [f"{name} = {minutes}" for name, minutes in grant.acknowledge_within_minutes]
    return lines


def _text(value: str) -> str:
    # A JSON string is a TOML basic string; what TOML does not take, reading back refuses.
    return json.dumps(value, ensure_ascii=False)


def _texts(values: Iterable[str]) -> str:
    listed = "".join(f"\n  {_text(one)}," for one in values)
    return f"[{listed}\n]" if listed else "[]"
