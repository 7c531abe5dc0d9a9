"""A declaration or a document → a message that may be sealed: the steps that all of them take.

recognise · map · validate · permit · minimise · the partner's version · check again · bounds.
A submission takes them and seals what comes out; who only tries takes the same and stops there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import (
    ConfigurationError,
    InputError,
    InvalidAlertError,
    InvalidDocumentError,
    NodeError,
)
from exchange_node.domain.finding import Finding, has_errors
from exchange_node.mapping.declaration import detect, map_declaration, named, opened
from exchange_node.mapping.facts import read_facts
from exchange_node.mapping.profile.profile import Profiles
from exchange_node.policy.gates import permit_answer, permit_sending
from exchange_node.policy.minimising.conditions import said_by
from exchange_node.services.stations.agreements import exchange_under
from exchange_node.services.stations.departure.releasing import faults_of, written_for
from exchange_node.services.stations.departure.way import Ask, Stage, Way
from exchange_node.services.stations.loss import denial, without_repeats
from exchange_node.services.stations.outgoing import Packing
from exchange_node.wco.alert_codec import decode_alert
from exchange_node.wco.building import CUSTOMIZATION
from exchange_node.wco.document import Document, read
from exchange_node.wco.manifest_view import NO_MESSAGE, read_manifest
from exchange_node.wco.notation import Kind
from exchange_node.wco.rules import validate
from exchange_node.wco.rules.library import WcoLibrary

MANIFEST = "TM-010"
ACKNOWLEDGED = "RA-020"
FINISHED = "wco"
"""What a document is of that needs no mapping."""

CODE_OF = {
    Kind.TRANSIT_MANIFEST: MANIFEST,
    Kind.RISK_ALERT: "RA-010",
    Kind.ACKNOWLEDGEMENT: ACKNOWLEDGED,
    Kind.ASSISTANCE_REQUEST: "MA-010",
    Kind.ASSISTANCE_INFORMATION: "MA-020",
}
"""What carries a document that a person or a system hands over; a business answer nobody does."""

_ASKED_ANYWAY = (Stage.PERMIT, Stage.MINIMISE)
"""What the document's own faults do not keep anybody from saying."""

_Take = Callable[[Way, Ask], Way]
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """The steps of the way out; none of them stores, seals or sends."""

    own: Administration
    library: WcoLibrary
    profiles: Profiles
    packing: Packing

    def begun(
        self,
        data: bytes,
        *,
        facts: str,
        at: datetime,
        reference: str,
        format_name: str = "",
    ) -> Way:
        """Return the way of a declaration, or of a document that is finished: as far as it can be.

        What cannot be read at all is a finding of its step. A format that is named is that of a
        declaration.
        """
        document = None if format_name else _document_of(data)
        if document is not None:
            return self._finished(document)
        return self.declared(
            data,
            format_name=format_name,
            facts=facts,
            at=at,
            reference=reference,
            gathers=True,
        )

    def declared(
        self,
        declaration: bytes,
        *,
        format_name: str,
        facts: str,
        at: datetime,
        reference: str,
        gathers: bool = False,
    ) -> Way:
        """Return the way of a national declaration: recognised and mapped.

        `reference` stands in where the declaration has none of its own. With `gathers` what keeps
        it from being read is a finding of its step.

        Raises:
            InputError: the declaration or the facts cannot be read, or it is of no known format;
                not with `gathers`.
        """
        way, stage = Way(code=MANIFEST), Stage.RECOGNISE
        try:
            known = named(format_name, self.profiles) if format_name else None
            source = opened(declaration)
            profile = known or detect(source, self.profiles)
            way, stage = replace(way, format=profile.name).took(Stage.RECOGNISE), Stage.MAP
            mapped = map_declaration(
                source,
                profile,
                read_facts(facts),
                self.library,
                sender=self.own.party,
                agency=self.own.name,
                at=at,
                reference=reference,
            )
        except InputError as err:
            if not gathers:
                raise
            return way.took(stage, _findings(err))
        return replace(way, mapped=mapped, document=mapped.document).took(
            Stage.MAP, mapped.findings
        )

    def _finished(self, document: Document) -> Way:
        """Return the way of a document that needs no mapping, in whatever version it is."""
        way = Way(code=CODE_OF.get(document.kind, ""), format=FINISHED)
        try:
            found, told = self.packing.versions.ours(document)
        except (ConfigurationError, InputError) as err:
            return way.took(Stage.RECOGNISE, _findings(err))
        return replace(way, document=found).took(Stage.RECOGNISE, told)

    def onwards(self, way: Way, ask: Ask, *, gathers: bool = False) -> Way:
        """Return the way of what was mapped, as far as it goes: to the end, if it is open.

        With `gathers` what can be said behind a closed step is said too, and what cannot be done
        for want of a setting is a finding of its step.

        Raises:
            ConfigurationError: no card of the partner is held, or a key is missing; not with
                `gathers`.
        """
        steps: tuple[tuple[Stage, _Take], ...] = (
            (Stage.VALIDATE, self._validate),
            (Stage.PERMIT, self._permit),
            (Stage.MINIMISE, self._minimise),
            (Stage.CONVERT, self._convert),
            (Stage.CHECK, self._check),
            (Stage.PACK, self._pack),
        )
        if way.document is None:
            return way
        for stage, take in steps:
            # What mapping found is told together with what the rules find.
            if not way.is_open and stage is not Stage.VALIDATE:
                can_be_asked = stage is Stage.PERMIT or (
                    way.verdict is not None and way.verdict.is_permitted
                )
                if not (gathers and way.code and can_be_asked and stage in _ASKED_ANYWAY):
                    break
            try:
                way = take(way, ask)
            except (ConfigurationError, InputError) as err:
                if not gathers:
                    raise
                way = way.took(stage, _findings(err))
        return way

    def _validate(self, way: Way, ask: Ask) -> Way:
        document = _there(way.document)
        mapped = way.mapped.findings if way.mapped is not None else ()
        checked = validate(document, self.library, ask.on)
        findings = without_repeats(mapped, checked)[len(mapped) :]
        if not way.code or (way.mapped is not None and document.kind is not Kind.TRANSIT_MANIFEST):
            findings = (*findings, NO_MESSAGE.found(value=document.kind.replace("_", " ")))
        if document.kind is Kind.RISK_ALERT and not has_errors(findings):
            findings = (*findings, *_ended(document, ask.at))
        is_sound = way.is_open and not has_errors(findings)
        if is_sound and document.kind is Kind.TRANSIT_MANIFEST:
            way, against = way.as_told(ask, read_manifest(document))
            findings = (*findings, *against)
        return way.took(Stage.VALIDATE, findings)

    def _permit(self, way: Way, ask: Ask) -> Way:
        purpose = ask.purpose
        if way.code == ACKNOWLEDGED and ask.answered is not None:
            answered = ask.answered(_there(way.document))
            purpose = answered.purpose
            verdict = permit_answer(ask.held, answered, code=way.code, on=ask.on)
        else:
            verdict = permit_sending(
                ask.held,
                sender=str(self.own.party),
                recipient=ask.recipient,
                code=way.code,
                purpose=purpose,
                test=self.own.test,
                on=ask.on,
                attachments=ask.attachments,
                said=said_by(_there(way.document)),
                given_on=ask.given_on,
            )
        way = replace(way, verdict=verdict)
        if verdict.agreement is None or verdict.grant is None or not verdict.is_permitted:
            return way.took(Stage.PERMIT, (denial(verdict),))
        exchange = exchange_under(
            verdict.agreement,
            verdict.grant,
            own=self.own,
            recipient=ask.recipient,
            code=way.code,
            purpose=purpose,
        )
        return replace(way, exchange=exchange).took(Stage.PERMIT)

    def _minimise(self, way: Way, ask: Ask) -> Way:  # noqa: ARG002 - each step is asked the same
        verdict = _there(way.verdict)
        minimised = self.packing.minimised(
            _there(way.document), _there(verdict.agreement), _there(verdict.grant)
        )
        return replace(way, minimised=minimised).took(Stage.MINIMISE)

    def _convert(self, way: Way, ask: Ask) -> Way:
        written = written_for(
            self.packing.versions,
            _there(way.minimised).document,
            _there(_there(way.verdict).grant),
            ask.recipient,
            ask.on,
        )
        return replace(way, written=written).took(Stage.CONVERT, written.findings)

    def _check(self, way: Way, ask: Ask) -> Way:
        faults = faults_of(
            _there(way.minimised).document,
            _there(way.written),
            _there(way.verdict),
            recipient=ask.recipient,
            code=way.code,
            library=self.library,
            on=ask.on,
            sound=way.document if way.is_open else None,
        )
        return way.took(Stage.CHECK, faults)

    def _pack(self, way: Way, ask: Ask) -> Way:
        found = self.packing.bound(_there(way.written), _there(way.exchange), ask.at)
        verdict = _there(way.verdict)
        sealing = self.packing.sealing(
            _there(verdict.agreement), _there(verdict.grant), way.code, ask.at
        )
        denied = () if sealing.is_permitted else (denial(sealing),)
        return way.took(Stage.PACK, (*found, *denied))


def _document_of(data: bytes) -> Document | None:
    """Return the document of ours that a file is; None if it is anything else."""
    try:
        found = read(data)
    except InputError:
        return None
    is_ours = found.header.get("AgencyAssignedCustomizationCode") == CUSTOMIZATION
    return found if is_ours else None


def _ended(document: Document, at: datetime) -> tuple[Finding, ...]:
    """Return what `alerting` refuses an alert for that the rules let pass: it is over."""
    alert = decode_alert(document)
    if alert.valid_until > at:
        return ()
    why = f"{alert.alert_id} ended on {alert.valid_until.isoformat()}"
    return (InvalidAlertError(why=why).as_finding(),)


def _findings(err: NodeError) -> tuple[Finding, ...]:
    return err.findings if isinstance(err, InvalidDocumentError) else (err.as_finding(),)


def _there(made: _Made | None) -> _Made:
    """Return what an earlier step has made."""
    assert made is not None  # noqa: S101 - the way was open so far
    return made
