"""Why the exchange is lawful, where it applies, what was annexed, who pays, who settles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from exchange_node.domain.agreement.keys import MAX_DAYS, Word, key
from exchange_node.domain.agreement.shapes import CODE, MEDIA_TYPE, SHA256, TERRITORY


class InstrumentType(Word):
    """What kind of instrument it is."""

    TREATY = "treaty", "treaty"
    PROTOCOL = "protocol", "protocol"
    MOU = "mou", "memorandum of understanding"
    LAW = "law", "law"
    SAMPLE = "sample", "sample text"


class Matter(Word):
    """A subject of customs law (JC 2, 5 to 8; MBA 2 to 5)."""

    TRANSIT = "transit", "transit"
    VALUATION = "valuation", "valuation"
    ORIGIN = "origin", "origin"
    CLASSIFICATION = "classification", "classification"
    OFFENCES = "offences", "customs offences"
    DUTY_ASSESSMENT = "duty_assessment", "assessment of duties"
    RECOVERY = "recovery", "recovery of claims"
    DRUGS = "drugs", "narcotic drugs and precursors"
    WEAPONS = "weapons", "weapons, ammunition, explosives"
    DUAL_USE = "dual_use", "goods of dual use"
    INTELLECTUAL_PROPERTY = "ipr", "intellectual property"
    CULTURAL_PROPERTY = "cultural_property", "cultural property"
    WILDLIFE = "wildlife", "endangered species"
    WASTE = "waste", "hazardous waste"
    CASH = "cash", "movement of cash"


class Excluded(Word):
    """What the parties kept out."""

    CRIMINAL_LEGAL_AID = "criminal_legal_aid", "legal aid in criminal matters"
    EXTRADITION = "extradition", "extradition"
    ARREST = "arrest", "arrest of persons"
    RECOVERY = "recovery", "recovery of claims"
    TAX = "tax", "taxes other than those at import and export"
    MILITARY = "military", "military goods"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """An instrument that makes the exchange lawful (JC 2; TFA 12.12)."""

    instrument: str = field(metadata=key("Instrument", acts=True))
    article: str = field(default="", metadata=key("Articles", acts=True))
    dated: date | None = field(default=None, metadata=key("Date of the instrument", name="date"))
    type: InstrumentType = field(default=InstrumentType.TREATY, metadata=key("Kind of instrument"))
    binding: bool = field(default=False, metadata=key("Binding in law"))

    @property
    def citation(self) -> str:
        """The instrument with its articles."""
        return f"{self.instrument}, {self.article}" if self.article else self.instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """Whether a message equals paper, which the text has to say (TIR, Annex 11, art. 7)."""

    electronic_equals_paper: bool = field(
        default=False, metadata=key("An electronic message equals a paper one")
    )
    article: str = field(default="", metadata=key("Article that says so"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where it applies and to what (JC 2)."""

    territory: tuple[str, ...] = field(
        default=(),
        metadata=key(
            "Territory (ISO 3166); left out, that of both parties", shape=TERRITORY, acts=True
        ),
    )
    territory_excluded: tuple[str, ...] = field(
        default=(), metadata=key("Territory it does not apply to", shape=TERRITORY, acts=True)
    )
    matters: tuple[Matter, ...] = field(default=(), metadata=key("Customs matters", acts=True))
    # No message carries legal aid, an extradition or an arrest; recovery is for the gates.
    excluded: tuple[Excluded, ...] = field(
        default=(), metadata=key("Kept out", limiting=(Excluded.TAX, Excluded.MILITARY))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reciprocity:
    """How the two sides keep the balance (TFA 12.8)."""

    statement: str = field(metadata=key("What is agreed on reciprocity"))
    report_every_days: int | None = field(
        default=None,
        metadata=key(
            "Both sides report their volumes every so many days", low=1, high=MAX_DAYS, unit="days"
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Who pays."""

    waived: bool = field(default=False, metadata=key("No side claims costs"))
    exceptions: tuple[str, ...] = field(default=(), metadata=key("Costs that are claimed"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputes:
    """How differences are settled."""

    procedure: str = field(metadata=key("How differences are settled"))
    committee: str = field(default="", metadata=key("Joint committee and its contact"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    """A file that belongs to the agreement, named by its digest."""

    annex_id: str = field(metadata=key("Name of the annex", name="id", shape=CODE))
    title: str = field(metadata=key("Title of the annex"))
    sha256: str = field(metadata=key("SHA-256 of the annex", shape=SHA256))
    media_type: str = field(default="application/pdf", metadata=key("Media type", shape=MEDIA_TYPE))
    version: str = field(default="", metadata=key("Version of the annex"))
