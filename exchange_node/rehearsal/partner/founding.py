"""A script → the folder of who is played: keys for tests, the member's card, an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exchange_node import node as nodes
from exchange_node.config.settings import read_settings, read_text
from exchange_node.domain.errors import RehearsalError
from exchange_node.rehearsal.partner.script import Script

STEP = "playing a partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The folder of who is played, and what its partner needs of it.

    Attributes:
        card: a file, for `partner add`.
        agreements: files, for `agreement add`.
        is_new: whether the folder was made now.
        passphrase: of its keys; a member's own, in the environment, is another.
    """

    home: Path
    party: str
    card: Path
    agreements: tuple[Path, ...]
    is_new: bool
    passphrase: str = field(repr=False)


def found_partner(
    script: Script,
    home: Path,
    *,
    member: Path | None = None,
    cards: Sequence[str] = (),
    agreements: Sequence[str] = (),
) -> Played:
    """Return the folder of who is played, made where there is none.

    Args:
        home: its folder.
        member: the folder of the node that tests against it; it is only read.
        cards: texts of cards of others that it speaks to.
        agreements: texts; without any, one with the member is drafted: a sample, for test data.

    Raises:
        RehearsalError: the member, or what lies there already, is in production; or the folder is
            another's; or nobody is named whom it could speak to.
    """
    country = script.plays.country
    party = f"customs.{country.lower()}"
    texts, known = list(agreements), list(cards)
    if member is not None:
        own = read_settings(member).administration
        _require_test(str(own.party), test=own.test)
        if own.country == country:
            raise RehearsalError(step=STEP, why=f"{own.party} cannot be its own partner")
        known.append(nodes.card_of(member))
        if not texts:
            ends = (own.country, country)
            is_sender = any(one.submit for one in script.start)
            texts.append(nodes.pair_agreement(*(reversed(ends) if is_sender else ends)))
    if not known:
        raise RehearsalError(step=STEP, why="no card says whom it speaks to")
    is_new = not (home / "node.toml").exists()
    if is_new:
        _make(script, home)
    there = read_settings(home).administration
    _require_test(str(there.party), test=there.test)
    if str(there.party) != party:
        raise RehearsalError(step=STEP, why=f"{home} is the folder of {there.party}, not {party}")
    passphrase = _passphrase(home)
    written: tuple[Path, ...] = tuple(sorted((home / "played").glob("*.toml")))
    if is_new:
        written = _join(home, passphrase, known, texts)
    card = home / f"{party}.card.toml"
    card.write_text(nodes.card_of(home), encoding="utf-8")
    return Played(
        home=home, party=party, card=card, agreements=written, is_new=is_new, passphrase=passphrase
    )


def _make(script: Script, home: Path) -> None:
    plays = script.plays
    passphrase = nodes.new_passphrase()
    home.parent.mkdir(parents=True, exist_ok=True)
    secret = _secret(home)
    secret.touch(0o600)
    secret.write_text(passphrase, encoding="ascii")
    nodes.initialise(
        home,
        country=plays.country,
        administration=plays.administration,
        passphrase=passphrase,
        passphrase_file=secret,
        test=True,
        as4_port=plays.as4_port,
        api_port=plays.api_port,
        poll_seconds=0.5,
        retry_seconds=5,
        with_samples=False,
        rsa_bits=2048,  # enough for a test, and made in a second
    )


def _secret(home: Path) -> Path:
    return home.with_suffix(f"{home.suffix}.passphrase")


def _passphrase(home: Path) -> str:
    return read_text(_secret(home)).strip()


def _join(
    home: Path, passphrase: str, cards: Sequence[str], texts: Sequence[str]
) -> tuple[Path, ...]:
    """Let the node of a folder know its partners, and what is agreed with them."""
    folder = home / "played"
    folder.mkdir(exist_ok=True)
    written = []
    with nodes.opened(home, passphrase=passphrase) as node:
        for card in cards:
            node.commissioning.add_partner(card, actor="rehearsal")
    with nodes.opened(home, passphrase=passphrase) as node:
        for number, text in enumerate(texts, start=1):
            node.commissioning.add_agreement(text, actor="rehearsal")
            path = folder / f"agreement-{number}.toml"
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return tuple(written)


def _require_test(party: str, *, test: bool) -> None:
    if not test:
        raise RehearsalError(step=STEP, why=f"{party} is in production, not in test")
