"""One agreed exchange: who sends what to whom under which agreement, and how it travels.

A P-Mode here is one leg, that is, one kind of message in one direction (OASIS ebMS 3.0 Core,
appendix D). A message that is answered and its answer are two P-Modes: leg 1 and leg 2 of a
Two-Way exchange, each pushed or pulled as agreed with the partner.
"""

from __future__ import annotations

from dataclasses import dataclass

from exchange_node.ebms.pmodes.names import EB, ONE_WAY, TEST_ACTION, TEST_SERVICE, TWO_WAY
from exchange_node.ebms.pmodes.partner_mode import Binding, PartnerMode

TEST = "test"
"""What stands for a message code where the exchange is the test service's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side of an exchange, as the header names it."""

    party: str
    type: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PMode:
    """One agreed exchange.

    Attributes:
        pmode_id: ours, unique at this node [PMode.ID].
        code: the message code, or `TEST`.
        agreement_id: our name of the agreement; `agreement_ref` is what the header says.
        sender, recipient: as From and To name them.
        mpc: the channel that it travels in [BusinessInfo.MPC].
        mode: what holds between this node and the partner whatever the message.
        answers: codes of which it answers one: then it is leg 2 and refers to what it answers.
        answered_by: codes that answer it.
        properties: message properties that must be there [BusinessInfo.Properties].
    """

    pmode_id: str
    code: str
    agreement_id: str
    sender: Party
    recipient: Party
    agreement_ref: str
    agreement_type: str
    service: str
    service_type: str
    action: str
    mpc: str
    mode: PartnerMode
    answers: tuple[str, ...] = ()
    answered_by: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()

    @property
    def is_test(self) -> bool:
        """Whether it is the test service's: receipted like any other, delivered to nobody."""
        return self.service == TEST_SERVICE and self.action == TEST_ACTION

    @property
    def is_from_partner(self) -> bool:
        """Whether the partner sends it."""
        return self.sender.party == self.mode.party

    @property
    def binding(self) -> Binding:
        """Whether it is pushed or pulled."""
        return self.mode.from_partner if self.is_from_partner else self.mode.to_partner

    @property
    def leg(self) -> int:
        """1, or 2 where it answers."""
        return 2 if self.answers else 1

    @property
    def mep(self) -> str:
        """URI of the exchange pattern [PMode.MEP].

        Two pulls are no Two-Way pattern of ebMS (Core, 2.2.8): then each leg is an exchange.
        """
        return TWO_WAY if self._bindings else ONE_WAY

    @property
    def mep_binding(self) -> str:
        """URI of how the pattern is bound to the transport [PMode.MEPbinding]."""
        if not self._bindings:
            return f"{EB}{self.binding}"
        first, second = self._bindings
        return f"{EB}{first}And{second.capitalize()}"

    @property
    def initiator(self) -> Party:
        """Who begins the exchange on the wire: the puller begins what is pulled."""
        first = self._bindings[0] if self._bindings else self.binding
        is_second = bool(self._bindings and self.answers)
        return self.recipient if is_second is (first is Binding.PUSH) else self.sender

    @property
    def responder(self) -> Party:
        """The other side of `initiator`."""
        return self.recipient if self.initiator is self.sender else self.sender

    @property
    def _bindings(self) -> tuple[Binding, ...]:
        """How the first and the second leg travel; nothing where the pattern is One-Way."""
        other = self.mode.to_partner if self.is_from_partner else self.mode.from_partner
        is_two_way = bool(self.answers or self.answered_by)
        if not is_two_way or self.binding is other is Binding.PULL:
            return ()
        return (other, self.binding) if self.answers else (self.binding, other)
