"""A partner's card: who it is, where it listens, which certificates it shows; nothing secret.

A card is one TOML file with the certificates in it, so that bringing a partner in is carrying one
file over on a way that proves whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from cryptography import x509
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exchange_node.config.authorities import read_anchors
from exchange_node.config.intake import parse_toml
from exchange_node.config.keyring import certificates_to_show
from exchange_node.config.settings import Settings, read_text
from exchange_node.config.settings.switches import Switches, as_toml, schedule_of
from exchange_node.domain.errors import InvalidSettingError, MalformedIdentifierError
from exchange_node.domain.identifiers import PartyId
from exchange_node.ebms.message import PartnerKeys
from exchange_node.security.certificates import Purpose, load_certificates, write_pem
from exchange_node.security.suites import suite_for
from exchange_node.security.trust import Partner
from exchange_node.security.trusting.policy import Register
from exchange_node.wco.customisation.versions import Schedule

MOST_CERTIFICATES = 8
"""Of one purpose in a card: old and new of every kind of key there is."""

Pems = Annotated[list[str], Field(min_length=1, max_length=MOST_CERTIFICATES)]
MaybePems = Annotated[list[str], Field(max_length=MOST_CERTIFICATES)]


class _Card(BaseModel):
    model_config = ConfigDict(extra="forbid")

    party: str
    administration: Annotated[str, Field(min_length=1, max_length=70)]
    url: Annotated[str, Field(pattern=r"^https://[^\s]+$")]
    tls: MaybePems = []
    signing: MaybePems = []
    encryption: str | MaybePems
    seal: Pems
    authorities: Annotated[list[str], Field(max_length=8)] = []
    subject: str | Annotated[list[str], Field(max_length=4)] = ""
    revocation: Literal["", "require", "grace", "off"] = ""
    schema_versions: Switches = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerCard:
    """What this node knows of one partner.

    Attributes:
        tls_pem: the certificates the partner may show when we call it, and the authorities that may
            have issued one, as one PEM text.
        text: the card as it was given.
        schema_versions: which version of our documents it takes from which day on.
    """

    party: PartyId
    administration: str
    url: str
    partner: Partner
    tls_pem: str
    text: str
    schema_versions: Schedule = ()

    @property
    def keys(self) -> PartnerKeys:
        """What its messages are verified with and encrypted for."""
        partner = self.partner
        return PartnerKeys(
            party=partner.party,
            signing=partner.signing,
            encryption=partner.encryption,
            suite=suite_for(partner.signing, partner.encryption),
            anchors=partner.anchors,
        )

    def asking(self, register: Register) -> PartnerCard:
        """Return the card with somebody to be asked whether a certificate was revoked."""
        if self.partner.anchors is None:
            return self
        anchors = replace(self.partner.anchors, register=register)
        return replace(self, partner=replace(self.partner, anchors=anchors))


def read_card(text: str, name: str) -> PartnerCard:
    """Read one card; `name` names it in an error.

    Raises:
        InvalidSettingError: it is no TOML, a key is missing, unknown or unusable, or a certificate
            cannot be read.
    """
    try:
        card = _Card.model_validate(parse_toml(text, name))
        party = PartyId.parse(card.party)
    except ValidationError as err:
        first = err.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidSettingError(where=f"{name}, {place}", why=first["msg"]) from None
    except MalformedIdentifierError as err:
        raise InvalidSettingError(where=f"{name}, party", why=str(err)) from None
    encryption = [card.encryption] if isinstance(card.encryption, str) else card.encryption
    anchors = read_anchors(card.authorities, card.subject, card.revocation, where=name)
    if anchors is None and not (card.tls and card.signing):
        lacking = "signing" if card.tls else "tls"
        why = "want the partner's certificates here, or the `authorities` that vouch for it"
        raise InvalidSettingError(where=f"{name}, {lacking}", why=why)
    return PartnerCard(
        party=party,
        administration=card.administration,
        url=card.url,
        partner=Partner(
            party=str(party),
            tls=_certificates(card.tls, f"{name}, tls"),
            signing=_certificates(card.signing, f"{name}, signing"),
            encryption=_certificates(encryption, f"{name}, encryption"),
            seal=_certificates(card.seal, f"{name}, seal"),
            anchors=anchors,
        ),
        tls_pem="\n".join((*card.tls, *card.authorities)),
        text=text,
        schema_versions=schedule_of(card.schema_versions),
    )


def read_cards(folder: Path) -> tuple[PartnerCard, ...]:
    """Read every card of a folder; a folder that is not there holds none.

    Raises:
        InvalidSettingError: a card is unusable.
    """
    return tuple(read_card(read_text(path), path.name) for path in sorted(folder.glob("*.toml")))


def own_card(settings: Settings, at: datetime) -> str:
    """Return this node's own card, for its partners: all its certificates that have not ended.

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
    if settings.schema_versions:
        lines.append(as_toml(settings.schema_versions))
    for purpose in Purpose:
        pems = [
            f'"""\n{write_pem(one).decode().strip()}\n"""'
            for one in certificates_to_show(settings, purpose, at)
        ]
        # One certificate alone is what a partner with an older node reads as well.
        single = purpose is Purpose.ENCRYPTION and len(pems) == 1
        lines.append(f"{purpose.value} = " + (pems[0] if single else f"[{', '.join(pems)}]"))
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _certificates(pems: list[str], where: str) -> tuple[x509.Certificate, ...]:
    return tuple(one for pem in pems for one in load_certificates(pem.encode(), which=where))
