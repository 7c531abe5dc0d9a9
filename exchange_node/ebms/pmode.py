"""P-Modes: what two parties agreed → the one agreed exchange that a header belongs to, or why none.

OASIS ebMS 3.0 Core, appendix D. A match is exact in every field; there is no default P-Mode and
no nearest one. A mismatch says what was compared, for authenticated partners and our own operators.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields

from exchange_node.domain.errors import InvalidSettingError, ProcessingModeMismatchError
from exchange_node.domain.message import AGREEMENT_TYPE, PARTY_TYPE, ROLE
from exchange_node.ebms.message import DEFAULT_MPC, TEST_ACTION, TEST_SERVICE, UserMessage
from exchange_node.security.suite import EDELIVERY_1_15

_MAX_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessKey:
    """The header values that choose a P-Mode, all of them."""

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

    @classmethod
    def of(cls, message: UserMessage) -> BusinessKey:
        """Return the key of a message's header."""
        return cls(**{one.name: getattr(message, one.name) for one in fields(cls)})


@dataclass(frozen=True, slots=True, kw_only=True)
class PMode:
    """One agreed exchange: One-Way/Push of one action, from one party to another.

    Attributes:
        pmode_id: ours; unique at this node.
        suite: name of the security suite.
    """

    pmode_id: str
    key: BusinessKey
    suite: str


def push(
    *,
    initiator: str,
    responder: str,
    agreement_id: str,
    service: str,
    action: str,
    suite: str = EDELIVERY_1_15.name,
) -> PMode:
    """Return the P-Mode of one action under an agreement, with our types, roles and channel."""
    return PMode(
        pmode_id=f"{agreement_id}/{initiator}/{responder}/{action}",
        key=BusinessKey(
            from_party=initiator,
            from_type=PARTY_TYPE,
            from_role=ROLE,
            to_party=responder,
            to_type=PARTY_TYPE,
            to_role=ROLE,
            agreement_ref=agreement_id,
            agreement_type=AGREEMENT_TYPE,
            service=service,
            service_type="",
            action=action,
            mpc=DEFAULT_MPC,
        ),
        suite=suite,
    )


def for_test_service(
    *, initiator: str, responder: str, agreement_id: str, suite: str = EDELIVERY_1_15.name
) -> PMode:
    """Return the P-Mode of the test service: one for each direction of each agreement."""
    return push(
        initiator=initiator,
        responder=responder,
        agreement_id=agreement_id,
        service=TEST_SERVICE,
        action=TEST_ACTION,
        suite=suite,
    )


@dataclass(frozen=True, slots=True)
class PModes:
    """Every agreed exchange of a node; no two have the same key or id."""

    modes: tuple[PMode, ...]
    _by_key: Mapping[BusinessKey, PMode] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {one.key: one for one in self.modes}
        by_id = {one.pmode_id: one for one in self.modes}
        for one in self.modes:
            if by_key[one.key] is not one or by_id[one.pmode_id] is not one:
                raise InvalidSettingError(
                    where=f"P-Mode {one.pmode_id}", why="another has the same key or the same id"
                )
        object.__setattr__(self, "_by_key", by_key)

    def match(self, message: UserMessage) -> PMode:
        """Return the P-Mode that a message belongs to.

        Raises:
            ProcessingModeMismatchError: none fits; `compared` names the fields in which those that
                come nearest differ.
        """
        key = BusinessKey.of(message)
        found = self._by_key.get(key)
        if found is None:
            raise ProcessingModeMismatchError(compared=_compared(key, self.modes))
        return found


def _compared(key: BusinessKey, modes: Collection[PMode]) -> str:
    """Return which fields differ from the P-Modes that come nearest, and what those have."""
    if not modes:
        return "nothing is agreed"
    differing = {one.pmode_id: _differing(key, one.key) for one in modes}
    fewest = min(len(names) for names in differing.values())
    nearest = [one for one in modes if len(differing[one.pmode_id]) == fewest]
    wanted: dict[str, set[str]] = {}
    for one in nearest:
        for name in differing[one.pmode_id]:
            wanted.setdefault(name, set()).add(getattr(one.key, name))
    return "; ".join(
        f"{name} is {getattr(key, name)[:200]!r}, agreed: {_listed(values)}"
        for name, values in wanted.items()
    )


def _differing(key: BusinessKey, other: BusinessKey) -> tuple[str, ...]:
    return tuple(
        one.name for one in fields(key) if getattr(key, one.name) != getattr(other, one.name)
    )


def _listed(values: Collection[str]) -> str:
    shown = [repr(one) for one in sorted(values)[:_MAX_NAMED]]
    return ", ".join([*shown, "…"] if len(values) > _MAX_NAMED else shown)
