"""What is agreed, for an operator's eyes: every P-Mode, every parameter of one, what is wrong.

The walks use the P-Modes that `build` hands them; here they are told, and held against cards, keys
and agreements.
"""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from exchange_node.config.keyring import own_certificates
from exchange_node.config.partners import read_cards
from exchange_node.config.pmodes import WrittenMode, defaults, read_mode, read_modes
from exchange_node.config.settings import Settings, read_settings, read_text
from exchange_node.domain.agreement import Agreement
from exchange_node.domain.finding import Finding
from exchange_node.ebms.pmodes.matching import PModes
from exchange_node.ebms.pmodes.review.lint import Certificates, Ground, lint
from exchange_node.ebms.pmodes.review.parameters import End, parameters
from exchange_node.node.building import Node
from exchange_node.node.surroundings import utc_now
from exchange_node.security.certificates import Purpose, fingerprint, name_of
from exchange_node.security.suites import SUITES
from exchange_node.services.commissioning.inspection import Inspection
from exchange_node.services.stations.agreements import agreed_now, held_agreements
from exchange_node.store.database import check_version, open_database, reading
from exchange_node.store.upgrade import migrate


def pmode_rows(node: Node) -> list[dict[str, str]]:
    """Return every P-Mode of a node, as a table has it."""
    return [
        {
            "id": one.pmode_id,
            "from": one.sender.party,
            "to": one.recipient.party,
            "service": one.service,
            "action": one.action,
            "binding": one.binding.value,
            "suite": one.mode.suite,
        }
        for one in _agreed(node).modes
    ]


def pmode_parameters(node: Node, pmode_id: str) -> list[dict[str, str]]:
    """Return every parameter of a P-Mode with where it comes from.

    Raises:
        UnknownRecordError: there is no P-Mode of that id.
    """
    pmode = _agreed(node).get(pmode_id)
    written = next(one for one in node.written if one.mode.party == pmode.mode.party)
    card = next(one for one in node.cards if str(one.party) == pmode.mode.party)
    own = node.settings
    ends = {
        str(card.party): End(
            address=card.url,
            signing=_names(card.partner.signing),
            encryption=_names(card.partner.of(Purpose.ENCRYPTION)),
        ),
        str(own.administration.party): End(
            address=own.public_url,
            signing=_names(own_certificates(own, Purpose.SIGNING)),
            encryption=_names(own_certificates(own, Purpose.ENCRYPTION)),
        ),
    }
    return [
        {"parameter": one.name, "value": one.value, "from": one.source}
        for one in parameters(
            pmode, suite=SUITES[pmode.mode.suite], ends=ends, place_of=written.place_of
        )
    ]


def lint_pmodes(folder: Path, file: Path | None = None) -> tuple[Finding, ...]:
    """Return what is wrong with what is written of partners in a node's folder.

    `file` is taken as if it lay there, in place of what is written of the same partner; then only
    what concerns that partner is told.
    """
    inspection = Inspection()
    inspection.take(lambda: _lint(folder, file))
    return tuple(inspection.findings)


def _lint(folder: Path, file: Path | None) -> tuple[Finding, ...]:
    written: tuple[WrittenMode, ...] = ()
    beside: tuple[WrittenMode, ...] = ()
    settings = read_settings(folder)
    cards = read_cards(settings.partners_folder)
    own = str(settings.administration.party)
    if file is not None:
        written = (read_mode(read_text(file), file.name, defaults(cards, settings.retry, own)),)
    others = read_modes(settings.pmodes_folder, cards, settings.retry, own)
    if file is None:
        written = others
    else:
        beside = tuple(one for one in others if one.mode.party != written[0].mode.party)
    ground = Ground(
        own=own,
        keys=Certificates(
            signing=own_certificates(settings, Purpose.SIGNING),
            encryption=own_certificates(settings, Purpose.ENCRYPTION),
        ),
        cards={
            str(card.party): Certificates(
                signing=card.partner.signing, encryption=card.partner.of(Purpose.ENCRYPTION)
            )
            for card in cards
        },
        agreements=_held(settings),
    )
    return lint(written, ground, utc_now(), beside=beside)


def _agreed(node: Node) -> PModes:
    return agreed_now(node.engine, node.agreed)


def _held(settings: Settings) -> tuple[Agreement, ...]:
    engine = open_database(settings.store_url, max_bytes=settings.store_max_bytes)
    try:
        check_version(engine)
        migrate(engine)
        with reading(engine) as conn:
            return tuple(one.agreement for one in held_agreements(conn))
    finally:
        engine.dispose()


def _names(certificates: tuple[x509.Certificate, ...]) -> tuple[str, ...]:
    return tuple(f"{name_of(one)} {fingerprint(one)}" for one in certificates)
