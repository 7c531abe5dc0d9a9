"""One exchange as careful clients walk it: a call that died unanswered is made again, or asked for.

A declaration is submitted, answered and found by the border post; an alert is drafted, sent,
received, matched and acknowledged. What a node has once answered with 2xx has to hold.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from exchange_node import node as nodes
from exchange_node.domain.access import Role
from exchange_node.domain.identifiers import check_digit
from tests.kill.lane import Lane
from tests.kill.outcome import is_recipient, submission_state
from tests.world import DECLARATION, FACTS

Plain = dict[str, Any]
"""A JSON object as an API gives it."""

PLATE = "017 АВС 02"
MRN = "26KZ55010100041703"
IN_TIME = ('TransitLimitDate = "2026-03-07"', 'TransitLimitDate = "2099-03-07"')
"""Goods that are overdue are enquired after at once, and then two messages race for the partner."""

CALLS = 12
"""How often a client makes one call at most before it takes it that nobody will answer."""


class NoAnswerError(Exception):
    """The call died: nobody knows whether it was done."""


@dataclass(frozen=True, slots=True)
class Told:
    """What names an exchange once it has happened."""

    movement: str
    alert_id: str


@dataclass
class Story:
    """The exchange of one point, with a movement and a plate of its own."""

    lane: Lane
    number: int

    @property
    def mrn(self) -> str:
        stem = f"26KZ5501019{self.number:06d}"
        return stem + check_digit(stem)

    @property
    def summary(self) -> str:
        return f"Kill point {self.number}"

    def play(self) -> Told:
        submitted = self._sure(self._submit)
        submission_id = str(submitted["submission_id"])
        self.lane.wait_for(
            lambda: submission_state(self.lane.sender.folder, submission_id) == "accepted",
            "the manifest's receipt and answer",
        )
        plate = str(submitted["manifest"]["means"])
        found = self._sure(
            lambda: self._call("recipient", Role.BORDER_POST, "GET /prearrival", {"plate": plate})
        )
        assert [one["movement"] for one in found["arrivals"]] == [submitted["movement"]]
        alert_id = str(self._sure(self._drafting(plate))["alert_id"])
        self._sure(self._sending(alert_id))
        self._wait_for_recipient(alert_id, "accepted_at")
        received = self._sure(lambda: self._alert("sender", alert_id))
        assert [(one["movement"], one["channel"]) for one in received["hits"]] == [
            (submitted["movement"], "red")
        ]
        self._sure(
            lambda: self._call(
                "sender",
                Role.LIAISON,
                "POST /alerts/{}/acknowledge",
                {"office": self.lane.offices["sender"]},
                alert_id,
            )
        )
        self._wait_for_recipient(alert_id, "acknowledged_at")
        return Told(str(submitted["movement"]), alert_id)

    def _submit(self) -> Plain:
        declaration = _replaced(DECLARATION.read_text("utf-8"), PLATE, f"{self.number:03d} АВС 02")
        body = {
            "to": self.lane.parties["recipient"],
            "declaration_base64": base64.b64encode(declaration.encode()).decode(),
            "facts_text": _replaced(_replaced(FACTS.read_text("utf-8"), MRN, self.mrn), *IN_TIME),
            "key": f"kill-point-{self.number}",
        }
        return self._call("sender", Role.SUBMITTER, "POST /submissions", body)

    def _drafting(self, plate: str) -> Callable[[], Plain]:
        calls = 0

        def draft() -> Plain:
            nonlocal calls
            calls += 1
            if calls > 1:  # it may be there already: an alert must not go out twice
                query = {"direction": "issued"}
                held = self._call("recipient", Role.LIAISON, "GET /alerts", query)["alerts"]
                drafted: list[Plain] = [one for one in held if one["summary"] == self.summary]
                if drafted:
                    return drafted[0]
            return self._call("recipient", Role.LIAISON, "POST /alerts", self._draft(plate))

        return draft

    def _draft(self, plate: str) -> Plain:
        return {
            "valid_until": (nodes.utc_now() + timedelta(days=30)).isoformat(),
            "marking": "AMBER",
            "permitted_action": "documents",
            "urgency": "flash",
            "category": "TRD",
            "severity": 1,
            "summary": self.summary,
            "contact_office": self.lane.offices["recipient"],
            "subjects": [{"means_id": plate}],
        }

    def _sending(self, alert_id: str) -> Callable[[], Plain]:
        calls = 0

        def send() -> Plain:
            nonlocal calls
            calls += 1
            if calls > 1:
                held = self._alert("recipient", alert_id)
                if held["state"] != "drafted":
                    return held
            body = {"to": [self.lane.parties["sender"]], "purpose": "RISK_ANALYSIS"}
            return self._call("recipient", Role.LIAISON, "POST /alerts/{}/send", body, alert_id)

        return send

    def _alert(self, side: str, alert_id: str) -> Plain:
        return self._call(side, Role.LIAISON, "GET /alerts/{}", {}, alert_id)

    def _wait_for_recipient(self, alert_id: str, moment: str) -> None:
        folder = self.lane.recipient.folder
        self.lane.wait_for(lambda: is_recipient(folder, alert_id, moment), f"the alert's {moment}")

    def _sure(self, act: Callable[[], Plain]) -> Plain:
        """Do it until there is an answer."""
        for _ in range(CALLS):
            self.lane.revive()
            try:
                return act()
            except NoAnswerError:
                self.lane.wait_a_moment()
        raise AssertionError(f"{CALLS} calls died without an answer")

    def _call(
        self, side: str, role: Role, what: str, body: Mapping[str, object], about: str = ""
    ) -> Plain:
        method, path = what.format(about).split()
        node = self.lane.nodes[side]
        node.mark(f"call {what}")
        try:
            answer = self.lane.http.request(
                method,
                f"{node.api_url}/api/v1{path}",
                headers={"Authorization": f"Bearer {self.lane.tokens[side][role]}"},
                params=httpx.QueryParams({name: str(value) for name, value in body.items()})
                if method == "GET"
                else None,
                json=None if method == "GET" else body,
            )
        except httpx.TransportError as err:
            raise NoAnswerError from err
        assert answer.is_success, f"{what}: {answer.status_code} {answer.text}"
        node.mark(f"answer to {what}")
        content: Plain = answer.json()
        return content


def _replaced(text: str, old: str, new: str) -> str:
    assert old in text, f"the sample has no {old}"
    return text.replace(old, new)
