"""Two liaison desks with an agreement on assistance: what they ask and answer in tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exchange_node.domain.assistance.life import Act
from exchange_node.policy.gates import permit_sending
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.assistance.draft import request_from
from exchange_node.services.stations.assistance.writing import Errand
from exchange_node.store.database import reading, transaction
from exchange_node.wco.assistance_codec import encode_request
from tests.world import LIAISON, Pair, replaced

SAMPLE = Path(__file__).resolve().parents[2] / "agreements" / "kz-uz-assistance.toml"
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)

DRAFT: dict[str, object] = {
    "language": "ru",
    "office": "KZ550302",
    "matter": "valuation",
    "measure": "a copy of the export declaration",
    "reason": "the value declared differs from the invoice",
    "purpose": "assessment of duties",
    "facts": "Three consignments of Example Trade LLP were declared at half their value.",
    "persons": [{"name": "Example Trade LLP", "role": "30A", "country": "KZ"}],
    "declarations": ["26KZ550302000000K6"],
    "checks": "our own records",
    "documents": ["export declaration"],
    "own_law": "law on personal data, article 8",
    "reciprocity": True,
}


@dataclass
class Desks:
    """What a test does with two liaison desks."""

    pair: Pair
    text: str = field(default_factory=lambda: SAMPLE.read_text(encoding="utf-8"))

    def agree(self, *changes: tuple[str, str], version: int = 1) -> None:
        """Put the sample agreement on assistance into force at both nodes, changed."""
        text = replaced(self.text, "version = 1", f"version = {version}")
        for old, new in changes:
            text = replaced(text, old, new)
        for node in (self.pair.kz, self.pair.uz):
            node.commissioning.add_agreement(text, actor="test")

    def ask(self, **changes: object) -> str:
        """Let Kazakhstan ask Uzbekistan; return the request's number."""
        asked = self.pair.kz.assistance.request(
            LIAISON, {**DRAFT, **changes}, to="customs.uz", purpose="INVESTIGATION"
        )
        self.pair.run()
        return str(asked["reference"])

    def send_request(self, *, is_entered: bool = True, **changes: Any) -> str:  # noqa: ANN401 - of a request
        """Let Kazakhstan's node send a request of one number that nobody has checked.

        Without `is_entered` its own register knows nothing of it.
        """
        node, at = self.pair.kz, self.pair.clock()
        request = replace(
            request_from(
                DRAFT, requester="customs.kz", administration="Customs", number="q1", at=AT
            ),
            **changes,
        )
        with reading(node.engine) as conn:
            verdict = permit_sending(
                held_agreements(conn), sender="customs.kz", recipient="customs.uz",
                code="MA-010", purpose="INVESTIGATION", test=True, on=at.date(),
            )  # fmt: skip
        writing = node.assistance.writing
        document = encode_request(request, metadata=writing.metadata, registry=writing.registry)
        prepared, came = writing.prepared(
            document,
            verdict,
            Errand(
                to="customs.uz", code="MA-010", purpose="INVESTIGATION", about="q1", by="test",
                at=at,
            ),
        )  # fmt: skip
        with transaction(node.engine) as conn:
            if is_entered:
                node.assistance.register.ask(conn, request, came)
            writing.packing.queue(conn, prepared)
        self.pair.run()
        return "q1"

    def reply(self, reference: str, act: Act, **plain: object) -> dict[str, object]:
        """Let Uzbekistan say something to a request, and let it arrive."""
        said = self.pair.uz.assistance.reply(LIAISON, reference, act, {"language": "ru", **plain})
        self.pair.run()
        return said

    def seen(self, name: str, reference: str, **of: str) -> dict[str, Any]:
        node = getattr(self.pair, name)
        found: dict[str, Any] = node.assistance_register.matter(LIAISON, reference, **of)
        return found

    def stages(self, reference: str) -> tuple[str, str]:
        """Return where a matter stands in Kazakhstan and in Uzbekistan; "-" where it is unknown."""
        found = []
        for node in (self.pair.kz, self.pair.uz):
            lines = node.assistance_register.matters(LIAISON, limit=99)["matters"]
            found.append(next((x["stage"] for x in lines if x["reference"] == reference), "-"))
        return found[0], found[1]

    def told(self, name: str, code: str) -> list[dict[str, str]]:
        """Return the facts of the notices of a code that a desk has."""
        found = self.pair.told[name].told.values()
        return [dict(one.facts) for one in found if one.code == code]
