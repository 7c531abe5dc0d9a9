"""Agreements held here × what holds with each partner → every agreed exchange of this node.

Nothing has to be written down: an agreement names parties and message codes, and a message code
names service and action. An exchange is agreed each way, since the technical agreement is one and
the same; what may flow in which direction is for the header gate, which names clause and grant. An
agreement that is suspended or has ended keeps its P-Modes for the same reason. What nodes say of
their exchange is agreed with every partner: a standing agreement needs no text. With the node of
an office its administration's speaks of what is expected there, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.message import AGREEMENT_TYPE, ANSWERS, CODES, Exchange
from exchange_node.domain.standing import OFFICE, STANDING, STANDING_IDS
from exchange_node.ebms.pmodes.matching import PModes
from exchange_node.ebms.pmodes.names import (
    DEFAULT_MPC,
    FINAL_RECIPIENT,
    ORIGINAL_SENDER,
    TEST_ACTION,
    TEST_SERVICE,
)
from exchange_node.ebms.pmodes.partner_mode import (
    Binding,
    ExchangeNames,
    PartnerMode,
    is_of_office,
)
from exchange_node.ebms.pmodes.pmode import TEST, Party, PMode

EXCHANGE_PROPERTIES = (
    "agreementVersion",
    "agreementDigest",
    "grant",
    "purpose",
    "handling",
    "test",
)
"""Message properties of every business message; docs/messages.md says what each holds."""

_ANSWERED_BY: Mapping[str, tuple[str, ...]] = {
    code: tuple(answer for answer, answered in ANSWERS.items() if code in answered)
    for code in CODES
}


def derive(
    *, own: str, agreements: Iterable[Agreement], modes: Mapping[str, PartnerMode]
) -> PModes:
    """Return the P-Modes of a node: for every agreement with a partner, every code, both ways.

    `own` is this node's party id, `modes` are by the partners'. Versions of one agreement share
    their P-Modes: which version a message means, its properties say.

    Raises:
        InvalidSettingError: names of a partner's make two exchanges look alike.
    """
    codes = {
        (partner, one.agreement_id): set(one.codes)
        for partner in modes
        for one in STANDING
        if (one is OFFICE) == is_of_office(own, partner)
    }
    for one in agreements:
        nodes = {party.node for party in one.parties}
        for partner in sorted(nodes & modes.keys() if own in nodes else ()):
            codes.setdefault((partner, one.agreement_id), set()).update(_codes(one))
    return PModes(
        own=own,
        modes=tuple(
            mode
            for (partner, agreement_id), named in sorted(codes.items())
            for code in (*(code for code in CODES if code in named), *_tests(agreement_id))
            for mode in _both_ways(own, modes[partner], agreement_id, code)
        ),
        partners=frozenset(modes),
    )


def outgoing(exchange: Exchange, mode: PartnerMode) -> PMode:
    """Return the P-Mode of a message of ours; whether it may be sent is the gates' matter."""
    return _mode(exchange.sender, mode, exchange.agreement_id, exchange.code, is_ours=True)


def outgoing_test(own: str, agreement_id: str, mode: PartnerMode) -> PMode:
    """Return the P-Mode of the test service under an agreement, towards the partner."""
    return _mode(own, mode, agreement_id, TEST, is_ours=True)


class Derivation:
    """Derives P-Modes and keeps the last ones: agreements change seldom, messages come often."""

    def __init__(self, *, own: str, modes: Mapping[str, PartnerMode]) -> None:
        self.own = own
        self.modes = modes
        self._last: tuple[tuple[str, ...], PModes] | None = None

    def of(self, agreements: Sequence[Agreement]) -> PModes:
        """Return the P-Modes under these agreements; a digest stands for the whole text.

        Raises:
            InvalidSettingError: see `derive`.
        """
        digests = tuple(one.digest for one in agreements)
        last = self._last
        if last is None or last[0] != digests:
            last = (digests, derive(own=self.own, agreements=agreements, modes=self.modes))
            self._last = last
        return last[1]


def _tests(agreement_id: str) -> tuple[str, ...]:
    """Return the test service, which is tried under an agreement that other messages go under."""
    return () if agreement_id in STANDING_IDS else (TEST,)


def _codes(agreement: Agreement) -> set[str]:
    """Return what may flow under an agreement, and what answers it."""
    named = {code for grant in agreement.grants for code in grant.message_codes if code in CODES}
    answers = {answer for code in named for answer in _ANSWERED_BY[code]}
    return named | answers | {second for one in answers for second in _ANSWERED_BY[one]}


def _both_ways(own: str, mode: PartnerMode, agreement_id: str, code: str) -> Iterator[PMode]:
    for is_ours in (True, False):
        yield _mode(own, mode, agreement_id, code, is_ours=is_ours)


def _mode(own: str, mode: PartnerMode, agreement_id: str, code: str, *, is_ours: bool) -> PMode:
    us = Party(party=own, type=mode.own_type, role=mode.own_role)
    them = Party(party=mode.party, type=mode.party_type, role=mode.role)
    sender, recipient = (us, them) if is_ours else (them, us)
    names = _names(mode, agreement_id, code)
    is_test = code == TEST
    known = None if is_test else CODES[code]
    ref = names.agreement_ref
    corners = (ORIGINAL_SENDER, FINAL_RECIPIENT) if mode.four_corner else ()
    return PMode(
        pmode_id=f"{agreement_id}/{sender.party}/{recipient.party}/{code}",
        code=code,
        agreement_id=agreement_id,
        sender=sender,
        recipient=recipient,
        agreement_ref=agreement_id if ref is None else ref,
        agreement_type=AGREEMENT_TYPE if names.agreement_type is None else names.agreement_type,
        service=names.service or (known.service.value if known else TEST_SERVICE),
        service_type=names.service_type or "",
        action=names.action or (known.code if known else TEST_ACTION),
        mpc=_mpc(mode, is_ours=is_ours),
        mode=mode,
        answers=ANSWERS.get(code, ()),
        answered_by=_ANSWERED_BY.get(code, ()),
        properties=() if is_test else (*EXCHANGE_PROPERTIES, *corners),
    )


def _names(mode: PartnerMode, agreement_id: str, code: str) -> ExchangeNames:
    fitting = (
        one for one in mode.exchanges if one.code == code and one.agreement_id in ("", agreement_id)
    )
    return next(fitting, ExchangeNames(code=code))


def _mpc(mode: PartnerMode, *, is_ours: bool) -> str:
    binding, mpc = (
        (mode.to_partner, mode.mpc_to_partner)
        if is_ours
        else (mode.from_partner, mode.mpc_from_partner)
    )
    return mpc if binding is Binding.PULL else DEFAULT_MPC
