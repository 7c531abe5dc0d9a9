"""What partners bring and keep for us: reception, handing out and pulling, wired together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from sqlalchemy import Engine

from exchange_node.config.settings import Settings
from exchange_node.domain.transmission import Retry
from exchange_node.domain.transmission.content import NewSpool
from exchange_node.ebms.message import Limits, OwnKeys, PartnerKeys
from exchange_node.ebms.packaging.mime import MimeLimits
from exchange_node.ebms.pmodes.channels import Channels
from exchange_node.ebms.pmodes.derivation import Derivation
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.node.connections import lease_for
from exchange_node.node.surroundings import Clock
from exchange_node.security.certificates import Purpose
from exchange_node.security.trust import Partner, Trust
from exchange_node.services.operating import Operating, Probing, Replaying
from exchange_node.services.pulling import Pace, Pulling, Receipts
from exchange_node.services.reception import HandingOut, LateAnswers, Reception
from exchange_node.services.stations.arrival.opening import Opening
from exchange_node.services.stations.availability.pulses import Pulses
from exchange_node.services.stations.traffic.capturing import Capturing
from exchange_node.services.stations.traffic.replies import Replies
from exchange_node.services.stations.traffic.strangers import Strangers
from exchange_node.services.stations.traffic.taking import Taking
from exchange_node.store.payloads import Vault
from exchange_node.transport.probe import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Everything the walks with partners share, and the walks made of it."""

    settings: Settings
    engine: Engine
    vault: Vault
    line: Way
    trust: Trust
    keys: OwnKeys
    partners: Mapping[str, PartnerKeys]
    modes: Mapping[str, PartnerMode]
    agreed: Derivation
    channels: Channels
    capturing: Capturing
    opening: Opening
    clock: Clock
    new_message_id: Callable[[], str]
    random_bytes: Callable[[int], bytes]
    new_spool: NewSpool
    is_stopping: Callable[[], bool]
    strangers: Strangers = field(default_factory=Strangers)

    def reception(self) -> Reception:
        """Return what partners post to."""
        return Reception(
            trust=self.trust,
            taking=self._taking(),
            handing_out=HandingOut(
                own=self.settings.administration,
                engine=self.engine,
                vault=self.vault,
                partners=self.partners,
                channels=self.channels,
                retries=self._retries(),
                retry=self.settings.retry,
                replies=self._replies(),
                clock=self.clock,
                new_spool=self.new_spool,
            ),
            late_answers=LateAnswers(
                engine=self.engine,
                vault=self.vault,
                partners=self.partners,
                retries=self._retries(),
                retry=self.settings.retry,
                repeats=self.settings.repeated_errors,
            ),
            capturing=self.capturing,
            clock=self.clock,
        )

    def pulling(self) -> Pulling:
        """Return what fetches from partners."""
        settings = self.settings
        lease = lease_for(settings)
        return Pulling(
            engine=self.engine,
            line=self.line,
            trust=self.trust,
            keys=self.keys,
            partners=self.partners,
            channels=self.channels.from_partner,
            taking=self._taking(),
            receipts=Receipts(
                engine=self.engine,
                vault=self.vault,
                line=self.line,
                partners=self.partners,
                retry=settings.retry,
                clock=self.clock,
                lease=lease,
                repeats=settings.repeated_errors,
                is_stopping=self.is_stopping,
            ),
            pace=Pace(
                interval=timedelta(seconds=settings.pull_seconds),
                most=timedelta(seconds=settings.most_pull_seconds),
            ),
            lease=lease,
            is_stopping=self.is_stopping,
            clock=self.clock,
            new_message_id=self.new_message_id,
            random_bytes=self.random_bytes,
        )

    def operating(self) -> Operating:
        """Return what operators do with messages."""
        return Operating(
            engine=self.engine,
            vault=self.vault,
            keys=self.keys,
            partners=self.partners,
            modes=self.modes,
            new_spool=self.new_spool,
            clock=self.clock,
        )

    def probing(
        self,
        *,
        cards: Mapping[str, Partner],
        own: Callable[[Purpose, datetime], Sequence[x509.Certificate]],
    ) -> Probing:
        """Return what tries partners on; `own` gives our certificates at a moment."""
        return Probing(
            engine=self.engine,
            line=self.line,
            keys=self.keys,
            partners=self.partners,
            modes=self.modes,
            cards=cards,
            own=own,
            clock=self.clock,
            new_message_id=self.new_message_id,
            random_bytes=self.random_bytes,
        )

    def replaying(self) -> Replaying:
        """Return what reads captures again."""
        return Replaying(
            engine=self.engine,
            vault=self.vault,
            trust=self.trust,
            keys=self.keys,
            partners=self.partners,
            agreed=self.agreed,
            limits=self._limits(),
            opening=self.opening,
            new_spool=self.new_spool,
            clock=self.clock,
        )

    def _taking(self) -> Taking:
        return Taking(
            engine=self.engine,
            vault=self.vault,
            keys=self.keys,
            partners=self.partners,
            agreed=self.agreed,
            limits=self._limits(),
            replies=self._replies(),
            note_pulse=Pulses(engine=self.engine, opening=self.opening).take,
            new_spool=self.new_spool,
        )

    def _replies(self) -> Replies:
        return Replies(
            engine=self.engine,
            keys=self.keys,
            partners=self.partners,
            limits=self._limits(),
            new_spool=self.new_spool,
            new_message_id=self.new_message_id,
            random_bytes=self.random_bytes,
            strangers=self.strangers,
        )

    def _limits(self) -> Limits:
        return Limits(
            mime=MimeLimits(max_bytes=self.settings.message_bytes),
            max_document_bytes=self.settings.document_bytes,
            max_attachment_bytes=self.settings.attachment_bytes,
            max_total_bytes=2 * self.settings.attachment_bytes,
        )

    def _retries(self) -> Mapping[str, Retry]:
        return {party: mode.retry for party, mode in self.modes.items()}
