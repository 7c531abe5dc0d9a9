"""A node: everything it is made of, and what its doors ask of it as a whole."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Engine

from exchange_node.authorities.revocation import Revocation
from exchange_node.config.keyring import Keyring
from exchange_node.config.partners import PartnerCard
from exchange_node.config.pmodes import WrittenMode
from exchange_node.config.settings import Settings
from exchange_node.domain.transmission.content import NewSpool
from exchange_node.ebms.pmodes.derivation import Derivation
from exchange_node.node.connections import listening
from exchange_node.node.surroundings import Clock, program_version
from exchange_node.node.timetable import Bell, Walk, timetable
from exchange_node.services.access import Access
from exchange_node.services.accounting import Accounting
from exchange_node.services.agreeing import Agreeing, Carrying, Standings
from exchange_node.services.alert_lists import Exporting as Listing
from exchange_node.services.alert_lists import Importing
from exchange_node.services.alerting import Alerting, Attaching, Indicators, Previewing, Reminding
from exchange_node.services.assistance import Deadlines, LookingUp, Reporting, Requesting
from exchange_node.services.assistance.consenting import Consenting
from exchange_node.services.assistance.exporting import Exporting
from exchange_node.services.assistance.fulfilling import Fulfilling
from exchange_node.services.assistance.ordering import Ordering
from exchange_node.services.assistance.telling_breach import TellingBreach
from exchange_node.services.availability import Availability, Pulsing
from exchange_node.services.commissioning.joining import Commissioning
from exchange_node.services.dispatch import Dispatch
from exchange_node.services.enquiry import Enquiry
from exchange_node.services.filing import Filing
from exchange_node.services.losses import Losses
from exchange_node.services.matching import Matching
from exchange_node.services.movements import Movements
from exchange_node.services.operating import Operating, Probing, Replaying
from exchange_node.services.operating.awaiting import Awaiting
from exchange_node.services.operations import Operations
from exchange_node.services.posts.forwarding import Forwarding
from exchange_node.services.pulling import Pulling
from exchange_node.services.quality import Quality
from exchange_node.services.reception import Reception
from exchange_node.services.releasing import Releasing
from exchange_node.services.repeating import Repeating
from exchange_node.services.retention import Disposing, Keeping
from exchange_node.services.ruling import Committing
from exchange_node.services.sending import Sending
from exchange_node.services.stations.availability.telling import TellingOutages
from exchange_node.services.telling import Telling
from exchange_node.transport.probe import Way


@dataclass
class Node:
    """One administration's node, ready to work.

    Attributes:
        added: walks of a rehearsal, beside those that every node has.
    """

    settings: Settings
    keyring: Keyring
    cards: tuple[PartnerCard, ...]
    written: tuple[WrittenMode, ...]
    agreed: Derivation
    engine: Engine
    line: Way
    new_spool: NewSpool
    clock: Clock
    access: Access
    accounting: Accounting
    agreeing: Agreeing
    alerting: Alerting
    assistance: Requesting
    assistance_register: LookingUp
    carrying: Carrying
    commissioning: Commissioning
    deadlines: Deadlines
    consenting: Consenting
    dispatch: Dispatch
    disposing: Disposing
    enquiry: Enquiry
    exporting: Exporting
    fulfilling: Fulfilling
    filing: Filing
    keeping: Keeping
    losses: Losses
    movements: Movements
    operating: Operating
    ordering: Ordering
    probing: Probing
    pulling: Pulling
    quality: Quality
    replaying: Replaying
    reception: Reception
    repeating: Repeating
    reciprocity: Reporting
    releasing: Releasing
    sending: Sending
    standings: Standings
    telling: Telling
    telling_breach: TellingBreach
    revocation: Revocation
    bell: Bell = field(repr=False)
    added: Mapping[str, Walk] = field(default_factory=dict)

    def timetable(self) -> Mapping[str, Walk]:
        """Return the walks that nobody asks for, by name; each returns how much it did."""
        usual = timetable(
            accounting=self.accounting,
            awaiting=Awaiting(engine=self.engine, clock=self.clock),
            committing=Committing(
                drawing=self.enquiry.holding.judging.drawing,
                engine=self.engine,
                clock=self.clock,
                test=self.settings.administration.test,
            ),
            filing=self.filing,
            matching=self.matching,
            reception=self.reception,
            pulling=self.pulling,
            pulsing=self.pulsing,
            sending=self.sending,
            telling=self.telling,
            disposing=self.disposing,
            movements=self.movements,
            deadlines=self.deadlines,
            fulfilling=self.fulfilling,
            releasing=self.releasing,
            reminding=Reminding(own=self.alerting.own, engine=self.engine, clock=self.clock),
            forwarding=self.forwarding,
            partners=[str(card.party) for card in self.cards],
        )
        return {**usual, **self.added}

    @property
    def matching(self) -> Matching:
        """What goes on holding alerts against what was here before them."""
        return Matching(
            searching=self.enquiry.holding.searching, engine=self.engine, clock=self.clock
        )

    @property
    def availability(self) -> Availability:
        """What tells partners when this node is away, and shows who is."""
        giving = self.accounting.giving
        return Availability(
            telling=TellingOutages(
                mail=giving.mail, registry=giving.registry, new_id=giving.new_id
            ),
            engine=self.engine,
            clock=self.clock,
        )

    @property
    def pulsing(self) -> Pulsing:
        """What asks partners whether they are there, and answers them."""
        giving = self.accounting.giving
        return Pulsing(
            mail=giving.mail,
            registry=giving.registry,
            line=self.line,
            engine=self.engine,
            interval=timedelta(seconds=self.settings.ping_seconds),
            tell_after=timedelta(minutes=self.settings.silent_minutes),
            program=program_version(),
            clock=self.clock,
            new_id=giving.new_id,
            is_stopping=self.bell.is_stopping,
        )

    @property
    def forwarding(self) -> Forwarding:
        """What keeps the channels of offices with a node of their own filled."""
        giving = self.accounting.giving
        return Forwarding(
            own=self.settings.administration,
            holding=self.enquiry.holding,
            mail=giving.mail,
            registry=giving.registry,
            modes=giving.mail.packing.modes,
            seals={str(card.party): card.partner.seal for card in self.cards},
            engine=self.engine,
            clock=self.clock,
            new_id=giving.new_id,
        )

    @property
    def previewing(self) -> Previewing:
        """What shows an alert as each partner would read it."""
        one = self.alerting
        return Previewing(one.own, one.library, one.packing, one.holding, self.engine, self.clock)

    @property
    def attaching(self) -> Attaching:
        """What keeps the files that alerts of ours name."""
        return Attaching(
            holding=self.alerting.holding,
            engine=self.engine,
            clock=self.clock,
            new_spool=self.new_spool,
        )

    @property
    def importing(self) -> Importing:
        """What keeps the alerts of lists as drafts."""
        return Importing(drafting=self.alerting.drafting, engine=self.engine, clock=self.clock)

    @property
    def listing(self) -> Listing:
        """What writes alerts into files."""
        one = self.alerting
        return Listing(
            own=one.own,
            holding=one.holding,
            judging=self.exporting.judging,
            engine=self.engine,
            clock=self.clock,
        )

    @property
    def indicators(self) -> Indicators:
        """What counts what became of alerts."""
        least = self.settings.least_counted
        return Indicators(engine=self.engine, clock=self.clock, least=least)

    @property
    def operations(self) -> Operations:
        """What keeps joint operations."""
        return Operations(own=self.alerting.own, engine=self.engine, clock=self.clock)

    def on_wake(self, wake: Callable[[str], None] | None) -> None:
        """Say who is to be told that work was left; nobody, and it waits for the timetable."""
        self.bell.listener = wake

    def wake(self, name: str) -> None:
        """Tell the worker that a walk has something to do."""
        self.bell.ring(name)

    def tls_context(self) -> ssl.SSLContext:
        """Return the TLS context of the AS4 listener: our key, and no caller but our partners.

        Raises:
            PassphraseError, InvalidSettingError: key or certificates cannot be used.
        """
        return listening(self.keyring, self.cards, self.clock)

    def hasten(self, seconds: float) -> None:
        """Begin no exchange with a partner, and let those under way end within that time."""
        self.bell.stop()
        self.line.hasten(seconds)
        self.revocation.hasten(seconds)  # whose word an exchange may be waiting for

    def close(self) -> None:
        """Give connections back, and write down what was only counted."""
        self.reception.close()
        self.line.close()
        self.revocation.close()
        self.engine.dispose()
