"""How far a document has come on its way out: the steps that were taken, and what each made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from exchange_node.domain.assistance.given_on import GivenOn
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.finding import Finding, has_errors
from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.message import CODES, AttachedFile, Exchange
from exchange_node.domain.movement import CODES_OF, MANIFEST_AMENDED, Event
from exchange_node.mapping.declaration import Mapped
from exchange_node.policy.gates import HeldAgreement
from exchange_node.policy.minimising import Minimised
from exchange_node.policy.verdict import Verdict
from exchange_node.services.stations.loss import attached, minimising, permission
from exchange_node.wco.customisation.versions import Written
from exchange_node.wco.document import Document
from exchange_node.wco.movement_codec import under_function


class Stage(StrEnum):
    """The steps, in their order."""

    RECOGNISE = "recognise"
    MAP = "map"
    VALIDATE = "validate"
    PERMIT = "permit"
    MINIMISE = "minimise"
    CONVERT = "convert"
    CHECK = "check"
    PACK = "pack"
    RELEASE = "release"
    ARRIVE = "arrive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step that was taken, and everything it found."""

    stage: Stage
    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the way goes on behind it."""
        return not has_errors(self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """To whom something is to go, and what for.

    Attributes:
        held: every agreement of this node, in any state.
        attachments: how many files are to go with the document.
        given_on: the request of the partner that it is given on; None where none is named.
        amends: returns what stands against amending a manifest of a movement that the recipient
            was told before, None where it was told none; None where no manifest is handed in.
        answered: returns the exchange that a document answers, or raises InputError; None where no
            document of an answer is asked about.
    """

    recipient: str
    purpose: str
    at: datetime
    held: tuple[HeldAgreement, ...]
    attachments: int = 0
    given_on: GivenOn | None = None
    amends: Callable[[MovementId], tuple[Finding, ...] | None] | None = None
    answered: Callable[[Document], Exchange] | None = None

    @property
    def on(self) -> date:
        """The day that counts for the gates."""
        return day_of(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What the steps have made so far; what has not been made yet is None.

    Attributes:
        code: of the message that carries the document.
        format: the national profile, or `wco` for a document that was finished already.
        document: in the base version, before the grant took anything out.
        written: what is sealed, as the partner takes it.
    """

    code: str
    steps: tuple[Step, ...] = ()
    format: str = ""
    document: Document | None = None
    mapped: Mapped | None = None
    manifest: TransitManifest | None = None
    verdict: Verdict | None = None
    minimised: Minimised | None = None
    written: Written | None = None
    exchange: Exchange | None = None

    @property
    def is_open(self) -> bool:
        """Whether every step so far was passed."""
        return all(one.passed for one in self.steps)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, in the order of the steps."""
        return tuple(found for one in self.steps for found in one.findings)

    def as_told(self, ask: Ask, manifest: TransitManifest) -> tuple[Way, tuple[Finding, ...]]:
        """Return the way with a manifest as what it is to its recipient, and what is against it.

        Of a movement that it was told before it is an amendment, and says so (TM-011).
        """
        is_asked = ask.amends is not None and self.code == CODES_OF[Event.RELEASE]
        against = ask.amends(manifest.movement) if is_asked and ask.amends else None
        if against is None or self.document is None:
            return replace(self, manifest=manifest), ()
        document = under_function(self.document, CODES[MANIFEST_AMENDED].function)
        told = replace(manifest, function=CODES[MANIFEST_AMENDED].function)
        return replace(self, code=MANIFEST_AMENDED, document=document, manifest=told), against

    def told(self, files: Sequence[AttachedFile]) -> dict[str, object]:
        """Return what is told of it beside its mapping, as far as it came, and of its files."""
        told: dict[str, object] = {"attachments": attached(files)} if files else {}
        if self.verdict is not None:
            told["permission"] = permission(self.verdict)
        if self.minimised is not None:
            told |= minimising(self.minimised)
        return told

    def took(self, stage: Stage, findings: tuple[Finding, ...] = ()) -> Way:
        """Return the way with one step more."""
        return replace(self, steps=(*self.steps, Step(stage=stage, findings=findings)))
