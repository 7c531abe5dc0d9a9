"""Partner modes → the channels (MPC) that are pulled from, each with its one receiver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.ebms.pmodes.names import DEFAULT_MPC
from exchange_node.ebms.pmodes.partner_mode import Binding, PartnerMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Every channel of a node; both mappings are by partner, and hold those that pull alone.

    Attributes:
        to_partner: what the partner pulls from here.
        from_partner: what this node pulls from at the partner's.
    """

    to_partner: Mapping[str, str]
    from_partner: Mapping[str, str]

    def receiver_of(self, mpc: str) -> str | None:
        """Return the one partner that may pull from a channel of this node; None for nobody."""
        return next((party for party, one in self.to_partner.items() if one == mpc), None)


def channels_of(modes: Mapping[str, PartnerMode]) -> Channels:
    """Return the channels that the modes agree on.

    Raises:
        InvalidSettingError: a channel is missing, or is the default one, which eDelivery AS4 1.15
            lets nobody pull from, or is to be pulled from by two partners.
    """
    to_partner: dict[str, str] = {}
    from_partner: dict[str, str] = {}
    for party, mode in modes.items():
        if mode.to_partner is Binding.PULL:
            to_partner[party] = _channel(mode.mpc_to_partner, party)
        if mode.from_partner is Binding.PULL:
            from_partner[party] = _channel(mode.mpc_from_partner, party)
    owner: dict[str, str] = {}
    for party, mpc in to_partner.items():
        other = owner.setdefault(mpc, party)
        if other != party:
            raise InvalidSettingError(
                where=f"partner {party}", why=f"channel {mpc} is {other}'s, and has one receiver"
            )
    return Channels(
        to_partner=MappingProxyType(to_partner), from_partner=MappingProxyType(from_partner)
    )


def _channel(mpc: str, party: str) -> str:
    if mpc in ("", DEFAULT_MPC):
        raise InvalidSettingError(
            where=f"partner {party}",
            why="what is pulled needs a channel of its own, never the default one",
        )
    return mpc
