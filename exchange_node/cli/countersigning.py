"""`agreement offer|countersign|refuse|suspend|resume|terminate|standing|export|import`."""

from __future__ import annotations

from pathlib import Path

import click

from exchange_node.cli.console import Console, print_json, read_input, write_output
from exchange_node.domain.countersigning.acts import BY_PEOPLE
from exchange_node.domain.errors import InvalidAgreementError

TEXT_BYTES = 1_000_000
ACT_BYTES = 5_000_000

_REASON = click.option(
    "--reason",
    type=click.Choice([one.value for one in BY_PEOPLE]),
    help="Why, as a code that the partner's node knows.",
)
_VERSION = click.option("--version", type=int, required=True, help="Which version of it.")
_WHY = click.option("--why", required=True, help="Why; the partner reads it, and the audit has it.")
_GRANTS = click.option(
    "--grant", "grants", multiple=True, help="One grant of it alone; may be repeated."
)


def read_agreement_text(file: str, most: int) -> str:
    """Return a text that may come to be signed: octet for octet what stands there, or none.

    A byte order mark says nothing, and is passed over.

    Raises:
        InvalidAgreementError: it is not UTF-8.
    """
    try:
        return read_input(file, most).decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise InvalidAgreementError(
            which=Path(file).name, place="text", why=f"octet {err.start} is not UTF-8"
        ) from None


@click.command("offer")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def offer(console: Console, file: Path) -> None:
    """Sign the agreement in the TOML FILE and offer it to its other party."""
    with console.node() as node:
        text = read_agreement_text(str(file), TEXT_BYTES)
        agreement = node.agreeing.offer(console.actor, text, name=file.name)
        print_json(node.standings.of(agreement.agreement_id, agreement.version))


@click.command("countersign")
@click.argument("agreement_id")
@_VERSION
@click.option("--digest", required=True, help="Of the text that you have read, or its beginning.")
@click.pass_obj
def countersign(console: Console, agreement_id: str, version: int, digest: str) -> None:
    """Sign what the other party offered. `agreement standing` shows its text and its digest."""
    with console.node() as node:
        node.agreeing.countersign(console.actor, agreement_id, version, digest=digest)
        print_json(node.standings.of(agreement_id, version))


@click.command("refuse")
@click.argument("agreement_id")
@_VERSION
@_WHY
@_REASON
@click.pass_obj
def refuse(console: Console, agreement_id: str, version: int, why: str, reason: str | None) -> None:
    """Refuse what was offered, or take an offer back."""
    with console.node() as node:
        node.agreeing.refuse(console.actor, agreement_id, version, why=why, reason=reason or "")
        print_json(node.standings.of(agreement_id, version))


@click.command("suspend")
@click.argument("agreement_id")
@_VERSION
@_WHY
@_REASON
@_GRANTS
@click.pass_obj
def suspend(
    console: Console,
    agreement_id: str,
    version: int,
    why: str,
    reason: str | None,
    grants: tuple[str, ...],
) -> None:
    """Suspend an agreement: what waits is held, not lost; nothing new is taken."""
    with console.node() as node:
        node.agreeing.suspend(
            console.actor, agreement_id, version, why=why, reason=reason or "", grants=grants
        )
        print_json(node.standings.all())


@click.command("resume")
@click.argument("agreement_id")
@_VERSION
@click.option("--why", default="", help="Why; the partner reads it, and the audit has it.")
@_GRANTS
@click.pass_obj
def resume(
    console: Console, agreement_id: str, version: int, why: str, grants: tuple[str, ...]
) -> None:
    """Lift a suspension of this node's own: what was held leaves within minutes."""
    with console.node() as node:
        node.agreeing.resume(console.actor, agreement_id, version, why=why, grants=grants)
        print_json(node.standings.of(agreement_id, version))


@click.command("terminate")
@click.argument("agreement_id")
@_VERSION
@_WHY
@_REASON
@click.pass_obj
def terminate(
    console: Console, agreement_id: str, version: int, why: str, reason: str | None
) -> None:
    """End an agreement for good: what waits under it is taken back, and no older one returns."""
    with console.node() as node:
        node.agreeing.terminate(console.actor, agreement_id, version, why=why, reason=reason or "")
        print_json(node.standings.of(agreement_id, version))


@click.command("standing")
@click.argument("agreement_id")
@_VERSION
@click.pass_obj
def standing(console: Console, agreement_id: str, version: int) -> None:
    """Show how a version stands, who has signed it, who is waited for, its acts and its text."""
    with console.node() as node:
        print_json(node.standings.of(agreement_id, version))


@click.command("export")
@click.argument("agreement_id")
@_VERSION
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where it goes.",
)
@click.pass_obj
def export(console: Console, agreement_id: str, version: int, output: Path) -> None:
    """Write this node's newest act on a version, sealed, for a partner that cannot be reached."""
    with console.node() as node:
        write_output(output, node.carrying.hand_out(agreement_id, version))


@click.command("import")
@click.argument("file", type=str)
@click.pass_obj
def take(console: Console, file: str) -> None:
    """Take a partner's act FILE that `agreement export` wrote there ("-" reads standard input)."""
    with console.node() as node:
        agreement_id, version = node.carrying.take(console.actor, read_input(file, ACT_BYTES))
        print_json(node.standings.of(agreement_id, version))


COMMANDS = (offer, countersign, refuse, suspend, resume, terminate, standing, export, take)
"""What the group `agreement` takes in."""
