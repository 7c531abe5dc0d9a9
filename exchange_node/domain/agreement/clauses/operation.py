"""Who answers, and what the two nodes promise each other: service, fallback, security, proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from exchange_node.domain.agreement.keys import (
    MAX_DAYS,
    MAX_HOURS,
    MAX_MINUTES,
    MAX_SECONDS,
    Word,
    key,
)
from exchange_node.domain.agreement.shapes import CODE, LANGUAGE, MAIL, PERCENT, PHONE


def _seconds(meaning: str, **declared: bool) -> Mapping[str, Any]:
    return key(meaning, low=1, high=MAX_SECONDS, unit="seconds", **declared)


def _minutes(meaning: str, **declared: bool) -> Mapping[str, Any]:
    return key(meaning, low=1, high=MAX_MINUTES, unit="minutes", **declared)


def _hours(meaning: str, **declared: bool) -> Mapping[str, Any]:
    return key(meaning, low=1, high=MAX_HOURS, unit="hours", **declared)


class ContactRole(Word):
    """What somebody answers for (JC 3; TFA 12.2)."""

    OPERATIONS = "operations_24x7", "operations, day and night"
    LIAISON = "liaison", "liaison"
    LEGAL = "legal", "legal questions"
    DATA_PROTECTION = "data_protection", "data protection"
    SECURITY = "security", "security"
    SIGNATORY = "signatory", "signatory"


class Revocation(Word):
    """Whether a certificate's revocation has to be known."""

    REQUIRED = "required", "has to be known"
    IF_KNOWN = "if_known", "counts where it is known"


class TlsVersion(Word):
    """A version of Transport Layer Security."""

    V1_2 = "1.2", "TLS 1.2"
    V1_3 = "1.3", "TLS 1.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who answers, for what, when, in which languages."""

    role: ContactRole = field(metadata=key("Answers for"))
    party: str = field(default="", metadata=key("Party id of its side"))
    name: str = field(metadata=key("Name of the person or desk"))
    phone: str = field(default="", metadata=key("Telephone", shape=PHONE))
    mail: str = field(default="", metadata=key("Mail", shape=MAIL))
    hours: str = field(default="", metadata=key("When somebody is there"))
    languages: tuple[str, ...] = field(default=(), metadata=key("Languages spoken", shape=LANGUAGE))
    valid_from: date | None = field(default=None, metadata=key("Holds from"))
    valid_to: date | None = field(default=None, metadata=key("Holds up to and including"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """How long before planned work of a given length the partner is told."""

    longest_minutes: int = field(metadata=_minutes("Work of up to, in minutes", acts=True))
    notice_hours: int = field(metadata=_hours("Is announced before, in hours", acts=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """What each side promises of its service."""

    receipt_seconds: int | None = field(
        default=None, metadata=_seconds("A receipt comes within, in seconds")
    )
    status_seconds: int | None = field(
        default=None, metadata=_seconds("A business answer comes within, in seconds", acts=True)
    )
    pull_reply_seconds: int | None = field(
        default=None, metadata=_seconds("A pull is answered within, in seconds")
    )
    availability_percent: str = field(
        default="", metadata=key("Available, in per cent of a month", shape=PERCENT)
    )
    outage_notice_minutes: int | None = field(
        default=None, metadata=_minutes("An outage is told within, in minutes", acts=True)
    )
    restore_minutes: int | None = field(
        default=None, metadata=_minutes("Service is restored within, in minutes")
    )
    maintenance: tuple[Maintenance, ...] = field(
        default=(), metadata=key("Planned work", most=10, acts=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """What is done when the line is down (TIR, Annex 11, art. 10)."""

    trigger_minutes: int = field(metadata=_minutes("Begins after an outage of, in minutes"))
    paper_form: str = field(default="", metadata=key("Paper form that stands in"))
    special_mark: str = field(default="", metadata=key("Mark on the paper form"))
    reconciliation_hours: int | None = field(
        default=None, metadata=_hours("Messages are made up for within, in hours")
    )
    may_mix: bool = field(
        default=False, metadata=key("A movement may begin one way and end the other")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """The technical profile. TLS 1.2 and whatever is known of a revocation count anyhow."""

    profile: str = field(metadata=key("Security profile", shape=CODE))
    signature_algorithms: tuple[str, ...] = field(
        default=(), metadata=key("Algorithms of signatures", shape=CODE, limits=True)
    )
    encryption_algorithms: tuple[str, ...] = field(
        default=(), metadata=key("Algorithms of encryption", shape=CODE, limits=True)
    )
    min_rsa_bits: int | None = field(
        default=None,
        metadata=key("RSA keys have at least, in bits", low=2048, high=16_384, limits=True),
    )
    timestamp_required: bool = field(
        default=False, metadata=key("Signatures carry a time stamp", limits=True)
    )
    max_clock_skew_seconds: int | None = field(
        default=None, metadata=_seconds("Clocks differ by at most, in seconds", limits=True)
    )
    revocation: Revocation = field(
        default=Revocation.IF_KNOWN,
        metadata=key("Revocation of a certificate", limiting=(Revocation.REQUIRED,)),
    )
    revocation_max_age_hours: int | None = field(
        default=None,
        metadata=_hours("Word of revocation is at most so old, in hours", limits=True),
    )
    tls_min: TlsVersion = field(
        default=TlsVersion.V1_2, metadata=key("TLS, at least", limiting=(TlsVersion.V1_3,))
    )
    network: str = field(default="", metadata=key("Network"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What is kept as proof (TIR, Annex 11, art. 12: ten years)."""

    keep_years: int = field(
        metadata=key("Proof is kept for, in years", low=1, high=100, unit="years")
    )
    evidence_format: str = field(default="", metadata=key("Form of the evidence"))
    archive: str = field(default="", metadata=key("Duty to archive"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRules:
    """How annexes and versions change."""

    who: str = field(metadata=key("Who may change annexes"))
    notice_days: int | None = field(
        default=None,
        metadata=key("Changes are announced before, in days", low=1, high=MAX_DAYS, unit="days"),
    )
    overlap_days: int | None = field(
        default=None,
        metadata=key(
            "What was sealed before a version began still moves for, in days",
            low=1, high=MAX_DAYS, unit="days", acts=True,
        ),
    )  # fmt: skip
