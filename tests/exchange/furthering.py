"""Two nodes that may ask each other for consent to a further use of what one sent the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from exchange_node.domain.onward.asking import Outcome
from exchange_node.domain.onward.wanted import Intended, Use
from exchange_node.domain.retention import Kept
from exchange_node.services.assistance.exporting import Exported
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.store import audit, outbox, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.onward import requests
from exchange_node.wco.document import read
from exchange_node.wco.onward_codec import decode_request
from tests.world import LIAISON, POST, Pair, replaced

PHYTO, TAX = "AGENCY_PHYTO", "AGENCY_TAX"
EVIDENCE = "\n[grants.evidence_use]\n"
ASKING = """
[[grants]]
id = "assistance-uz-kz"
from = "customs.uz"
to = "customs.kz"
mode = "spontaneous"
category = "manifest"
clause = "sample text, article 12: further use"
message_codes = ["MA-030", "MA-031"]
purposes = ["INVESTIGATION"]
handling = "confidential"
allow = ["InterGov/**"]
[grants.retention]
max_days = 365
"""


def onward(text: str, said: str, *, asking: str = ASKING) -> str:
    """Return the text of an agreement whose manifests may be handed on as `said` says."""
    text = replaced(text, EVIDENCE, f"\n[grants.onward]\n{said}\n{EVIDENCE}")
    return replaced(text, "\n[personal_data]\n", f"{asking}\n[personal_data]\n")


@dataclass
class Further:
    """What a test does with a manifest that has come to Uzbekistan."""

    pair: Pair
    subject: str = ""

    def agree(self, said: str = f'to = ["{PHYTO}"]', *, asking: str = ASKING) -> None:
        """Put a version into force that says how manifests may be handed on; let one arrive."""
        self.pair.agree_anew(lambda text: onward(text, said, asking=asking))
        self.arrive()

    def arrive(self) -> None:
        self.pair.submit()
        self.pair.run()
        arrival = self.pair.uz.enquiry.prearrival(POST)["arrivals"][0]
        self.subject = str(arrival["movement"])

    def intended(
        self, to: str = PHYTO, use: Use = Use.WORK, purpose: str = "TRANSIT_CONTROL"
    ) -> Intended:
        return Intended(
            kind=Kept.MANIFEST, subject=self.subject, recipient=to, use=use, purpose=purpose
        )

    def ask(self, to: str = PHYTO, **named: object) -> str:
        """Ask for consent, let it arrive, and return the number of the request."""
        until = named.pop("until", None)
        intended = self.intended(to, **named)  # type: ignore[arg-type]  # fields by their names
        asked = self.pair.uz.consenting.ask(
            LIAISON, intended, why="plant health at the border", until=until,  # type: ignore[arg-type]  # fields by their names
        )  # fmt: skip
        self.pair.run()
        return str(asked["request_id"])

    def decide(self, request: str, outcome: Outcome = Outcome.GRANTED, **said: object) -> None:
        """Decide in Kazakhstan and let the answer arrive."""
        self.pair.kz.consenting.decide(LIAISON, request, outcome, **said)  # type: ignore[arg-type]  # fields by their names
        self.pair.run()

    def code(self, to: str = PHYTO, **named: object) -> str:
        """Return what the export gate says."""
        said = self.pair.uz.exporting.preview(LIAISON, self.intended(to, **named))  # type: ignore[arg-type]  # fields by their names
        return str(said["code"])

    def export(self, to: str = PHYTO, **named: object) -> Exported:
        made = self.pair.uz.exporting.export(LIAISON, self.intended(to, **named))  # type: ignore[arg-type]  # fields by their names
        self.pair.run()
        return made

    def say_again(self, request: str, **changes: Any) -> str:  # noqa: ANN401 - keys of a request
        """Send a request once more in a message of its own; return what became of the message."""
        uz = self.pair.uz
        with transaction(uz.engine) as conn:
            kept = requests.get(conn, request).kept
            content = payloads.fetch(conn, kept.document_id, uz.consenting.vault)
            asked = replace(decode_request(read(content)), **changes)
            letters = uz.consenting.letters
            made = letters.request(
                held_agreements(conn), asked, "customs.kz", self.pair.clock(), "test"
            )
            letters.packing.queue(conn, made)
        self.pair.run()
        return self.answer_to(made.message_id)

    def answer_to(self, message_id: str, name: str = "uz") -> str:
        """Return what was found wrong with a message of a node; empty where it was accepted."""
        with reading(getattr(self.pair, name).engine) as conn:
            answer = outbox.get(conn, message_id).answer
        assert answer is not None
        return "" if answer.accepted else ", ".join(one.code for one in answer.findings)

    def state(self, request: str, name: str = "uz") -> str:
        """Return how a request stands at a node."""
        return str(getattr(self.pair, name).consenting.request(LIAISON, request)["state"])

    def states(self, request: str) -> tuple[str, str]:
        return self.state(request, "uz"), self.state(request, "kz")

    def told(self, name: str, code: str) -> list[dict[str, str]]:
        return [dict(one.facts) for one in self.pair.told[name].told.values() if one.code == code]

    def audited(self, name: str = "uz") -> list[str]:
        with reading(getattr(self.pair, name).engine) as conn:
            lines = audit.search(conn, limit=200)
        return [one.action for one in reversed(lines) if one.action.startswith("onward.")]


TEN_WORKING_DAYS = timedelta(days=15)
"""From a Monday: two weeks, and the end of the Monday after."""
