"""Domain values ↔ the plain values of a row."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from exchange_node.domain.agreement import AutomatedDecision
from exchange_node.domain.decision import Decision, Hit, Match, Reason
from exchange_node.domain.finding import Finding
from exchange_node.domain.message import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Row


def plain_findings(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Return findings as a JSON column takes them."""
    return [one.as_dict() for one in findings]


def findings_of(plain: Sequence[Mapping[str, object]]) -> tuple[Finding, ...]:
    """Return the findings that `plain_findings` wrote."""
    return tuple(Finding.from_dict(one) for one in plain)


def exchange_values(exchange: Exchange) -> dict[str, object]:
    """Return the columns of an exchange."""
    values: dict[str, object] = asdict(exchange)
    values["grant_id"] = values.pop("grant")
    return values


def exchange_of(row: Row[Any]) -> Exchange:
    """Return the exchange in a row."""
    return Exchange(
        sender=row.sender,
        recipient=row.recipient,
        code=row.code,
        agreement_id=row.agreement_id,
        agreement_version=row.agreement_version,
        agreement_digest=row.agreement_digest,
        grant=row.grant_id,
        purpose=row.purpose,
        handling=row.handling,
        test=row.test,
    )


def hit_of(plain: Mapping[str, Any]) -> Hit:
    """Return the hit that `dataclasses.asdict` made plain."""
    return Hit(
        **{
            **plain,
            "matches": tuple(Match(**one) for one in plain["matches"]),
            "automated": AutomatedDecision(plain.get("automated", AutomatedDecision.ALLOW)),
        }
    )


def decision_of(plain: Mapping[str, Any]) -> Decision | None:
    """Return the decision that `dataclasses.asdict` made plain; None from an empty mapping."""
    if not plain:
        return None
    return Decision(
        channel=plain["channel"],
        rule=plain["rule"],
        hits=tuple(hit_of(one) for one in plain["hits"]),
        to_confirm=plain.get("to_confirm", False),
        measures=tuple(plain.get("measures", ())),
        reasons=tuple(Reason(**one) for one in plain.get("reasons", ())),
        is_drawn=plain.get("is_drawn", False),
        ruling=plain.get("ruling", 0),
        overruled=plain.get("overruled", ""),
    )
