"""`pmodes/<name>.toml` → what holds with one partner: strict, every unusable key named.

A usual partner needs no such file: what is left out keeps the value that the partner's card and
`node.toml` give. Names in brackets are the parameters of OASIS ebMS 3.0 Core, appendix D;
docs/pmodes.md sets both beside the text forms of AS4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exchange_node.config.intake import parse_toml
from exchange_node.config.partners import PartnerCard
from exchange_node.config.settings import read_text
from exchange_node.domain.errors import InvalidSettingError, MalformedIdentifierError
from exchange_node.domain.identifiers import PartyId
from exchange_node.domain.transmission import Retry
from exchange_node.ebms.message import PartnerKeys
from exchange_node.ebms.pmodes.partner_mode import Binding, ExchangeNames, PartnerMode, Token
from exchange_node.security.suites import SUITES

Text = Annotated[str, Field(min_length=1, max_length=255)]
"""A header's value; an index of the database takes no text of any length (our choice)."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Security(_Section):
    suite: Text | None = None  # Security.X509.Signature.*, Security.X509.Encryption.Algorithm
    encrypts: bool | None = None  # Security.X509.Encryption.Encrypt
    token: Token | None = None  # how a signature names its certificate (WSS X.509 Token Profile)


class _Delivery(_Section):
    to_partner: Binding | None = None  # MEPbinding
    from_partner: Binding | None = None
    mpc_to_partner: Text | None = None  # BusinessInfo.MPC
    mpc_from_partner: Text | None = None
    compresses: bool | None = None  # PayloadService.CompressionType


class _Retry(_Section):  # ReceptionAwareness.Retry.Parameters
    first_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None
    factor: Annotated[float, Field(ge=1, le=10)] | None = None
    most_seconds: Annotated[int, Field(ge=1, le=604_800)] | None = None
    max_retries: Annotated[int, Field(ge=0, le=1000)] | None = None


class _Duplicates(_Section):  # ReceptionAwareness.DuplicateDetection.Parameters
    window_days: Annotated[float, Field(gt=0, le=366)] | None = None


class _Pace(_Section):
    concurrency: Annotated[int, Field(ge=1, le=32)] | None = None
    per_minute: Annotated[int, Field(ge=0, le=100_000)] | None = None


class _Parties(_Section):  # Initiator.Party, Initiator.Role, Responder.Party, Responder.Role
    partner_type: Annotated[str, Field(max_length=255)] | None = None
    partner_role: Text | None = None
    own_type: Annotated[str, Field(max_length=255)] | None = None
    own_role: Text | None = None


class _Exchange(_Section):  # BusinessInfo.Service, BusinessInfo.Action, Agreement
    code: Text
    agreement: Annotated[str, Field(max_length=255)] = ""
    service: Annotated[str, Field(max_length=255)] = ""
    service_type: Annotated[str, Field(max_length=255)] | None = None
    action: Annotated[str, Field(max_length=255)] = ""
    agreement_ref: Annotated[str, Field(max_length=255)] | None = None
    agreement_type: Annotated[str, Field(max_length=255)] | None = None


class _File(_Section):
    partner: str
    four_corner: bool | None = None
    captures: bool | None = None
    accounts: bool | None = None
    availability: bool | None = None
    security: _Security = _Security()
    delivery: _Delivery = _Delivery()
    retry: _Retry = _Retry()
    duplicates: _Duplicates = _Duplicates()
    pace: _Pace = _Pace()
    parties: _Parties = _Parties()
    exchange: Annotated[tuple[_Exchange, ...], Field(max_length=200)] = ()


PLACES: Mapping[str, str] = {
    "party": "partner",
    "party_type": "parties.partner_type",
    "role": "parties.partner_role",
    "own_type": "parties.own_type",
    "own_role": "parties.own_role",
    "suite": "security.suite",
    "encrypts": "security.encrypts",
    "token": "security.token",
    "to_partner": "delivery.to_partner",
    "from_partner": "delivery.from_partner",
    "mpc_to_partner": "delivery.mpc_to_partner",
    "mpc_from_partner": "delivery.mpc_from_partner",
    "compresses": "delivery.compresses",
    "retry": "retry",
    "window": "duplicates.window_days",
    "concurrency": "pace.concurrency",
    "per_minute": "pace.per_minute",
    "four_corner": "four_corner",
    "captures": "captures",
    "accounts": "accounts",
    "availability": "availability",
    "exchanges": "exchange",
}
"""Where each attribute of a `PartnerMode` stands in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenMode:
    """What holds with one partner, and where it is written down.

    Attributes:
        file: name of the file; empty where nothing is written down.
        given: attributes of the mode that the file says.
    """

    mode: PartnerMode
    file: str = ""
    given: frozenset[str] = frozenset()

    def place_of(self, attribute: str) -> str:
        """Return file and key of an attribute, or whose default it is."""
        if attribute in self.given:
            return f"{self.file}, {PLACES[attribute]}"
        return f"{self.mode.party}, {PLACES[attribute]} (default)"


Default = Callable[[str], PartnerMode]
"""What holds with a party of which nothing is written down."""


def defaults(cards: Iterable[PartnerCard], retry: Retry, own: str = "") -> Default:
    """Return what follows from the cards, and for the tries from `node.toml`."""
    suites = {str(one.party): one.keys.suite.name for one in cards}

    def default(party: str) -> PartnerMode:
        mode = PartnerMode.default(party, retry=retry, own=own)
        return _with_suite(mode, suites.get(party, mode.suite))

    return default


def keys_under(keys: PartnerKeys, mode: PartnerMode) -> PartnerKeys:
    """Return a partner's keys, used as its mode says."""
    return replace(keys, suite=SUITES[mode.suite], encrypts=mode.encrypts, token=mode.token)


def read_mode(text: str, name: str, default: Default) -> WrittenMode:
    """Read one file; `name` names it in an error, `default` gives what it does not say.

    Raises:
        InvalidSettingError: it is no TOML, or a key is missing, unknown or unusable.
    """
    try:
        file = _File.model_validate(parse_toml(text, name))
        party = str(PartyId.parse(file.partner))
    except ValidationError as err:
        first = err.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidSettingError(where=f"{name}, {place}", why=first["msg"]) from None
    except MalformedIdentifierError as err:
        raise InvalidSettingError(where=f"{name}, partner", why=str(err)) from None
    base = default(party)
    said = _said(file, base.retry)
    suite = str(said.get("suite", base.suite))
    if suite not in SUITES:
        raise InvalidSettingError(
            where=f"{name}, security.suite",
            why=f"{suite!r} is no suite of this node; want one of {', '.join(SUITES)}",
        )
    base = _with_suite(base, suite)
    return WrittenMode(
        mode=replace(base, **said),  # type: ignore[arg-type]
        file=name,
        given=frozenset({"party", *said}),
    )


def read_modes(
    folder: Path, cards: Iterable[PartnerCard], retry: Retry, own: str = ""
) -> tuple[WrittenMode, ...]:
    """Return what holds with every partner, written down or not, and what is written of others.

    Raises:
        InvalidSettingError: a file is unusable, or two are of one partner.
    """
    known = tuple(cards)
    default = defaults(known, retry, own)
    written: dict[str, WrittenMode] = {}
    for path in sorted(folder.glob("*.toml")):
        one = read_mode(read_text(path), f"pmodes/{path.name}", default)
        other = written.setdefault(one.mode.party, one)
        if other is not one:
            raise InvalidSettingError(
                where=f"{one.file}, partner", why=f"{other.file} is of {one.mode.party} as well"
            )
    parties = [str(card.party) for card in known]
    unwritten = [WrittenMode(mode=default(party)) for party in parties if party not in written]
    return tuple(sorted([*written.values(), *unwritten], key=lambda one: one.mode.party))


def _with_suite(mode: PartnerMode, name: str) -> PartnerMode:
    """Return a mode with a suite, and with what the suite itself decides unless it is said."""
    suite = SUITES[name]
    return replace(mode, suite=name, encrypts=suite.encrypts, token=suite.token)


def _said(file: _File, retry: Retry) -> dict[str, object]:
    """Return the attributes that a file says, as a `PartnerMode` has them."""
    said: dict[str, object] = {
        "party_type": file.parties.partner_type,
        "role": file.parties.partner_role,
        "own_type": file.parties.own_type,
        "own_role": file.parties.own_role,
        "suite": file.security.suite,
        "encrypts": file.security.encrypts,
        "token": file.security.token,
        "to_partner": file.delivery.to_partner,
        "from_partner": file.delivery.from_partner,
        "mpc_to_partner": file.delivery.mpc_to_partner,
        "mpc_from_partner": file.delivery.mpc_from_partner,
        "compresses": file.delivery.compresses,
        "concurrency": file.pace.concurrency,
        "per_minute": file.pace.per_minute,
        "four_corner": file.four_corner,
        "captures": file.captures,
        "accounts": file.accounts,
        "availability": file.availability,
    }
    if file.duplicates.window_days is not None:
        said["window"] = timedelta(days=file.duplicates.window_days)
    if file.retry.model_fields_set:
        said["retry"] = _retry(file.retry, retry)
    if file.exchange:
        said["exchanges"] = tuple(
            ExchangeNames(
                code=one.code,
                agreement_id=one.agreement,
                service=one.service,
                service_type=one.service_type,
                action=one.action,
                agreement_ref=one.agreement_ref,
                agreement_type=one.agreement_type,
            )
            for one in file.exchange
        )
    return {name: value for name, value in said.items() if value is not None}


def _retry(section: _Retry, default: Retry) -> Retry:
    first, most = section.first_seconds, section.most_seconds
    return Retry(
        first=default.first if first is None else timedelta(seconds=first),
        factor=default.factor if section.factor is None else section.factor,
        most=default.most if most is None else timedelta(seconds=most),
        max_retries=default.max_retries if section.max_retries is None else section.max_retries,
    )
