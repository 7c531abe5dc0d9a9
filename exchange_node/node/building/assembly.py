"""A folder → a Node: settings, keys, cards and store wired into the walks."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from exchange_node.authorities.hsm.keys import KeyModules
from exchange_node.channels.channel import Channel
from exchange_node.config.keyring import open_keyring
from exchange_node.config.partners import read_card, read_cards
from exchange_node.config.pmodes import keys_under, read_modes
from exchange_node.config.settings import read_settings
from exchange_node.config.shipped import library as shipped_library
from exchange_node.config.shipped import national_profiles, rule_set
from exchange_node.config.versions import versions_of
from exchange_node.ebms.pmodes.channels import channels_of
from exchange_node.ebms.pmodes.derivation import Derivation
from exchange_node.node.building.assisting import Assisting
from exchange_node.node.building.border import enquiry_of, statements_of
from exchange_node.node.building.moving import movements, writing_of
from exchange_node.node.building.node import Node
from exchange_node.node.building.orderly import Orderly
from exchange_node.node.building.taking import takers
from exchange_node.node.building.telling import telling_of
from exchange_node.node.connections import calling, lease_for, revocation_of
from exchange_node.node.surroundings import Clock, counted_seconds, new_id, utc_now
from exchange_node.node.timetable import TELLING, Bell, sending_to
from exchange_node.node.traffic import Traffic
from exchange_node.security.trust import Trust
from exchange_node.services.access import Access
from exchange_node.services.accounting import Accounting
from exchange_node.services.agreeing import Agreeing, Carrying, Standings
from exchange_node.services.alerting import Alerting
from exchange_node.services.commissioning.joining import Commissioning
from exchange_node.services.dispatch import Dispatch
from exchange_node.services.filing import Filing
from exchange_node.services.losses import Losses
from exchange_node.services.quality import Quality
from exchange_node.services.releasing import Releasing
from exchange_node.services.retention import Keeping, disposing_by
from exchange_node.services.sending import Sending
from exchange_node.services.stations.accounting.giving import Giving
from exchange_node.services.stations.agreeing.doing import OwnActs
from exchange_node.services.stations.agreeing.taking import PartnersActs
from exchange_node.services.stations.agreeing.texts import Texts
from exchange_node.services.stations.agreements import agreed_now
from exchange_node.services.stations.arrival.opening import Opening
from exchange_node.services.stations.assistance.register import Register
from exchange_node.services.stations.assistance.shelf import Shelf
from exchange_node.services.stations.deciding.drawing import Drawing
from exchange_node.services.stations.deciding.judging import Judging
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.departure.standing import StandingMail
from exchange_node.services.stations.departure.walking import Departure
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.outcomes import Counting, Known
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.traffic.capturing import CapturedWay, Capturing
from exchange_node.store.database import check_version, open_database
from exchange_node.store.upgrade import migrate
from exchange_node.transport.probe import Way
from exchange_node.transport.spool import FileSpools


def build(
    folder: Path,
    *,
    passphrase: str = "",
    clock: Clock = utc_now,
    new_id: Callable[[], str] = new_id,
    random_bytes: Callable[[int], bytes] = os.urandom,
    line: Way | None = None,
    channel: Channel | None = None,
) -> Node:
    """Build the node of a folder; its database is made or brought up to date.

    Raises:
        ConfigurationError: a setting, key, card, profile or schema is missing or unusable.
        NewerStoreError: the database was written by a newer program.
        StoreError: the database cannot be used.
    """
    settings = read_settings(folder)
    keyring = open_keyring(settings, random_bytes, passphrase, KeyModules())
    revocation = revocation_of(settings, random_bytes)
    cards = tuple(card.asking(revocation) for card in read_cards(settings.partners_folder))
    trust = Trust(tuple(card.partner for card in cards))
    library = shipped_library(settings.code_lists_folder)
    profiles = national_profiles(settings.profiles_folder)
    versions = versions_of(settings, cards, library.registry)
    engine = open_database(settings.store_url, max_bytes=settings.store_max_bytes)
    check_version(engine)
    migrate(engine)
    own = settings.administration
    vault = keyring.vault
    keys = keyring.own_keys(str(own.party))
    written = read_modes(settings.pmodes_folder, cards, settings.retry, str(own.party))
    modes = {one.mode.party: one.mode for one in written}
    partners = {str(card.party): keys_under(card.keys, modes[str(card.party)]) for card in cards}
    agreed = Derivation(own=str(own.party), modes={party: modes[party] for party in partners})
    agreed_now(engine, agreed)  # two exchanges that look alike stop the node here
    bell = Bell()

    def new_message_id() -> str:
        return f"{new_id()}@{own.party}"

    new_spool = FileSpools(settings.spool_folder)
    packing = Packing(
        seal_key=keyring.seal_at,
        keys=keys,
        partners=partners,
        modes=modes,
        vault=vault,
        new_message_id=new_message_id,
        random_bytes=random_bytes,
        mask_key=keyring.mask_key,
        versions=versions,
        new_spool=new_spool,
        longest_wait=timedelta(hours=settings.release_hours),
    )
    register = Register(shelf=Shelf(vault=vault, versions=versions))
    corresponding = Corresponding(own=own, library=library, packing=packing)
    assisting = Assisting(
        library=library, corresponding=corresponding, register=register,
        engine=engine, clock=clock, new_id=new_id,
    )  # fmt: skip
    statements = statements_of(own, trust, vault)
    giving = Giving(
        mail=StandingMail(own=own, packing=packing), registry=library.registry, new_id=new_id
    )
    drawing = Drawing(rules=rule_set(settings.folder), vault=vault, random_bytes=random_bytes)
    judging = Judging(drawing=drawing)
    holding = Holding(vault=vault, versions=versions, judging=judging)
    departure = Departure(own=own, library=library, profiles=profiles, packing=packing)
    writing = writing_of(corresponding, new_id)
    orderly = Orderly(
        library=library, packing=packing, corresponding=corresponding, holding=holding,
        engine=engine, clock=clock, new_id=new_id,
    )  # fmt: skip
    counting = Counting(
        known=Known(registry=library.registry), keep=timedelta(days=settings.quality_days)
    )
    line = line or calling(keyring, cards, modes, settings, clock, new_spool=new_spool)
    capturing = Capturing(
        engine=engine,
        vault=vault,
        modes=modes,
        clock=clock,
        new_id=new_id,
        new_spool=new_spool,
        newest=settings.captured_messages,
        days=settings.captured_days,
    )
    way = CapturedWay(way=line, capturing=capturing)
    opening = Opening(trust=trust, library=library, vault=vault, versions=versions)
    texts = Texts(own=own, registry=library.registry, agreed=agreed)
    own_acts = OwnActs(
        own=own, registry=library.registry, packing=packing, vault=vault, new_id=new_id
    )
    partners_acts = PartnersActs(own=own, trust=trust, texts=texts, own_acts=own_acts, vault=vault)
    traffic = Traffic(
        settings=settings,
        engine=engine,
        vault=vault,
        line=way,
        trust=trust,
        keys=keys,
        partners=partners,
        modes=modes,
        agreed=agreed,
        channels=channels_of(agreed.modes),
        capturing=capturing,
        opening=opening,
        clock=clock,
        new_message_id=new_message_id,
        random_bytes=random_bytes,
        new_spool=new_spool,
        is_stopping=bell.is_stopping,
    )
    return Node(
        settings=settings,
        keyring=keyring,
        cards=cards,
        written=written,
        agreed=agreed,
        engine=engine,
        line=way,
        new_spool=new_spool,
        clock=clock,
        accounting=Accounting(
            giving=giving,
            partners=[party for party, mode in sorted(modes.items()) if mode.accounts],
            engine=engine,
            clock=clock,
        ),
        access=Access(engine=engine, clock=clock, random_bytes=random_bytes),
        agreeing=Agreeing(own=own, texts=texts, own_acts=own_acts, engine=engine, clock=clock),
        alerting=Alerting(
            own=own,
            library=library,
            packing=packing,
            corresponding=corresponding,
            holding=holding,
            engine=engine,
            vault=vault,
            clock=clock,
            new_id=new_id,
        ),
        assistance=assisting.requesting(),
        assistance_register=assisting.looking_up(),
        carrying=Carrying(
            own=own,
            opening=opening,
            partners_acts=partners_acts,
            engine=engine,
            vault=vault,
            clock=clock,
        ),
        commissioning=Commissioning(
            own=own,
            texts=texts,
            own_acts=own_acts,
            partners_folder=settings.partners_folder,
            cards=cards,
            read_card=read_card,
            engine=engine,
            clock=clock,
        ),
        deadlines=assisting.deadlines(),
        consenting=assisting.consenting(),
        dispatch=Dispatch(
            departure=departure,
            packing=packing,
            holding=holding,
            counting=counting,
            engine=engine,
            vault=vault,
            clock=clock,
            new_id=new_id,
            attachment_bytes=settings.attachment_bytes,
        ),
        disposing=disposing_by(str(own.party), engine, clock, counted_seconds),
        enquiry=enquiry_of(own, holding, statements.board, engine, clock, new_spool),
        exporting=assisting.exporting(),
        fulfilling=orderly.fulfilling(),
        filing=Filing(
            own=own,
            registry=library.registry,
            opening=opening,
            packing=packing,
            takers=takers(
                writing, departure, holding, counting, partners_acts, register, giving, statements
            ),
            acts=partners_acts,
            counting=counting,
            engine=engine,
            clock=clock,
            new_id=new_id,
            patience=settings.patience,
        ),
        keeping=Keeping(engine=engine, clock=clock),
        losses=Losses(registry=library.registry, engine=engine, vault=vault, clock=clock),
        movements=movements(writing, holding, modes, engine, clock),
        operating=traffic.operating(),
        ordering=orderly.ordering(),
        probing=traffic.probing(
            cards={str(card.party): card.partner for card in cards},
            own=keyring.certificates_at,
        ),
        pulling=traffic.pulling(),
        replaying=traffic.replaying(),
        quality=Quality(registry=library.registry, profiles=profiles, engine=engine, clock=clock),
        reception=traffic.reception(),
        reciprocity=assisting.reporting(),
        repeating=assisting.repeating(),
        releasing=Releasing(packing=packing, engine=engine, library=library, clock=clock),
        sending=Sending(
            engine=engine,
            vault=vault,
            line=way,
            partners=partners,
            modes=modes,
            clock=clock,
            repeats=settings.repeated_errors,
            lease=lease_for(settings),
            is_stopping=bell.is_stopping,
            call_another=lambda partner: bell.ring(sending_to(partner)),
            call_teller=lambda: bell.ring(TELLING),
            new_spool=new_spool,
        ),
        revocation=revocation,
        standings=Standings(engine=engine, clock=clock),
        telling_breach=orderly.telling_breach(),
        telling=telling_of(settings, engine, channel, vault, clock, bell),
        bell=bell,
    )
