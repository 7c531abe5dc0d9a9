"""A header → the one agreed exchange that it belongs to, or why none: every field is compared.

OASIS ebMS 3.0 Core, appendix D. A match is exact in every field; there is no default P-Mode and no
nearest one. What does not fit is answered with what was compared, and a caller learns only what is
agreed with itself: whom it claims to be is compared with whom the line belongs to first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import NoReturn

from exchange_node.domain.errors import (
    AuthenticationError,
    InvalidSettingError,
    ProcessingModeMismatchError,
    UnknownRecordError,
    ValueInconsistentError,
    ValueNotRecognizedError,
)
from exchange_node.domain.standing import STANDING_IDS
from exchange_node.ebms.pmodes.key import PLACES, BusinessKey, Header
from exchange_node.ebms.pmodes.partner_mode import Binding
from exchange_node.ebms.pmodes.pmode import PMode

_MOST_NAMED = 8
_MOST_CHARACTERS = 200


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
                field=PLACES["from_party"],
                value=key.from_party[:_MOST_CHARACTERS],
                compared="it is no partner of this node",
            )
        between = [
            one
            for one in self.modes
            if one.recipient.party == self.own and one.sender.party == key.from_party
        ]
        agreed = [BusinessKey.for_mode(one) for one in between]
        if all(one.agreement_id in STANDING_IDS for one in between):
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
                    field=PLACES[name],
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
        f"{PLACES[name]} is {getattr(key, name)[:_MOST_CHARACTERS]!r}, agreed: {_listed(values)}"
        for name, values in wanted.items()
    )


def _differing(key: BusinessKey, other: BusinessKey) -> tuple[str, ...]:
    return tuple(
        one.name for one in fields(key) if getattr(key, one.name) != getattr(other, one.name)
    )


def _listed(values: Collection[str]) -> str:
    shown = [repr(one) for one in sorted(values)[:_MOST_NAMED]]
    return ", ".join([*shown, "…"] if len(values) > _MOST_NAMED else shown)
