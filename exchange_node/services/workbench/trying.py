"""Would a partner take this file today, the agreement included; if not, why, and whose turn is it?

The steps are those of a submission, one by one; then what the partner's node would say. Nothing is
stored, sealed or sent. What is shown is a document's data, so the look is in the access log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType

from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.finding import Finding
from exchange_node.domain.identifiers import PartyId
from exchange_node.domain.releasing.release import OFFICERS
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.departure.answering import answering
from exchange_node.services.stations.departure.arriving import heard_there
from exchange_node.services.stations.departure.attaching import require_countable
from exchange_node.services.stations.departure.turns import Turn, turn_of
from exchange_node.services.stations.departure.walking import FINISHED, Departure
from exchange_node.services.stations.departure.way import Ask, Stage, Way
from exchange_node.services.stations.faults import OFFICERS_FIRST
from exchange_node.services.stations.giving import named_by
from exchange_node.services.stations.loss import masked, permission, withheld
from exchange_node.services.stations.manifests.amending import amends
from exchange_node.services.stations.outgoing import readable
from exchange_node.services.workbench.fates import FATES, STEPS, Fate
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.payloads import digest_of

Fill = Callable[[str, Mapping[str, str]], str]
"""Says a template with its facts, in the reader's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A finding, and whose turn it is."""

    finding: Finding
    turn: Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One step: whether it was passed, None where it was not reached; what it found."""

    stage: Stage
    passed: bool | None
    findings: tuple[Judged, ...] = ()

    @property
    def sentence(self) -> str:
        """The template of what the step does."""
        return STEPS[self.stage].sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What would become of a file.

    Attributes:
        steps: all of them, in their order.
        permission: what the agreements say, for the report; empty where they were not asked.
        withheld: every field that would stay behind: path, pointer, whether it is personal, why.
        masked: every field that would say less: path, pointer, whether it is personal, how.
        preview: what would be sealed, and so everything that the partner would see; empty where
            nothing would be sent.
        facts: what the sentences are filled with.
    """

    fate: Fate
    format: str
    steps: tuple[Tried, ...]
    permission: Mapping[str, object]
    withheld: tuple[dict[str, object], ...]
    masked: tuple[dict[str, object], ...]
    preview: bytes
    facts: Mapping[str, str]

    @property
    def sentence(self) -> str:
        """The template of the verdict."""
        return FATES[self.fate].sentence

    def turns(self) -> tuple[Judged, ...]:
        """Return what stands in the way: every error, in the order of the steps."""
        return tuple(one for step in self.steps for one in step.findings if one.finding.is_error)

    def as_dict(self, fill: Fill) -> dict[str, object]:
        """Return plain values for a door, its sentences as `fill` says them; not the preview."""
        return {
            "verdict": self.fate.value,
            "text": fill(self.sentence, self.facts),
            **self.facts,
            "format": self.format,
            "permission": dict(self.permission),
            "steps": [
                {
                    "step": one.stage.value,
                    "text": fill(one.sentence, self.facts),
                    "passed": one.passed,
                    "findings": [_plain(found, fill) for found in one.findings],
                }
                for one in self.steps
            ],
            "withheld": list(self.withheld),
            "masked": list(self.masked),
            "to_do": [_plain(one, fill) for one in self.turns()],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Trying:
    """Tries files; needs a node with its cards, agreements and keys."""

    departure: Departure
    engine: Engine
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def look(  # noqa: PLR0913 - so much is said of a declaration
        self,
        actor: Actor,
        data: bytes,
        *,
        partner: str,
        purpose: str = "TRANSIT_CONTROL",
        format_name: str = "",
        facts: str = "",
        on: date | None = None,
        attachments: int = 0,
        request: str = "",
    ) -> Trial:
        """Return what would become of a declaration, or of a finished document, on a day.

        `attachments` is how many files would go with it; they are counted and not looked at.
        `request` is the number of the partner's request that it would be given on. An
        acknowledgement goes back for the purpose that its alert came for.

        Raises:
            RoleError: the actor does not submit declarations, or asks of an acknowledgement and
                is no liaison officer.
            MalformedIdentifierError: the partner is no party.
            UnreadableInputError: the attachments are too many.
            StoreError: the agreements cannot be read, or the look cannot be recorded.
        """
        actor.require(Role.SUBMITTER)
        require_countable(attachments)
        recipient = str(PartyId.parse(partner))
        now = self.clock()
        at = now if on is None else datetime.combine(on, now.astimezone(UTC).timetz())
        with reading(self.engine) as conn:
            held = held_agreements(conn)
            given_on = named_by(conn, recipient, request)
        way = self.departure.begun(
            data, facts=facts, at=at, reference=self.new_id(), format_name=format_name
        )
        ask = Ask(
            recipient=recipient,
            purpose=purpose,
            at=at,
            held=held,
            attachments=attachments,
            given_on=given_on,
            amends=amends(self.engine, self.departure.own, recipient),
            answered=answering(self.engine, actor, recipient),
        )
        way = self.departure.onwards(way, ask, gathers=True)
        preview = b""
        if way.is_open and way.written is not None and way.exchange is not None:
            preview = readable(way.written.document, way.exchange)
            way = _released(way)
            way = way.took(Stage.ARRIVE, self._heard(way, ask, preview))
        trial = _trial(way, ask, preview)
        with transaction(self.engine) as conn:
            audit.write(conn, _look(actor, way, ask, trial, data, now))
        return trial

    def _heard(self, way: Way, ask: Ask, preview: bytes) -> tuple[Finding, ...]:
        assert way.verdict is not None  # noqa: S101 - the way is open: a gate has said so
        return heard_there(
            preview,
            way.verdict,
            own=self.departure.own,
            recipient=ask.recipient,
            code=way.code,
            versions=self.departure.packing.versions,
            library=self.departure.library,
            on=ask.on,
        )


def _released(way: Way) -> Way:
    """Return the way with the officers whom its grant asks for, where it asks for any."""
    wanted = OFFICERS[way.verdict.grant.approval] if way.verdict and way.verdict.grant else 0
    if not wanted:
        return way
    return way.took(Stage.RELEASE, (OFFICERS_FIRST.found(value=str(wanted)),))


def _trial(way: Way, ask: Ask, preview: bytes) -> Trial:
    taken = {one.stage: one for one in way.steps}
    arrived = taken.get(Stage.ARRIVE)
    fate = Fate.REFUSED_HERE
    if arrived is not None:
        fate = Fate.ACCEPTED if arrived.passed else Fate.REFUSED_THERE
    steps = tuple(
        Tried(
            stage=stage,
            passed=taken[stage].passed if stage in taken else None,
            findings=tuple(
                Judged(finding=one, turn=turn_of(one))
                for one in (taken[stage].findings if stage in taken else ())
            ),
        )
        for stage in Stage
        if (stage is not Stage.MAP or way.format != FINISHED)
        and (stage is not Stage.RELEASE or stage in taken)
    )
    return Trial(
        fate=fate,
        format=way.format,
        steps=steps,
        permission=permission(way.verdict) if way.verdict is not None else {},
        withheld=tuple(withheld(one) for one in way.minimised.withheld) if way.minimised else (),
        masked=tuple(masked(one) for one in way.minimised.masked) if way.minimised else (),
        preview=preview,
        facts=MappingProxyType(
            {
                "partner": ask.recipient,
                "purpose": ask.purpose,
                "on": ask.on.isoformat(),
                "code": way.code,
                "version": way.written.version if way.written is not None else "",
            }
        ),
    )


def _plain(one: Judged, fill: Fill) -> dict[str, object]:
    finding, turn = one.finding, one.turn
    facts = {"value": finding.value, "pointer": finding.pointer, **finding.facts}
    return finding.as_dict() | {
        "text": fill(finding.sentence, facts),
        "mend_text": fill(finding.mend, facts),
        "who": turn.who.value,
        "who_text": fill(turn.sentence, turn.facts),
        "until": turn.until,
    }


def _look(
    actor: Actor, way: Way, ask: Ask, trial: Trial, data: bytes, now: datetime
) -> audit.AuditRecord:
    """Return the line of the access log: who tried what, and how it ended; nothing of its data."""
    return audit.AuditRecord(
        at=now,
        actor=actor.name,
        action="look.dry-run",
        subject_kind="declaration",
        subject_key=digest_of(data),
        movement=str(way.manifest.movement) if way.manifest is not None else "",
        partner=ask.recipient,
        facts={
            "format": way.format,
            "purpose": ask.purpose,
            "on": trial.facts["on"],
            "verdict": trial.fate.value,
            "rules": ", ".join(sorted({one.finding.code for one in trial.turns()})),
        },
    )
