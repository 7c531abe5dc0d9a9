"""Manifest, its hits, what is drawn → a ruling that can be made again, and the channel.

What went in and what came out are kept byte for byte before anybody learns of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement import AutomatedDecision
from exchange_node.domain.alert import PermittedAction
from exchange_node.domain.decision import Decision, Hit
from exchange_node.risk.deciding.ruling import Inputs, rule_on
from exchange_node.risk.decision import decision_of, told_without, weighed
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.deciding.alike import series, watched
from exchange_node.services.stations.deciding.drawing import Drawing
from exchange_node.services.stations.deciding.standing import standing
from exchange_node.services.stations.looking.origin import Agreements, automated_in
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store.deciding import acts, rulings
from exchange_node.store.records import alerts, hits, manifests
from exchange_node.store.records.held import LEADS_NOWHERE, HeldManifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Decides on manifests, by one rule set."""

    drawing: Drawing

    def judge(
        self,
        conn: Connection,
        held: HeldManifest,
        at: datetime,
        agreements: Agreements = None,
        *,
        office: str = "",
    ) -> Decision:
        """Record the channel that a manifest leads to, and tell of those to look at.

        Args:
            agreements: those that are held, where the caller has read them.
            office: where it is decided on, at the first time; later it is known.
        """
        decision = self.ruled(conn, held, at, agreements, office=office)
        manifests.set_decision(conn, held.number, decision, at)
        self._tell(conn, held, decision, at)
        return decision

    def ruled(
        self,
        conn: Connection,
        held: HeldManifest,
        at: datetime,
        agreements: Agreements = None,
        *,
        office: str = "",
    ) -> Decision:
        """Return the decision that stands; what the rules say is kept as a ruling."""
        rules, test = self.drawing.rules, held.exchange.test
        found = _hits(conn, held, agreements)
        digest = rules.digest
        inputs = Inputs(
            movement=held.movement,
            test=test,
            rules=digest,
            hits=tuple(weighed(one) for one in found),
            draw=self.drawing.draw(conn, held.movement, at, test=test),
        )
        outcome = rule_on(inputs, rules)
        rulings.keep_rules(conn, digest, rules.octets, at)
        last = rulings.latest(conn, held.number)
        kept = rulings.add(
            conn,
            rulings.KeptRuling(
                manifest=held.number,
                movement=held.movement,
                test=test,
                direction=held.direction.value,
                office=office or (last.office if last else ""),
                rules=digest,
                channel=outcome.channel,
                drawn=outcome.is_drawn,
                inputs=inputs.octets,
                outcome=outcome.octets,
                digest=outcome.digest,
                at=at,
            ),
            last,
        )
        decision = decision_of(outcome, found, ruling=kept.number)
        done = acts.of_movement(conn, held.movement, test=test)
        same = series(rulings.of_manifest(conn, held.number), watched(conn))[-1] if done else ()
        leg = f"{held.direction}/{held.partner}"
        return standing(decision, done, rules, leg=leg, same=same)

    def _tell(self, conn: Connection, held: HeldManifest, decision: Decision, at: datetime) -> None:
        channel = decision.channel
        watched = _watched(conn, held, decision)
        known = [one for one in decision.hits if (one.issuer, one.alert_id) not in watched]
        reason = told_without(decision, watched)[1][0].text
        grave = {"severity": str(min(one.severity for one in known))} if known else {}
        # A matter of the liaison desk: whoever stands at the post hears nothing of it, and the gate
        # weighs the alert that a notice names.
        for issuer, alert in sorted(watched):
            leave_notice(
                conn,
                "alert.observe",
                f"{held.direction}.{held.number}.{issuer}.{alert}",
                at,
                movement=held.movement,
                alert=alert,
                issuer=issuer,
            )
        # A draw may have raised the channel: what was left to an officer is left all the same.
        if known and all(one.automated is AutomatedDecision.FORBID for one in known):
            leave_notice(
                conn,
                "channel.left",
                f"{held.direction}.{held.number}.{len(known)}",
                at,
                movement=held.movement,
                reason=reason,
                **grave,
            )
        if self.drawing.rules.channel(channel).calls:
            leave_notice(
                conn,
                f"channel.{channel}",
                f"{held.direction}.{held.number}.{decision.rule}.{len(known)}",
                at,
                movement=held.movement,
                channel=channel,
                to_confirm="yes" if decision.to_confirm else "no",
                reason=reason,
                **grave,
            )


def _watched(
    conn: Connection, held: HeldManifest, decision: Decision
) -> frozenset[tuple[str, str]]:
    """Return issuer and id of what fits a manifest and permits nothing but to watch."""
    if all(one.automated is not AutomatedDecision.FORBID for one in decision.hits):
        return frozenset()
    found = {one.alert for one in hits.of_manifest(conn, held.number)}
    fitting = [alerts.by_number(conn, number) for number in sorted(found)]
    return frozenset(
        (one.issuer, one.alert_id)
        for one in fitting
        if one.permitted_action is PermittedAction.COVERT and one.state not in LEADS_NOWHERE
    )


def _hits(conn: Connection, held: HeldManifest, agreements: Agreements) -> list[Hit]:
    """Return what fits a manifest, each as far as agreements let it decide.

    What rests on an alert that was withdrawn, corrected or rejected leads nowhere.
    """
    found = [
        (one.hit, alert)
        for one in hits.of_manifest(conn, held.number)
        if (alert := alerts.by_number(conn, one.alert)).state not in LEADS_NOWHERE
    ]
    known = held_agreements(conn) if agreements is None and found else agreements or ()
    return [replace(hit, automated=automated_in(known, alert, held)) for hit, alert in found]
