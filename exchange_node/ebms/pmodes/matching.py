"""A header → the one agreed exchange that it belongs to, or why none: every field is compared.

OASIS ebMS 3.0 Core, appendix D. A match is exact in every field; there is no default P-Mode and no
nearest one. What does not fit is answered with what was compared, and a caller learns only what is
agreed with itself: whom it claims to be is compared with whom the line belongs to first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import NoReturn, Protocol

from exchange_node.domain.errors import (
    AuthenticationError,
    InvalidSettingError,
    ProcessingModeMismatchError,
    UnknownRecordError,
    ValueInconsistentError,
    ValueNotRecognizedError,
)
from exchange_node.ebms.pmodes.partner_mode import Binding
from exchange_node.ebms.pmodes.pmode import PMode

_MOST_NAMED = 8
_MOST_CHARACTERS = 200


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
class Arrival:
    """How a message came.

    Attributes:
        caller: the party to which the line belongs; empty where no line is known.
        binding: whether the message was pushed to us, or pulled by us.
    """

    caller: str = ""
    binding: Binding = Binding.PUSH


PUSHED = Arrival()


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


_PLACES = {
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

_RECOGNIZED = ("from_party", "to_party", "service", "action", "mpc")
"""Fields whose value, where nothing agreed has it, is unknown rather than contradictory."""


@dataclass(frozen=True, slots=True)
class PModes:
    """Every agreed exchange of a node.

    Invariant: no two have the same id, and no header belongs to two.

    Attributes:
        own: party id of this node.
        partners: parties with which something may be agreed.

    Raises:
        InvalidSettingError: the invariant would not hold.
    """

    own: str
    modes: tuple[PMode, ...] = ()
    partners: frozenset[str] = frozenset()
    _by_key: Mapping[BusinessKey, PMode] = field(init=False, repr=False, compare=False)
    _by_id: Mapping[str, PMode] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key: dict[BusinessKey, PMode] = {}
        by_id: dict[str, PMode] = {}
        for one in self.modes:
            for other in (
                by_key.setdefault(BusinessKey.for_mode(one), one),
                by_id.setdefault(one.pmode_id, one),
            ):
                if other is not one:
                    raise InvalidSettingError(
                        where=f"P-Mode {one.pmode_id}",
                        why=f"a header of it would belong to {other.pmode_id} as well",
                    )
        object.__setattr__(self, "_by_key", by_key)
        object.__setattr__(self, "_by_id", by_id)

    def get(self, pmode_id: str) -> PMode:
        """Return the P-Mode of that id.

        Raises:
            UnknownRecordError: there is none.
        """
        found = self._by_id.get(pmode_id)
        if found is None:
            raise UnknownRecordError(kind="P-Mode", key=pmode_id)
        return found

    def match(self, header: Header, arrival: Arrival = PUSHED) -> PMode:
        """Return the P-Mode of a message that came to us.

        A P-Mode that the header names (AgreementRef/@pmode) must be the one that the other values
        choose; a name that is not ours is the sender's own for the same exchange.

        Raises:
            AuthenticationError: the message is not from the party that the line belongs to.
            ValueNotRecognizedError: no agreed exchange has its party, service, action or channel.
            ProcessingModeMismatchError: its values are known and are not agreed together; both say
                in which fields the P-Modes that come nearest differ.
            ValueInconsistentError: it lacks what its P-Mode asks for.
        """
        if arrival.caller not in ("", header.from_party):
            raise AuthenticationError(
                why=f"the line belongs to {arrival.caller}, the message is from "
                f"{header.from_party[:_MOST_CHARACTERS]!r}"
            )
        key = BusinessKey.of(header, arrival.binding)
        found = self._by_key.get(key)
        named = self._by_id.get(header.pmode) if header.pmode else None
        if named is not None and named.sender.party != header.from_party:
            named = None
        if found is None or found.recipient.party != self.own or named not in (None, found):
            self._refuse(key, named)
        _require_header(header, found)
        return found

    def _refuse(self, key: BusinessKey, named: PMode | None) -> NoReturn:
        """Raise what says why no P-Mode fits."""
        if key.from_party not in self.partners:
            raise ValueNotRecognizedError(
                field=_PLACES["from_party"],
                value=key.from_party[:_MOST_CHARACTERS],
                compared="it is no partner of this node",
            )
        agreed = [
            BusinessKey.for_mode(one)
            for one in self.modes
            if one.recipient.party == self.own and one.sender.party == key.from_party
        ]
        if not agreed:
            raise ProcessingModeMismatchError(
                compared=f"no agreement between {key.from_party} and {self.own} is held"
            )
        if named is not None:
            told = _compared(key, [BusinessKey.for_mode(named)])
            raise ProcessingModeMismatchError(
                compared=f"AgreementRef/@pmode is {named.pmode_id!r}; {told}"
            )
        for name in _RECOGNIZED:
            value = getattr(key, name)
            if all(value != getattr(one, name) for one in agreed):
                raise ValueNotRecognizedError(
                    field=_PLACES[name],
                    value=value[:_MOST_CHARACTERS],
                    compared=_compared(key, agreed),
                )
        raise ProcessingModeMismatchError(compared=_compared(key, agreed))


def _require_header(header: Header, mode: PMode) -> None:
    """Return when the header has what its P-Mode asks for beyond the values that chose it."""
    if mode.answers and header.ref_to_message_id is None:  # OASIS ebMS 3.0 Core, 2.2.4
        raise ValueInconsistentError(
            field="RefToMessageId",
            value="",
            why=f"want the id of the {' or '.join(mode.answers)} that this answers",
        )
    for name in mode.properties:
        if not header.properties.get(name, "").strip():
            raise ValueInconsistentError(field=name, value="", why="want a message property")


def _compared(key: BusinessKey, agreed: Sequence[BusinessKey]) -> str:
    """Return which fields differ from the P-Modes that come nearest, and what those have."""
    differing = [_differing(key, one) for one in agreed]
    fewest = min(len(names) for names in differing)
    wanted: dict[str, set[str]] = {}
    for one, names in zip(agreed, differing, strict=True):
        if len(names) == fewest:
            for name in names:
                wanted.setdefault(name, set()).add(getattr(one, name))
    return "; ".join(
        f"{_PLACES[name]} is {getattr(key, name)[:_MOST_CHARACTERS]!r}, agreed: {_listed(values)}"
        for name, values in wanted.items()
    )


def _differing(key: BusinessKey, other: BusinessKey) -> tuple[str, ...]:
    return tuple(
        one.name for one in fields(key) if getattr(key, one.name) != getattr(other, one.name)
    )


def _listed(values: Collection[str]) -> str:
    shown = [repr(one) for one in sorted(values)[:_MOST_NAMED]]
    return ", ".join([*shown, "…"] if len(values) > _MOST_NAMED else shown)
