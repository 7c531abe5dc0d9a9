"""A folder → a Node: settings, keys, cards and store wired into the walks."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from exchange_node.channels.channel import Channel
from exchange_node.channels.folder import FolderChannel
from exchange_node.config.keyring import Keyring, open_keyring
from exchange_node.config.partners import PartnerCard, read_card, read_cards
from exchange_node.config.settings import Settings, read_settings
from exchange_node.config.shipped import library as shipped_library
from exchange_node.config.shipped import national_profiles
from exchange_node.domain.transmission.content import NewSpool
from exchange_node.ebms.message import Limits, OwnKeys
from exchange_node.ebms.packaging.mime import MimeLimits
from exchange_node.node.surroundings import Clock, new_id, utc_now
from exchange_node.security.trust import Trust
from exchange_node.services.access import Access
from exchange_node.services.alerting import Alerting
from exchange_node.services.commissioning.joining import Commissioning
from exchange_node.services.dispatch import Dispatch
from exchange_node.services.enquiry import Enquiry
from exchange_node.services.filing import Filing
from exchange_node.services.reception import Reception
from exchange_node.services.sending import Sending
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.opening import Opening
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.telling import Telling
from exchange_node.store.database import check_version, open_database
from exchange_node.store.upgrade import migrate
from exchange_node.transport.https import HttpsLine, Route, TlsKey, load_key, pinned
from exchange_node.transport.line import Line
from exchange_node.transport.spool import FileSpools


@dataclass
class Node:
    """One administration's node, ready to work."""

    settings: Settings
    keyring: Keyring
    cards: tuple[PartnerCard, ...]
    engine: Engine
    line: Line
    new_spool: NewSpool
    clock: Clock
    access: Access
    alerting: Alerting
    commissioning: Commissioning
    dispatch: Dispatch
    enquiry: Enquiry
    filing: Filing
    reception: Reception
    sending: Sending
    telling: Telling
    _wake: Callable[[str], None] | None = field(default=None, repr=False)

    def timetable(self) -> Mapping[str, Callable[[], int]]:
        """Return the walks that nobody asks for, by name; each returns how much it did."""
        return {
            "filing": self.filing.run,
            "sending": self.sending.run,
            "telling": self.telling.run,
        }

    def on_wake(self, wake: Callable[[str], None] | None) -> None:
        """Say who is to be told that work was left; nobody, and it waits for the timetable."""
        self._wake = wake

    def wake(self, name: str) -> None:
        """Tell the worker that a walk has something to do."""
        if self._wake is not None:
            self._wake(name)

    def tls_context(self) -> ssl.SSLContext:
        """Return the TLS context of the AS4 listener: our key, and no caller but our partners.

        Raises:
            PassphraseError, InvalidSettingError: key or certificates cannot be used.
        """
        pems = "\n".join(card.tls_pem for card in self.cards)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        if pems:
            pinned(context, pems, "partners/")
        load_key(context, tls_key(self.keyring))
        return context

    def close(self) -> None:
        """Give connections back."""
        self.line.close()
        self.engine.dispose()


def tls_key(keyring: Keyring) -> TlsKey:
    """Return the TLS key as the transport takes it."""
    return TlsKey(
        certificate_file=keyring.tls_certificate_file,
        key_file=keyring.tls_key_file,
        passphrase=keyring.passphrase.encode(),
    )


def build(
    folder: Path,
    *,
    passphrase: str = "",
    clock: Clock = utc_now,
    new_id: Callable[[], str] = new_id,
    random_bytes: Callable[[int], bytes] = os.urandom,
    line: Line | None = None,
    channel: Channel | None = None,
) -> Node:
    """Build the node of a folder; its database is made or brought up to date.

    Raises:
        ConfigurationError: a setting, key, card, profile or schema is missing or unusable.
        NewerStoreError: the database was written by a newer program.
        StoreError: the database cannot be used.
    """
    settings = read_settings(folder)
    keyring = open_keyring(settings, random_bytes, passphrase)
    cards = read_cards(settings.partners_folder)
    trust = Trust(tuple(card.partner for card in cards))
    library = shipped_library(settings.code_lists_folder)
    engine = open_database(settings.store_url, max_bytes=settings.store_max_bytes)
    check_version(engine)
    migrate(engine)
    own = settings.administration
    vault = keyring.vault
    keys = OwnKeys(
        party=str(own.party), signers=(keyring.signing,), decrypters=(keyring.decrypter,)
    )
    partners = {str(card.party): card.keys for card in cards}

    def new_message_id() -> str:
        return f"{new_id()}@{own.party}"

    new_spool = FileSpools(settings.spool_folder)
    packing = Packing(
        seal_key=keyring.seal,
        keys=keys,
        partners=partners,
        vault=vault,
        new_message_id=new_message_id,
        random_bytes=random_bytes,
        new_spool=new_spool,
    )
    holding = Holding(vault=vault)
    if line is None:
        routes = {
            str(card.party): Route(url=card.url, certificates_pem=card.tls_pem) for card in cards
        }
        line = HttpsLine(
            tls_key(keyring),
            routes,
            timeout_seconds=settings.answer_timeout_seconds,
            new_spool=new_spool,
        )
    return Node(
        settings=settings,
        keyring=keyring,
        cards=cards,
        engine=engine,
        line=line,
        new_spool=new_spool,
        clock=clock,
        access=Access(engine=engine, clock=clock, random_bytes=random_bytes),
        alerting=Alerting(
            own=own,
            library=library,
            packing=packing,
            holding=holding,
            engine=engine,
            vault=vault,
            clock=clock,
            new_id=new_id,
        ),
        commissioning=Commissioning(
            own=own,
            registry=library.registry,
            partners_folder=settings.partners_folder,
            cards=cards,
            read_card=read_card,
            engine=engine,
            clock=clock,
        ),
        dispatch=Dispatch(
            own=own,
            library=library,
            profiles=national_profiles(settings.profiles_folder),
            packing=packing,
            holding=holding,
            engine=engine,
            vault=vault,
            clock=clock,
            new_id=new_id,
            attachment_bytes=settings.attachment_bytes,
        ),
        enquiry=Enquiry(
            own=own,
            holding=holding,
            engine=engine,
            vault=vault,
            clock=clock,
            new_spool=new_spool,
        ),
        filing=Filing(
            own=own,
            registry=library.registry,
            opening=Opening(trust=trust, library=library, vault=vault),
            packing=packing,
            holding=holding,
            engine=engine,
            clock=clock,
            new_id=new_id,
        ),
        reception=Reception(
            engine=engine,
            vault=vault,
            trust=trust,
            keys=keys,
            partners=partners,
            limits=Limits(
                mime=MimeLimits(max_bytes=settings.message_bytes),
                max_document_bytes=settings.document_bytes,
                max_attachment_bytes=settings.attachment_bytes,
                max_total_bytes=2 * settings.attachment_bytes,
            ),
            window=settings.retry.window,
            clock=clock,
            new_message_id=new_message_id,
            random_bytes=random_bytes,
            new_spool=new_spool,
        ),
        sending=Sending(
            engine=engine,
            vault=vault,
            line=line,
            partners=partners,
            retry=settings.retry,
            clock=clock,
            new_spool=new_spool,
        ),
        telling=Telling(
            engine=engine,
            channel=channel or FolderChannel(settings.notices_folder),
            clock=clock,
        ),
    )


@contextmanager
def opened(folder: Path, *, passphrase: str = "") -> Iterator[Node]:
    """Build the node of a folder for a while."""
    node = build(folder, passphrase=passphrase)
    try:
        yield node
    finally:
        node.close()
