"""A new node, its card, an agreement for a pair, a workbench: what is made before a node works."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from exchange_node.config.keyring import own_certificates, own_pairs
from exchange_node.config.partners import own_card
from exchange_node.config.settings import read_settings, read_text
from exchange_node.config.settings.passphrase import given_passphrase
from exchange_node.config.settings.reading import SETTINGS_FILE
from exchange_node.config.shipped import library as shipped_library
from exchange_node.config.shipped import (
    national_profiles,
    profile_at,
    sample_agreement,
    shipped,
    words,
)
from exchange_node.domain.agreement import AgreementParty
from exchange_node.domain.errors import MalformedIdentifierError
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping.drafting import Sources
from exchange_node.node.building import Node
from exchange_node.node.surroundings import utc_now
from exchange_node.policy.linting.lint import Surroundings
from exchange_node.policy.text.draft import sample_agreement_text
from exchange_node.security.certificates import Purpose
from exchange_node.services.commissioning.code_lists import CodeListing
from exchange_node.services.commissioning.founding import Foundation, found
from exchange_node.services.commissioning.renewing import Renewing, key_rows
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.workbench.agreements import AgreementDesk
from exchange_node.services.workbench.documents import Agreements, Workbench
from exchange_node.services.workbench.drafting import Drafting
from exchange_node.services.workbench.reasoning import Reasoning
from exchange_node.services.workbench.trying import Trying
from exchange_node.store.database import check_version, open_database, reading
from exchange_node.store.upgrade import migrate
from exchange_node.wco.codelists import read_code_lists

EXAMPLE = "example.toml.sample"
"""A profile to start from; its name keeps it from being read as one."""
PARTNER_EXAMPLE = "partner.toml.sample"
"""What may be agreed with one partner, every key explained; it is not read either."""
CODE_LISTS = "codelists"
"""Where the code lists of a node's own lie."""


def initialise(
    folder: Path,
    *,
    country: str,
    office: str = "",
    administration: str = "",
    passphrase: str = "",
    passphrase_file: Path | None = None,
    test: bool = True,
    host: str = "127.0.0.1",
    as4_port: int = 8443,
    api_port: int = 8480,
    poll_seconds: float = 2.0,
    retry_seconds: int = 30,
    with_samples: bool = True,
    suites: Sequence[str] = ("edelivery-1.15",),
    rsa_bits: int = 3072,
    at: datetime | None = None,
) -> list[Path]:
    """Write a new node's folder, an administration's or an office's; see `services.founding`.

    Raises:
        InvalidSettingError, PassphraseError, MalformedIdentifierError: as `found`.
    """
    party = _known(PartyId.of_node(country, office))
    name = administration or f"Customs of {party.country}"
    loopback = host in ("127.0.0.1", "localhost", "::1")
    shown = f"[{host}]" if ":" in host else host
    settings = (
        shipped("config", "node.toml")
        .read_text(encoding="utf-8")
        .format(
            party=party,
            administration=name.replace("\\", "\\\\").replace('"', '\\"'),
            test="true" if test else "false",
            listen_host=host if loopback else "0.0.0.0",  # noqa: S104 - partners come from outside
            as4_port=as4_port,
            public_url=f"https://{shown}:{as4_port}/as4",
            api_port=api_port,
            passphrase_file=str(passphrase_file.resolve()) if passphrase_file else "",
            poll_seconds=poll_seconds,
            retry_seconds=retry_seconds,
        )
    )
    samples = {
        "agreements/kz-uz-transit.toml": sample_agreement(),
        f"national/{EXAMPLE}": read_text(shipped("config", "national", EXAMPLE)),
        "desks.toml.sample": read_text(shipped("config", "desks.toml.sample")),
        f"pmodes/{PARTNER_EXAMPLE}": read_text(shipped("config", "pmodes", PARTNER_EXAMPLE)),
    }
    foundation = Foundation(
        party=party,
        administration=name,
        hosts=tuple(dict.fromkeys((host, "localhost", "127.0.0.1"))),
        passphrase=passphrase or given_passphrase(passphrase_file),
        settings=settings,
        samples=samples if with_samples else {},
        suites=tuple(dict.fromkeys(suites)),
        rsa_bits=rsa_bits,
    )
    return found(folder, foundation, at=at or utc_now(), random_bytes=os.urandom)


def card_of(folder: Path, *, at: datetime | None = None) -> str:
    """Return the card of the node in a folder, for its partners: what holds now or will."""
    return own_card(read_settings(folder), at or utc_now())


def keys_of(folder: Path, *, at: datetime | None = None) -> list[dict[str, object]]:
    """Return every certificate of a node with what it is used for now; see `key_rows`.

    Raises:
        ConfigurationError: a setting or a certificate is missing or unusable.
    """
    settings = read_settings(folder)
    held = {
        purpose: [
            (one.certificate_file.name, one.certificate) for one in own_pairs(settings, purpose)
        ]
        for purpose in Purpose
    }
    return key_rows(held, at=at or utc_now(), overlap=settings.overlap)


def new_key(
    node: Node,
    purpose: str,
    *,
    actor: str,
    suite: str = "",
    valid_from: datetime | None = None,
    days: int = 730,
) -> list[Path]:
    """Write a new pair into a node's folder; it counts from the node's next start.

    Raises:
        InvalidSettingError: see `Renewing.new_pair`.
    """
    renewing = Renewing(
        own=node.settings.administration,
        folder=node.settings.keys_folder,
        held=lambda one: own_certificates(node.settings, one),
        passphrase=node.keyring.passphrase,
        engine=node.engine,
        clock=node.clock,
        random_bytes=os.urandom,
    )
    return renewing.new_pair(
        Purpose(purpose),
        actor=actor,
        suite=suite,
        valid_from=valid_from,
        lifetime=timedelta(days=days),
    )


def pair_agreement(sender: str, recipient: str, *, on: date | None = None) -> str:
    """Return the text of an agreement between two countries, dated today and flagged test."""
    day = on or utc_now().date()
    return sample_agreement_text(
        sample_agreement(),
        sender=_party(sender),
        recipient=_party(recipient),
        agreement_id=f"urn:carec:maa:{sender}-{recipient}:rehearsal",
        in_force_on=day,
        expires_on=day + timedelta(days=30),
    )


def workbench(folder: Path) -> Workbench:
    """Return a workbench with the shipped profiles and lists, and those of a folder beside them."""
    is_node = (folder / SETTINGS_FILE).is_file()
    return Workbench(
        library=shipped_library(folder / CODE_LISTS),
        profiles=national_profiles(folder / "national"),
        clock=utc_now,
        agreements=(lambda: _agreements(folder)) if is_node else None,
    )


def drafting(folder: Path) -> Drafting:
    """Return what drafts and compares profiles: with those of a folder beside the shipped ones."""
    own = folder / "national"
    return Drafting(
        made_with=Sources(
            profiles=national_profiles(own),
            library=shipped_library(folder / CODE_LISTS),
            words=words(),
        ),
        profile_at=partial(profile_at, own),
        clock=utc_now,
    )


def trying(node: Node) -> Trying:
    """Return what tries files on the way that a node's submissions take."""
    return Trying(
        departure=node.dispatch.departure,
        engine=node.engine,
        clock=node.clock,
        new_id=node.dispatch.new_id,
    )


def reasoning(node: Node) -> Reasoning:
    """Return what explains the answers of a node's agreements."""
    return Reasoning(
        departure=node.dispatch.departure,
        engine=node.engine,
        clock=node.clock,
        new_id=node.dispatch.new_id,
    )


def _agreements(folder: Path) -> Agreements:
    """Return the agreements that a node's folder holds at this moment."""
    settings = read_settings(folder)
    engine = open_database(settings.store_url, max_bytes=settings.store_max_bytes)
    try:
        check_version(engine)
        migrate(engine)
        with reading(engine) as conn:
            held = held_agreements(conn)
    finally:
        engine.dispose()
    return Agreements(own=str(settings.administration.party), held=held)


def agreement_desk(folder: Path) -> AgreementDesk:
    """Return what looks at agreements: with what a node holds, where the folder is one."""
    around = Surroundings(
        registry=(library := shipped_library(folder / CODE_LISTS)).registry,
        code_lists=library.code_lists,
        on=utc_now().date(),
    )
    if (folder / SETTINGS_FILE).is_file():
        own = read_settings(folder).administration
        around = replace(around, test=own.test, held=_agreements(folder).held)
    return AgreementDesk(around=around, sample_text=sample_agreement())


def agreement_parties(folder: Path, partner: str, own: str = "") -> Sequence[AgreementParty]:
    """Return the two sides of a new agreement: a country, or else the node's, and its partner.

    Raises:
        MalformedIdentifierError: ISO 3166 has no such country.
        ConfigurationError: no country is named, and the folder is no node's.
    """
    there = _party(_known(PartyId.of_country(partner)).country)
    if own:
        return _party(_known(PartyId.of_country(own)).country), there
    administration = read_settings(folder).administration
    here = AgreementParty(
        country=administration.country,
        administration=administration.name,
        node=str(administration.party),
    )
    return here, there


def code_listing(folder: Path) -> CodeListing:
    """Return the code lists of a folder, beside those that are shipped.

    Raises:
        InvalidSettingError: one of them cannot be read.
    """
    own = folder / CODE_LISTS
    return CodeListing(folder=own, held=shipped_library(own).code_lists, clock=utc_now)


def _known(party: PartyId) -> PartyId:
    countries = read_code_lists(
        {"iso3166": read_text(shipped("wco_schemas", "codelists", "iso3166.tsv"))}
    )
    if not countries.knows("iso3166", party.country, utc_now().date()):
        raise MalformedIdentifierError(
            kind="country", value=party.country, why="ISO 3166 has no such code"
        )
    return party


def _party(country: str) -> AgreementParty:
    return AgreementParty(
        country=country, administration=f"Customs of {country}", node=f"customs.{country.lower()}"
    )
