"""What a script says of alerts, through the node that is played: its own, and those it got."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from exchange_node.config.intake import read_file
from exchange_node.domain.access import Actor, Role
from exchange_node.domain.alert import Stage
from exchange_node.domain.errors import RehearsalError
from exchange_node.node import Met, Node
from exchange_node.rehearsal.partner.action import Action

SCRIPT = Actor(name="script", roles=frozenset(Role))
DRAFT_BYTES = 1_000_000
PURPOSE = "RISK_ANALYSIS"
LASTING = timedelta(days=30)
"""How long the sample of an alert is in force (our choice)."""
SAMPLE: Mapping[str, object] = {
    "marking": "AMBER",
    "permitted_action": "documents",
    "urgency": "flash",
    "category": "TRD",
    "severity": 1,
    "summary": "Goods in transit may leave the corridor.",
    "subjects": [{"means_id": "017ABC02"}],
    "feedback_requested": True,
}
"""An alert on the vehicle of the sample."""

Done = tuple[Mapping[str, object], Sequence[str]]
"""What is said of an action, and the messages that it made."""


@dataclass
class Alerts:
    """The alerts of one script.

    Attributes:
        folder: where the files lie that the script names.
    """

    node: Node
    folder: Path
    _issued: dict[str, str] = field(default_factory=dict)
    _last: str = ""

    def do(self, action: Action, met: Met, office: str) -> Done:
        """Do what an action says of an alert; `met` is what it follows.

        Raises:
            NodeError: the node does not let it be done; or no such alert was issued.
        """
        if action.issue:
            return self._issue(action, office)
        if action.changes_alert:
            return self._change(action, met, office)
        if action.feedback or action.sighting:
            return self._report(action, met, office)
        return self._say(action, met, office)

    def _issue(self, action: Action, office: str) -> Done:
        alerting = self.node.alerting
        drafted = alerting.draft(SCRIPT, self._draft(action, action.issue, office))
        self._last = self._issued[action.alert] = str(drafted["alert_id"])
        to = [action.to] if action.to else sorted(alerting.packing.partners)
        sent = alerting.send(SCRIPT, self._last, to=to, purpose=PURPOSE)
        return {"did": "issue", "alert": self._last, "to": to}, _messages(sent)

    def _change(self, action: Action, met: Met, office: str) -> Done:
        alerting, alert_id = self.node.alerting, self._meant(action, met)
        why = action.remark or "The script says so."
        if action.withdraw:
            done = alerting.withdrawing.withdraw(SCRIPT, alert_id, why=why)
        else:
            draft = self._draft(action, action.correct, office)
            alerting.correcting.correct(SCRIPT, alert_id, draft, why=why)
            done = alerting.send(SCRIPT, alert_id)
        did = "withdraw" if action.withdraw else "correct"
        return {"did": did, "alert": alert_id, "untold": done["untold"]}, _messages(done)

    def _report(self, action: Action, met: Met, office: str) -> Done:
        at = self.node.clock() - timedelta(seconds=action.happened_seconds_ago)
        reporting = self.node.alerting.reporting
        version = {} if action.version is None else {"version": action.version}
        plain: dict[str, object] = {"contact_office": office, "office": office, **version}
        if action.movement:
            plain["movement"] = action.movement
        if action.sighting:
            what = action.remark or "It was seen."
            seen = {"seen_at": at.isoformat(), "seen_in": action.sighting.value, "what": what}
            done = reporting.sighted(SCRIPT, met.alert_id, plain | seen, issuer=met.sender)
            return self._told("sighting", met, done)
        plain |= {"result": action.feedback, "last": action.last, "new_facts": action.remark}
        if action.feedback == "NCK":
            del plain["office"]
        else:
            plain |= {"controlled_at": at.isoformat(), "measures": list(action.measures)}
        done = reporting.report(SCRIPT, met.alert_id, plain, issuer=met.sender)
        return self._told("feedback", met, done)

    def _told(self, did: str, met: Met, done: Mapping[str, object]) -> Done:
        said = {"version": done["version"], "state": done["state"]}
        return {"did": did, "alert": met.alert_id, **said}, [str(done["message_id"])]

    def _say(self, action: Action, met: Met, office: str) -> Done:
        stage, did = Stage.SEEN, "acknowledge"
        if action.take_up:
            stage, did = Stage.TREATMENT, "take up"
        if action.reject:
            stage, did = Stage.REJECTED, "reject"
        self.node.alerting.answering.say(
            SCRIPT, met.alert_id, stage, office=office, remark=action.remark,
            rejection=action.reject, issuer=met.sender,
        )  # fmt: skip
        return {"did": did, "alert": met.alert_id}, ()

    def _meant(self, action: Action, met: Met) -> str:
        """Return the alert that is corrected or withdrawn."""
        if action.alert:
            found = self._issued.get(action.alert, "")
        else:
            is_own = met.alert_id in self._issued.values()
            found = met.alert_id if is_own else self._last
        if not found:
            why = f"no alert was issued yet{action.alert and f' as {action.alert}'}"
            raise RehearsalError(step="changing an alert", why=why)
        return found

    def _draft(self, action: Action, named: str, office: str) -> Mapping[str, object]:
        """Return the draft of a file, with what the action says in its place."""
        plain: dict[str, Any] = {"contact_office": office}
        if named == "sample":
            plain |= SAMPLE
            plain["valid_until"] = (self.node.clock() + LASTING).isoformat()
        else:
            plain |= self._file(named)
        if action.means:
            plain["subjects"] = [{"means_id": action.means}]
        if action.valid_seconds:
            lasting = timedelta(seconds=action.valid_seconds)
            plain["valid_until"] = (self.node.clock() + lasting).isoformat()
        return plain

    def _file(self, named: str) -> Mapping[str, object]:
        try:
            plain = json.loads(read_file(self.folder / named, DRAFT_BYTES))
        except (ValueError, RecursionError) as err:
            raise RehearsalError(step="drafting an alert", why=f"{named}: {err}") from None
        if not isinstance(plain, dict):
            raise RehearsalError(step="drafting an alert", why=f"{named} is no object of JSON")
        return plain


def _messages(sent: Mapping[str, object]) -> list[str]:
    messages = sent["messages"]
    return [str(one) for one in messages.values()] if isinstance(messages, Mapping) else []
