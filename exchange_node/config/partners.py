"""A partner's card: who it is, where it listens, which certificates it shows; nothing secret.

A card is one TOML file with the certificates in it, so that bringing a partner in is carrying one
file over on a way that proves whose it is.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cryptography import x509
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exchange_node.config.keyring import own_certificate
from exchange_node.config.settings import Settings, read_text
from exchange_node.domain.errors import InvalidSettingError, MalformedIdentifierError
from exchange_node.domain.identifiers import PartyId
from exchange_node.ebms.message import PartnerKeys
from exchange_node.security.certificates import Purpose, load_certificates, write_pem
from exchange_node.security.suites import suite_for
from exchange_node.security.trust import Partner

Pems = Annotated[list[str], Field(min_length=1, max_length=4)]


class _Card(BaseModel):
    model_config = ConfigDict(extra="forbid")

    party: str
    administration: Annotated[str, Field(min_length=1, max_length=70)]
    url: Annotated[str, Field(pattern=r"^https://[^\s]+$")]
    tls: Pems
    signing: Pems
    encryption: str
    seal: Pems


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerCard:
    """What this node knows of one partner.

    Attributes:
        tls_pem: the certificates the partner may show when we call it, as one PEM text.
        text: the card as it was given.
    """

    party: PartyId
    administration: str
    url: str
    partner: Partner
    tls_pem: str
    text: str

    @property
    def keys(self) -> PartnerKeys:
        """What its messages are verified with and encrypted for."""
        encryption = (self.partner.encryption,)
        return PartnerKeys(
            party=self.partner.party,
            signing=self.partner.signing,
            encryption=encryption,
            suite=suite_for(self.partner.signing, encryption),
        )


def read_card(text: str, name: str) -> PartnerCard:
    """Read one card; `name` names it in an error.

    Raises:
        InvalidSettingError: it is no TOML, a key is missing, unknown or unusable, or a certificate
            cannot be read.
    """
    try:
        card = _Card.model_validate(tomllib.loads(text))
        party = PartyId.parse(card.party)
    except tomllib.TOMLDecodeError as err:
        raise InvalidSettingError(where=name, why=f"no TOML: {err}") from None
    except ValidationError as err:
        first = err.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidSettingError(where=f"{name}, {place}", why=first["msg"]) from None
    except MalformedIdentifierError as err:
        raise InvalidSettingError(where=f"{name}, party", why=str(err)) from None
    return PartnerCard(
        party=party,
        administration=card.administration,
        url=card.url,
        partner=Partner(
            party=str(party),
            tls=_certificates(card.tls, f"{name}, tls"),
            signing=_certificates(card.signing, f"{name}, signing"),
            encryption=_certificates([card.encryption], f"{name}, encryption")[0],
            seal=_certificates(card.seal, f"{name}, seal"),
        ),
        tls_pem="\n".join(card.tls),
        text=text,
    )


def read_cards(folder: Path) -> tuple[PartnerCard, ...]:
    """Read every card of a folder; a folder that is not there holds none.

    Raises:
        InvalidSettingError: a card is unusable.
    """
    return tuple(read_card(read_text(path), path.name) for path in sorted(folder.glob("*.toml")))


def own_card(settings: Settings) -> str:
    """Return this node's own card, for its partners.

    Raises:
        MissingSettingError: a certificate is not there.
        InvalidSettingError: a certificate is unusable.
    """
    lines = [
        f"# Card of {settings.administration.party}. Hand it over on a way that proves it is yours",
        f'party = "{settings.administration.party}"',
        f"administration = {_quoted(settings.administration.name)}",
        f"url = {_quoted(settings.public_url)}",
    ]
    for purpose in Purpose:
        pem = write_pem(own_certificate(settings, purpose)).decode().strip()
        value = f'"""\n{pem}\n"""'
        single = purpose is Purpose.ENCRYPTION
        lines.append(f"{purpose.value} = {value}" if single else f"{purpose.value} = [{value}]")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _certificates(pems: list[str], where: str) -> tuple[x509.Certificate, ...]:
    return tuple(one for pem in pems for one in load_certificates(pem.encode(), which=where))
