"""The shipped sample agreement → the text of one for any two countries.

What may flow is the sample's, field by field; parties, name and days are the caller's. The text is
always for test data: an agreement that binds is written and negotiated by people, who may begin
with the commented text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from exchange_node.domain.agreement import Agreement, AgreementParty, Grant, Validity
from exchange_node.domain.agreement.clauses.course import Suspension
from exchange_node.policy.text.reading import read_agreement
from exchange_node.policy.text.toml_table import refuse
from exchange_node.policy.text.writing import write_agreement

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
    drafted = draft_agreement(
        sample_text,
        parties=(sender, recipient),
        agreement_id=agreement_id,
        validity=Validity(in_force_on=in_force_on, expires_on=expires_on),
    )
    text = write_agreement(replace(drafted, version=version), header=_HEADER + "\n")
    read_agreement(text, "draft")
    return text


def draft_agreement(
    sample_text: str,
    *,
    parties: tuple[AgreementParty, AgreementParty],
    agreement_id: str,
    validity: Validity,
) -> Agreement:
    """Return the sample between two others; the first of them stands where its first party did.

    Nothing has been checked; the digest is the sample's, until the draft is written and read.

    Raises:
        InvalidAgreementError: the sample is none, or the two are one.
    """
    if parties[0].node == parties[1].node:
        refuse("draft", "parties[2].node", f"{parties[1].node} is on both sides")
    sample = read_agreement(sample_text, "sample")
    nodes = dict(
        zip((one.node for one in sample.parties), (one.node for one in parties), strict=True)
    )
    grants = tuple(_between(one, nodes) for one in sample.grants)
    return replace(
        sample,
        agreement_id=agreement_id,
        title=f"Sample: {parties[0].country} and {parties[1].country}",
        test=True,
        parties=parties,
        validity=validity,
        grants=grants,
        contact_points=tuple(
            replace(one, party=nodes.get(one.party, "")) for one in sample.contact_points
        ),
        suspension=_renamed(sample, grants),
        # Which offices face each other is true of the sample's own border alone.
        comparison=replace(sample.comparison, opposite=()) if sample.comparison else None,
        annexes=(),
    )


def _between(grant: Grant, nodes: Mapping[str, str]) -> Grant:
    """Return a grant of the sample with the new parties in the places of the old ones."""
    sender, recipient = nodes[grant.sender], nodes[grant.recipient]
    stem = grant.grant_id.removesuffix(_ends(grant.sender, grant.recipient))
    return replace(
        grant, sender=sender, recipient=recipient, grant_id=stem + _ends(sender, recipient)
    )


def _renamed(sample: Agreement, grants: tuple[Grant, ...]) -> Suspension | None:
    """Return the sample's suspension with the grants' new names."""
    if sample.suspension is None:
        return None
    names = {old.grant_id: new.grant_id for old, new in zip(sample.grants, grants, strict=True)}
    return replace(sample.suspension, grants=tuple(names[one] for one in sample.suspension.grants))


def _ends(sender: str, recipient: str) -> str:
    """Return how a grant's id ends in the sample: `-kz-uz`."""
    return "".join(f"-{node.rpartition('.')[2]}" for node in (sender, recipient))
