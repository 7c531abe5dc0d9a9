"""Two nodes that hold each other's card: what they agree on, and what is forged between them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from exchange_node import node as nodes
from exchange_node.domain.countersigning.acts import Act, AgreementAct, Signature
from exchange_node.policy.text.reading import canonical_text, read_agreement
from exchange_node.security.detached import sign_detached
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.store import outbox
from exchange_node.store.admission import acts
from exchange_node.store.database import reading, transaction
from tests.world import OPERATOR, Pair

ID = "urn:carec:maa:KZ-UZ:rehearsal"


@dataclass
class Talks:
    """What a test does with two nodes that come to an agreement."""

    pair: Pair

    def text(self, version: int = 1, *, days: int = 0) -> str:
        """Return the text of a version that begins so many days ahead."""
        on = self.pair.clock().date().fromordinal(self.pair.clock().date().toordinal() + days)
        text = nodes.pair_agreement("KZ", "UZ", on=on)
        return text.replace("version = 1", f"version = {version}")

    def agree(self, version: int = 1, *, days: int = 0) -> None:
        """Offer in Kazakhstan, countersign in Uzbekistan, and let everything arrive."""
        self.pair.kz.agreeing.offer(OPERATOR, self.text(version, days=days))
        self.pair.run()
        self.countersign(version)
        self.pair.run()

    def countersign(self, version: int = 1) -> None:
        digest = str(self.standing("uz", version)["digest"])
        self.pair.uz.agreeing.countersign(OPERATOR, ID, version, digest=digest)

    def standing(self, name: str, version: int = 1) -> dict[str, object]:
        node: nodes.Node = getattr(self.pair, name)
        return node.standings.of(ID, version)

    def states(self, version: int = 1) -> tuple[str, ...]:
        """Return how a version stands in Kazakhstan and in Uzbekistan; "-" where it is unknown."""
        found = []
        for node in (self.pair.kz, self.pair.uz):
            rows = [one for one in node.standings.all() if one["version"] == version]
            found.append(str(rows[0]["state"]) if rows else "-")
        return tuple(found)

    def acts(self, name: str, version: int = 1) -> list[tuple[str, str]]:
        """Return what was done to a version as a node keeps it: by whom, what."""
        with reading(getattr(self.pair, name).engine) as conn:
            return [(one.act.party, one.act.act.value) for one in acts.of(conn, ID, version)]

    def told(self, name: str, code: str) -> list[dict[str, str]]:
        """Return the facts of the notices of a code that a node's operator has."""
        found = self.pair.told[name].told.values()
        return [dict(one.facts) for one in found if one.code == code]

    def refusals(self, name: str) -> list[dict[str, str]]:
        """Return what the other side refused of a node's acts."""
        return self.told(name, "agreement.refused")

    def transmissions(self, name: str) -> dict[str, str]:
        """Return where a node's messages stand, by code; the newest of each."""
        with reading(getattr(self.pair, name).engine) as conn:
            found = outbox.search(conn, limit=99)
        return {one.exchange.code: one.transmission.state.value for one in reversed(found)}

    def gate(self, name: str, version: int = 1) -> tuple[str, frozenset[str]]:
        """Return the stage of a version as a node's gates weigh it, and its suspended grants."""
        with reading(getattr(self.pair, name).engine) as conn:
            held = {one.agreement.version: one for one in held_agreements(conn)}
        return held[version].stage.value, held[version].suspended_grants

    # ------------------------------------------------------------ what is forged

    def act(self, name: str, act: Act, text: str, **changes: object) -> AgreementAct:
        """Return an act of a node over a text, signed by its seal."""
        node, at = getattr(self.pair, name), self.pair.clock()
        agreement = read_agreement(text, "test")
        octets = canonical_text(text, "test")
        signed = sign_detached(octets, node.agreeing.own_acts.packing.seal_key(at), at=at)
        made = AgreementAct(
            act_id=f"forged-{act.value}-{name}",
            act=act,
            party=f"customs.{name}",
            agreement_id=agreement.agreement_id,
            version=agreement.version,
            digest=agreement.digest,
            ordinal=7,
            at=at,
            signature=Signature(
                algorithm=signed.algorithm,
                certificate=signed.certificate,
                value=signed.value,
                at=at,
            ),
            text=text if act is Act.OFFERED else "",
        )
        return replace(made, **changes)  # type: ignore[arg-type]

    def send(self, name: str, act: AgreementAct) -> None:
        """Let a node send an act, whatever its own life cycle thinks of it."""
        node = getattr(self.pair, name)
        other = "customs.uz" if name == "kz" else "customs.kz"
        prepared = node.agreeing.own_acts.prepare(act, other, self.pair.clock())
        with transaction(node.engine) as conn:
            node.agreeing.own_acts.packing.queue(conn, prepared)
        self.pair.run()
