"""A header, or a P-Mode → the values by which the two are compared: all of them, and nothing else.

OASIS ebMS 3.0 Core, appendix D.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from exchange_node.ebms.pmodes.partner_mode import Binding
from exchange_node.ebms.pmodes.pmode import PMode


class Header(Protocol):
    """What of a user message chooses its P-Mode, and what the P-Mode asks of it."""

    @property
    def from_party(self) -> str: ...  # noqa: D102
    @property
    def from_type(self) -> str: ...  # noqa: D102
    @property
    def from_role(self) -> str: ...  # noqa: D102
    @property
    def to_party(self) -> str: ...  # noqa: D102
    @property
    def to_type(self) -> str: ...  # noqa: D102
    @property
    def to_role(self) -> str: ...  # noqa: D102
    @property
    def agreement_ref(self) -> str: ...  # noqa: D102
    @property
    def agreement_type(self) -> str: ...  # noqa: D102
    @property
    def service(self) -> str: ...  # noqa: D102
    @property
    def service_type(self) -> str: ...  # noqa: D102
    @property
    def action(self) -> str: ...  # noqa: D102
    @property
    def mpc(self) -> str: ...  # noqa: D102
    @property
    def pmode(self) -> str: ...  # noqa: D102
    @property
    def ref_to_message_id(self) -> str | None: ...  # noqa: D102
    @property
    def properties(self) -> Mapping[str, str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessKey:
    """The values that choose a P-Mode, all of them."""

    from_party: str
    from_type: str
    from_role: str
    to_party: str
    to_type: str
    to_role: str
    agreement_ref: str
    agreement_type: str
    service: str
    service_type: str
    action: str
    mpc: str
    binding: str

    @classmethod
    def of(cls, header: Header, binding: Binding) -> BusinessKey:
        """Return the key of a message's header."""
        return cls(
            from_party=header.from_party,
            from_type=header.from_type,
            from_role=header.from_role,
            to_party=header.to_party,
            to_type=header.to_type,
            to_role=header.to_role,
            agreement_ref=header.agreement_ref,
            agreement_type=header.agreement_type if header.agreement_ref else "",
            service=header.service,
            service_type=header.service_type,
            action=header.action,
            mpc=header.mpc,
            binding=binding.value,
        )

    @classmethod
    def for_mode(cls, mode: PMode) -> BusinessKey:
        """Return the key of the messages of a P-Mode."""
        return cls(
            from_party=mode.sender.party,
            from_type=mode.sender.type,
            from_role=mode.sender.role,
            to_party=mode.recipient.party,
            to_type=mode.recipient.type,
            to_role=mode.recipient.role,
            agreement_ref=mode.agreement_ref,
            agreement_type=mode.agreement_type if mode.agreement_ref else "",
            service=mode.service,
            service_type=mode.service_type,
            action=mode.action,
            mpc=mode.mpc,
            binding=mode.binding.value,
        )


PLACES = {
    "from_party": "From/PartyId",
    "from_type": "From/PartyId/@type",
    "from_role": "From/Role",
    "to_party": "To/PartyId",
    "to_type": "To/PartyId/@type",
    "to_role": "To/Role",
    "agreement_ref": "AgreementRef",
    "agreement_type": "AgreementRef/@type",
    "service": "Service",
    "service_type": "Service/@type",
    "action": "Action",
    "mpc": "UserMessage/@mpc",
    "binding": "the way it came",
}
"""What each field is called in a header."""
