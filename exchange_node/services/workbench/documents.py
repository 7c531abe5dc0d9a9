"""Declarations and documents looked at without sending anything: map · explain · validate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Finding, Severity
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping.declaration import detect, map_declaration, named
from exchange_node.mapping.facts import read_facts
from exchange_node.mapping.profile.profile import Profiles
from exchange_node.mapping.report import Report, every_fate
from exchange_node.policy.gates import HeldAgreement, permit_leaving, permit_receiving
from exchange_node.policy.minimising import permit_content
from exchange_node.services.stations.loss import explained, folded, without_repeats
from exchange_node.wco.codelists import COUNTRIES, OFFICES
from exchange_node.wco.customisation.lenient import read, settle
from exchange_node.wco.document import Document
from exchange_node.wco.notation import Kind
from exchange_node.wco.rules import validate
from exchange_node.wco.rules.layers import TITLES, by_layer, layer_of
from exchange_node.wco.rules.library import WcoLibrary

OFFICE = "Declaration/DeclarationOfficeID"
DISPATCH = "Declaration/Consignment/ExportCountry/ID"
UNKNOWN = "XX"
"""Stands for the sending country until the document has told it."""

DESTINATION = "Declaration/Consignment/Destination/CountryCode"
GOODS_DISPATCH = "Declaration/GoodsShipment/ExportCountry/ID"
GOODS_DESTINATION = "Declaration/GoodsShipment/Destination/CountryCode"


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedDocument:
    """A declaration as a WCO document, with what was lost and what is wrong."""

    document: bytes
    report: Report
    findings: tuple[Finding, ...]
    format_name: str
    country_of_departure: str
    country_of_destination: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreements:
    """What a node holds; `own` is its party id."""

    own: str
    held: Sequence[HeldAgreement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """Needs schemas, lists and profiles; neither keys nor a database, but where a node has them.

    Attributes:
        agreements: reads what a document that names its exchange is weighed against; None where
            there is no node.
    """

    library: WcoLibrary
    profiles: Profiles
    clock: Callable[[], datetime]
    agreements: Callable[[], Agreements] | None = None

    def map(
        self, declaration: bytes, *, format_name: str = "", facts: str = "", country: str = ""
    ) -> MappedDocument:
        """Return the WCO document of a national declaration, and everything found on the way.

        `country` is the sending administration's; where it is empty, it is that of the office of
        departure, or else that of dispatch. A goods declaration names it in its own envelope.

        Raises:
            InputError: the declaration or the facts cannot be read, or it is of no known format.
        """
        profile = (
            named(format_name, self.profiles) if format_name else detect(declaration, self.profiles)
        )
        now = self.clock()
        adopted: tuple[Finding, ...] = ()
        if profile.document is Kind.GOODS_DECLARATION:
            said, adopted = self._adopted(declaration)
            country = country or said

        def mapped_for(sender: str) -> tuple[Document, Report, tuple[Finding, ...]]:
            mapped = map_declaration(
                declaration,
                profile,
                read_facts(facts),
                self.library,
                sender=PartyId.of_country(sender),
                agency=f"Customs of {sender}",
                at=now,
                reference="preview",
            )
            return mapped.document, mapped.report, mapped.findings

        document, report, findings = mapped_for(country or UNKNOWN)
        departure = country or self._departure(document)
        if not country and departure:
            document, report, findings = mapped_for(departure)
        return MappedDocument(
            document=document.to_bytes(),
            report=report,
            findings=folded(
                (
                    *adopted,
                    *without_repeats(findings, validate(document, self.library, now.date())),
                )
            ),
            format_name=profile.name,
            country_of_departure=departure,
            country_of_destination=document.value(DESTINATION) or document.value(GOODS_DESTINATION),
        )

    def explain(self, mapped: MappedDocument, pointer: str) -> dict[str, Any]:
        """Return what made the values at a place, or what became of the leaves there.

        `pointer` is a WCO pointer, a chain of WCO ids, or a source path of the declaration.

        Raises:
            UnusableQueryError: nothing stands there; the nearest places are named.
        """
        return explained(mapped.report, pointer, self.library.registry)

    def trace(self, mapped: MappedDocument) -> dict[str, list[dict[str, Any]]]:
        """Return every value with what made it, and every other leaf with the reason."""
        return {
            "values": [one.as_dict() for one in mapped.report.trace],
            "leaves": [one.as_dict() for one in every_fate(mapped.report) if not one.carried_by],
        }

    def _adopted(self, declaration: bytes) -> tuple[str, tuple[Finding, ...]]:
        """Return the country that the envelope names, and what we do not know of the document."""
        try:
            taken, renamed = read(declaration)
        except InvalidDocumentError:  # without its envelope, or inside another one
            return "", ()
        _, found = settle(taken, self.library.registry)
        country = taken.country.strip()
        is_known = self.library.code_lists.knows(COUNTRIES, country, self.clock().date())
        return country if is_known else "", (*renamed, *found)

    def _departure(self, document: Document) -> str:
        """Return the country that registered the declaration, as far as the document tells."""
        today = self.clock().date()
        told = (
            document.value(OFFICE)[:2],
            document.value(DISPATCH),
            document.value(GOODS_DISPATCH),
        )
        for country in told:
            if country != UNKNOWN and self.library.code_lists.knows(COUNTRIES, country, today):
                return country
        return ""

    def wco_pointer(self, pointer: str) -> str:
        """Return a place as the chain of WCO ids (`42A/28A/29A/23A/137`); empty for no place."""
        return "/".join(self.library.registry.pointer_ids(pointer))

    def by_layer(self, findings: tuple[Finding, ...]) -> dict[str, tuple[Finding, ...]]:
        """Return findings under the titles of their layers, in order; in each the errors first."""
        return {TITLES[layer]: found for layer, found in by_layer(findings).items()}

    def layer_of(self, finding: Finding) -> str:
        """Return the layer of a finding: source, schema, codes, rules or agreement."""
        return layer_of(finding.code).value

    def office_of(self, country: str) -> str:
        """Return a customs office of a country: the first that is listed, else a made-up one."""
        listed = (one.code for one in self.library.code_lists.codes(OFFICES))
        return next((code for code in listed if code.startswith(country)), f"{country}000001")

    def validate(self, document: bytes) -> tuple[Finding, ...]:
        """Return what is wrong with a WCO document, or doubtful, errors first; `folded`.

        A goods declaration or a response of another customisation is read leniently.

        Raises:
            UnsafeXmlError, MalformedXmlError: it is no XML that is let in.
            ConfigurationError, StoreError: the node's agreements cannot be read.
        """
        today = self.clock().date()
        try:
            read_document, told = read(document)
        except InvalidDocumentError as err:
            return err.findings
        findings = validate(read_document, self.library, today)
        denied = denials(read_document, self.agreements, today)
        every = sorted((*told, *findings, *denied), key=lambda one: not one.is_error)
        return folded(every)


def denials(
    document: Document, agreements: Callable[[], Agreements] | None, on: date
) -> tuple[Finding, ...]:
    """Return why a gate would stop a document that names its exchange; nothing where none would."""
    try:
        exchange, attached = document.exchange, len(document.attachments)
    except InvalidDocumentError:
        return ()  # a rule of its own says so
    if exchange is None or agreements is None:
        return ()
    node = agreements()
    if exchange.sender == node.own:
        verdict = permit_leaving(node.held, exchange, on, is_request_known=False)
    else:
        verdict = permit_receiving(
            node.held, exchange, on, attachments=attached, is_request_known=False
        )
    if verdict.is_permitted and verdict.grant is not None:
        verdict = permit_content(
            document, verdict.grant, code=exchange.code, agreement=verdict.agreement
        )
    if verdict.is_permitted:
        return ()
    return (
        Finding(
            code=verdict.code.value,
            severity=Severity.ERROR,
            sentence=verdict.sentence,
            mend="Send what the agreement grants, or agree on more; docs/agreements.md explains"
            " each gate.",
            pointer="MetaData/ext:Exchange",
            value=exchange.agreement_id,
            facts=verdict.facts,
        ),
    )
