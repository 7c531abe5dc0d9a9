"""`agreement`: what lets messages flow, as a text that both sides hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from exchange_node.cli.console import Console, print_json, write_output
from exchange_node.cli.countersigning import COMMANDS, read_agreement_text
from exchange_node.cli.workbench.reasoning import explain_agreement
from exchange_node.domain.errors import InvalidAgreementError
from exchange_node.domain.finding import has_errors

if TYPE_CHECKING:
    from exchange_node.domain.agreement import Agreement
    from exchange_node.node import AgreementDesk

AGREEMENT_BYTES = 1_000_000
VERSION_DIGITS = 6


@click.group("agreement")
def agreement_command() -> None:
    """Agreements: nothing leaves and nothing is taken without one that is active."""


@agreement_command.command("list")
@click.pass_obj
def list_agreements(console: Console) -> None:
    """List every agreement held: how it stands, its digest, who signed and who is waited for."""
    with console.node() as node:
        print_json(node.standings.all())


@agreement_command.command("new")
@click.option("--with", "partner", required=True, help="The partner's country (ISO 3166).")
@click.option("--from", "own", default="", help="Your own country (default: this node's).")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write it (default: standard output).",
)
@click.pass_obj
def new(console: Console, partner: str, own: str, output: Path | None) -> None:
    """Begin an agreement: a text with every key explained, for test data, to be finished by hand.

    What may flow is that of the shipped sample. The comments are in the language of --language.
    """
    from exchange_node.node import agreement_desk, agreement_parties

    parties = agreement_parties(console.folder, partner, own)
    text = agreement_desk(console.folder).begin(*parties, say=console.wording.say)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_output(output, text.encode())
        click.echo(f"wrote {output}", err=True)


@agreement_command.command("lint")
@click.argument("files", type=str, nargs=-1, required=True)
@click.pass_obj
def lint(console: Console, files: tuple[str, ...]) -> None:
    """Say what is wrong with the agreements in FILES, and how to mend it.

    In a node's folder they are also held against what the node holds. Exits 1 when one of them
    should not be activated.
    """
    from exchange_node.node import agreement_desk

    desk = agreement_desk(console.folder)
    failed = False
    for file in files:
        try:
            findings = desk.lint(_text(file), Path(file).name)
        except InvalidAgreementError as err:
            said = console.wording.error(err)
            click.echo(f"{file}: error: {said.sentence} [{err.code}]\n    {said.mend}")
            failed = True
            continue
        failed |= has_errors(findings)
        click.echo(f"{file}: {len(findings)} finding(s)")
        console.findings(findings)
    if failed:
        raise SystemExit(1)


@agreement_command.command("show")
@click.argument("agreement", metavar="FILE|ID")
@click.option("--version", type=int, help="Which version of the agreement ID (default: newest).")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write one HTML page to this file instead.",
)
@click.option("--language", default="", help="Language: en, ru, zh.")
@click.pass_obj
def show(
    console: Console, agreement: str, version: int | None, html: Path | None, language: str
) -> None:
    """Show what an agreement says, for people: one in a FILE, or one ID that the node holds."""
    from exchange_node.node import agreement_desk

    spoken = Console(folder=console.folder, language=language or console.language)
    desk = agreement_desk(console.folder)
    found = _agreement(desk, agreement, version)
    if html is None:
        click.echo(desk.text(found, spoken.wording.say), nl=False)
        return
    page = desk.html(found, spoken.wording.say, spoken.language or "en")
    write_output(html, page.encode())
    click.echo(f"wrote {html}", err=True)


@agreement_command.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.pass_obj
def diff(console: Console, before: str, after: str) -> None:
    """Say what B agrees otherwise than A: each a file, or ID or ID@VERSION that the node holds."""
    from exchange_node.node import agreement_desk

    desk = agreement_desk(console.folder)
    one, other = (_agreement(desk, name) for name in (before, after))
    for sentence in desk.compare(one, other, console.wording.say):
        click.echo(sentence)


@agreement_command.command("activate")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def activate(console: Console, file: Path) -> None:
    """Activate the test agreement in the TOML FILE by hand, unsigned, on each side.

    Both must name the digest that is printed. What binds is offered and countersigned.
    """
    with console.node() as node:
        text = read_agreement_text(str(file), AGREEMENT_BYTES)
        agreement = node.commissioning.add_agreement(text, actor=console.actor.name, name=file.name)
        print_json(
            {
                "agreement": agreement.agreement_id,
                "version": agreement.version,
                "digest": agreement.digest,
                "in_force_on": agreement.in_force_on,
                "expires_on": agreement.expires_on,
                "test": agreement.test,
            }
        )


for _command in COMMANDS:
    agreement_command.add_command(_command)
agreement_command.add_command(explain_agreement)


def _text(file: str) -> str:
    return read_agreement_text(file, AGREEMENT_BYTES)


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except OSError:  # no file has so long a name
        return False


def _agreement(desk: AgreementDesk, name: str, version: int | None = None) -> Agreement:
    """Return the agreement in a file, or the one that the node holds under a name.

    Raises:
        UnknownRecordError: there is neither.
        InvalidAgreementError: the file has none.
    """
    if name == "-" or _is_file(name) or name.endswith(".toml"):
        return desk.read(_text(name), Path(name).name)
    agreement_id, _, number = name.partition("@")
    if number and not (number.isdecimal() and len(number) <= VERSION_DIGITS):
        raise click.UsageError(f"{name}: want ID@VERSION, with a number after the @.")
    return desk.held(agreement_id, int(number) if number else version)
