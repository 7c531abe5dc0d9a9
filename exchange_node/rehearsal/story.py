"""The first crossing, told step by step: declaration → manifest → border post → alert → answer.

Every step is done by the running nodes through their APIs; what is told is what they answered.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from exchange_node import node as nodes
from exchange_node.domain.access import Role
from exchange_node.domain.errors import InvalidDocumentError, NodeError, RehearsalError
from exchange_node.rehearsal.asking import (
    a_list,
    a_list_of_text,
    an_object,
    client_of,
    first_recipient,
    wait_until,
)
from exchange_node.rehearsal.pair import Pair, commission, started

SAMPLES = Path(__file__).resolve().parent / "samples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is to be rehearsed.

    Attributes:
        declaration: the national file's bytes.
        facts: TOML or JSON text of what the declaration does not carry; empty for none.
        sender, recipient: countries; empty where the document tells.
    """

    declaration: bytes
    name: str
    facts: str = ""
    format_name: str = ""
    sender: str = ""
    recipient: str = ""


@dataclass
class Told:
    """The facts of every step, and each step's line as it happens."""

    say: Callable[[str, str], None]
    facts: dict[str, dict[str, object]] = field(default_factory=dict)

    def step(self, name: str, line: str, **facts: object) -> None:
        """Keep a step's facts and tell its line."""
        self.facts.setdefault(name, {}).update(facts)
        self.say(name, line)


def sample_script() -> Script:
    """Return the crossing that is shown when no file is named: Almaty to Tashkent by road."""
    return Script(
        declaration=(SAMPLES / "kz-uz-transit.xml").read_bytes(),
        name="kz-uz-transit.xml (sample)",
        facts=(SAMPLES / "kz-uz-transit.facts.toml").read_text(encoding="utf-8"),
        sender="KZ",
        recipient="UZ",
    )


def rehearse(script: Script, folder: Path, say: Callable[[str, str], None]) -> dict[str, object]:
    """Make two nodes in a folder, walk the whole story and return the facts of every step.

    `ok` is true when every step succeeded; else `failed` says which step and why.
    """
    told = Told(say)
    begun = time.monotonic()
    try:
        pair = _prepared(script, folder, told)
        setup = time.monotonic() - begun
        with started(pair):
            _manifest(script, pair, told)
            _alert(pair, told)
    except NodeError as err:
        return {"ok": False, "failed": _as_plain(err), **told.facts}
    return {
        "ok": True,
        **told.facts,
        "seconds": {"setup": round(setup, 2), "story": round(time.monotonic() - begun - setup, 2)},
    }


def _as_plain(err: NodeError) -> dict[str, object]:
    found = err.findings if isinstance(err, InvalidDocumentError | RehearsalError) else ()
    return {
        "code": err.code,
        "text": str(err),
        "mend": err.mend_text,
        "facts": err.facts,
        "findings": [
            one.as_dict() | {"text": one.text, "mend_text": one.mend_text} for one in found
        ],
    }


def _prepared(script: Script, folder: Path, told: Told) -> Pair:
    mapped = nodes.workbench(folder).map(
        script.declaration,
        format_name=script.format_name,
        facts=script.facts,
        country=script.sender,
    )
    told.step(
        "declaration",
        f"{script.name}: {len(script.declaration)} bytes, recognised as {mapped.format_name}",
        file=script.name,
        bytes=len(script.declaration),
        format=mapped.format_name,
    )
    sender = script.sender or mapped.country_of_departure
    recipient = script.recipient or mapped.country_of_destination
    if not sender or not recipient or sender == recipient:
        raise RehearsalError(
            step="choosing the two administrations",
            why=f"the document names {sender or 'no'} and {recipient or 'no'} country;"
            " give --from and --to",
        )
    pair = commission(folder, sender=sender, recipient=recipient)
    told.step(
        "nodes",
        f"{pair.sender.party} and {pair.recipient.party}: keys, certificates and databases made,"
        f" agreement {pair.agreement_id} activated by both",
        sender=pair.sender.party,
        recipient=pair.recipient.party,
        agreement=pair.agreement_id,
    )
    return pair


def _manifest(script: Script, pair: Pair, told: Told) -> None:
    with client_of(pair.sender, Role.SUBMITTER) as national:
        body: dict[str, object] = {
            "to": pair.recipient.party,
            "declaration_base64": base64.b64encode(script.declaration).decode(),
            "format": script.format_name,
            "facts_text": script.facts,
            "purpose": "TRANSIT_CONTROL",
        }
        submitted = national.post("/submissions", body)
        _tell_submission(submitted, told)
        path = f"/submissions/{submitted['submission_id']}"
        settled = wait_until(
            lambda: national.get(path),
            lambda now: now["state"] in ("accepted", "rejected", "failed"),
            "the manifest's receipt and answer",
        )
    transmission = an_object(settled["transmission"])
    told.step(
        "manifest",
        f"receipt verified digest by digest: {transmission['receipt_verified']};"
        f" business answer: {settled['state']}",
        state=settled["state"],
        sent=int(str(transmission["tries"])) > 0,
        receipt_verified=transmission["receipt_verified"],
        accepted=settled["state"] == "accepted",
        answer=settled["answer"],
    )
    if settled["state"] != "accepted":
        raise RehearsalError(step="the manifest's way", why=json.dumps(settled["answer"]))
    means = str(an_object(submitted["manifest"])["means"])
    with client_of(pair.recipient, Role.BORDER_POST) as post:
        arrivals = a_list(post.get("/prearrival", plate=means)["arrivals"])
    if not arrivals:
        raise RehearsalError(
            step="the border post's look-up", why=f"no manifest with plate {means}"
        )
    told.step(
        "prearrival",
        f"the border post of {pair.recipient.party} asks for plate {means} and finds"
        f" {arrivals[0]['movement']}, channel {arrivals[0]['channel']}",
        found=True,
        plate=means,
        movement=arrivals[0]["movement"],
        channel=arrivals[0]["channel"],
    )


def _tell_submission(submitted: dict[str, object], told: Told) -> None:
    report = an_object(submitted["report"])
    permission = an_object(submitted["permission"])
    withheld = a_list_of_text(submitted["withheld"])
    counts = {name: int(str(number)) for name, number in an_object(report["counts"]).items()}
    told.step(
        "mapping",
        ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()),
        coverage=report.get("coverage"),
        **counts,
    )
    findings = a_list(submitted["findings"])
    errors = [one for one in findings if one["severity"] == "error"]
    told.step(
        "validation",
        f"{len(errors)} errors, {len(findings) - len(errors)} warnings",
        errors=len(errors),
        warnings=len(findings) - len(errors),
        findings=findings,
    )
    told.step(
        "permission",
        f"{permission['code']} by {permission['clause']} (grant {permission['grant']})",
        **permission,
    )
    told.step(
        "minimised",
        f"{len(withheld)} fields withheld: {', '.join(withheld) or 'none'}",
        withheld=withheld,
    )
    told.step(
        "manifest",
        f"sealed for {submitted['partner']}, packed and queued as {submitted['message_id']}",
        message_id=submitted["message_id"],
        movement=submitted["movement"],
        sealed=True,
    )


def _alert(pair: Pair, told: Told) -> None:
    plate = str(told.facts["prearrival"]["plate"])
    now = nodes.utc_now()
    draft: dict[str, object] = {
        "valid_until": (now + timedelta(days=30)).isoformat(),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "flash",
        "category": "TRD",
        "severity": 1,
        "summary": "Rehearsal: goods in transit may leave the corridor before the border.",
        "contact_office": pair.recipient.office,
        "subjects": [{"means_id": plate}],
    }
    with client_of(pair.recipient, Role.LIAISON) as liaison:
        drafted = liaison.post("/alerts", draft)
        alert_id = str(drafted["alert_id"])
        path = f"/alerts/{alert_id}"
        told.step("alert", f"{alert_id} drafted on plate {plate}", alert_id=alert_id, drafted=True)
        liaison.post(f"{path}/send", {"to": [pair.sender.party], "purpose": "RISK_ANALYSIS"})
        delivered = wait_until(
            lambda: liaison.get(path),
            lambda now: first_recipient(now)["state"] in ("accepted", "rejected", "failed"),
            "the alert's receipt and answer",
        )
        told.step(
            "alert",
            f"sent to {pair.sender.party}: {first_recipient(delivered)['state']}",
            sent=True,
            delivered=first_recipient(delivered)["state"] == "accepted",
        )
        with client_of(pair.sender, Role.LIAISON) as neighbour:
            held = neighbour.get(path)
            hits = a_list(held["hits"])
            if not hits:
                raise RehearsalError(step="matching the alert", why="no held manifest fits it")
            told.step(
                "alert",
                f"matched to {hits[0]['movement']} in {pair.sender.party}:"
                f" channel {hits[0]['channel']}, because {hits[0]['reason']}",
                matched=True,
                channel=hits[0]["channel"],
                reason=hits[0]["reason"],
                movement=hits[0]["movement"],
            )
            neighbour.post(f"{path}/acknowledge", {"office": pair.sender.office})
        wait_until(
            lambda: liaison.get(path),
            lambda now: first_recipient(now)["state"] == "acknowledged",
            "the acknowledgement",
        )
        told.step(
            "alert",
            f"acknowledgement of {pair.sender.party} back with {pair.recipient.party}",
            acknowledged=True,
        )
